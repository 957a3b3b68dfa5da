"""docs/operations/leaving.md: what generated/ refers to is in it, or the page says to copy it too."""

import re
from pathlib import Path, PurePosixPath

import pytest

from modules.paths import ROOT
from modules.synth.build import build
from tests.synth.conftest import Built, spec_of

UP = re.compile(r'[^"\s\\]*\.\./[^"\s\\]*')
IN_MODULE = re.compile(r"\$\{path\.module\}/([^\"\s\\)]+)")
PAGE = ROOT / "docs" / "operations" / "leaving.md"


def _below(stack: str, path: str) -> str:
    """A path from a stack's folder, from the folder of generated/."""
    parts: list[str] = []
    for part in PurePosixPath("generated", "stacks", stack, path).parts:
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)


def _references(files: Built) -> set[str]:
    """What the stacks refer to by a relative path."""
    found = set()
    for name, content in files.items():
        if name.startswith("stacks/"):
            text = content.decode()
            paths = {*IN_MODULE.findall(text), *UP.findall(text.replace("${path.module}/", ""))}
            found |= {_below(name.split("/")[1], path) for path in paths}
    return found


@pytest.fixture(params=["json", "hcl"])
def files(request: pytest.FixtureRequest, tmp_path: Path) -> Built:
    system = {
        "project": "shop",
        "region": "eu-west-1",
        "chart_mirror": "mirror/charts",
        "services": {"a": {"aws": {"rds": {}, "s3": {}}, "path": "/"}, "b": {"aws": {"s3": {"of": "a"}}}},
    }
    return build(spec_of(system, tmp_path), as_hcl=request.param == "hcl")


def test_all_that_is_not_a_state_or_a_mirror_is_in_generated(files: Built) -> None:
    folders = {str(folder) for name in files for folder in PurePosixPath("generated", name).parents}
    inside = {f"generated/{name}" for name in files} | folders
    outside = _references(files) - inside
    assert {path for path in outside if not path.startswith("state/")} == {
        "mirror/charts/aws-load-balancer-controller-3.5.0.tgz"
    }
    assert {path for path in outside if path.startswith("state/")} >= {"state/network.tfstate", "state/a.tfstate"}
    assert len(_references(files) & inside) > 5


def test_the_page_names_what_is_copied_with_generated() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert "`state/`" in text
    assert "`chart_mirror:`" in text


def test_nothing_names_the_machine_that_made_it(files: Built) -> None:
    assert [name for name, content in files.items() if str(ROOT).encode() in content] == []
