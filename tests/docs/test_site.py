"""The site of the documentation: built without a warning, and read from the disk with nothing loaded from elsewhere."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from modules.paths import ROOT
from tests.support.blocks import pages
from tests.support.tool_missing import ToolMissing

MKDOCS = ROOT / ".venv-docs" / "bin" / "mkdocs"
LOADED = re.compile(r"<(?:script|link|img)\b[^>]*?\b(?:src|href)=\"?([^\" >]+)")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not MKDOCS.exists():
        raise ToolMissing("mkdocs is not installed: make docs sets it up")
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [MKDOCS, "build", "--strict", f"--site-dir={folder}"],
        cwd=ROOT,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder


def test_every_page_is_a_file_that_opens_without_a_server(site: Path) -> None:
    made = {page.relative_to(ROOT / "docs").with_suffix(".html").as_posix() for page in pages()[1:]}
    assert {re.sub(r"README\.html$", "index.html", page) for page in made} - {
        page.relative_to(site).as_posix() for page in site.rglob("*.html")
    } == set()
    assert (site / "search" / "search_index.js").exists(), (
        "Search needs its index as a script, to be read from the disk."
    )


def test_no_page_loads_anything_from_elsewhere(site: Path) -> None:
    loaded = {target for page in site.rglob("*.html") for target in LOADED.findall(page.read_text(encoding="utf-8"))}
    assert len(loaded) > 20
    assert [target for target in loaded if target.startswith(("http", "//"))] == []
