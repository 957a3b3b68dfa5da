"""`main.py diagram`: what it writes, what it compares, and what it does where it can't write."""

import os
import shutil
import struct
from pathlib import Path

import pytest

from modules.cli.command_line import main
from modules.diagram import overview, png, svg
from modules.diagram.scene import Page
from tests.support.run_synth import SHIPPED
from tests.unit.conftest import Check, file_text


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """A folder with the pictures of the architecture's system."""
    assert main(["diagram", "--file", str(SHIPPED), "--out", str(tmp_path)]) == 0
    return tmp_path


def _check(out: Path, file: Path = SHIPPED) -> int:
    return main(["diagram", "--check", "--file", str(file), "--out", str(out)])


def test_it_writes_one_drawio_file_and_a_page_for_the_system_the_network_and_each_service(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["diagram", "--file", str(SHIPPED), "--out", str(tmp_path)]) == 0
    names = sorted(file.relative_to(tmp_path).as_posix() for file in tmp_path.rglob("*") if file.is_file())
    services = ("analytics", "notification", "order", "payment", "user")
    pages = ["network", "overview", *(f"service-{name}-service" for name in services)]
    assert names == ["architecture-diagram.drawio", *(f"diagram/{page}.svg" for page in pages)]
    out, err = capsys.readouterr()
    assert sorted(out.split()) == names
    assert err == "7 pages; 8 files changed.\n"


def test_a_second_run_changes_nothing_and_a_check_says_so(written: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["diagram", "--file", str(SHIPPED), "--out", str(written)]) == 0
    assert _check(written) == 0
    assert capsys.readouterr() == ("", "7 pages; 0 files changed.\n8 pictures as committed.\n")


def test_a_check_names_what_differs_and_leaves_it(written: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = written / "diagram" / "network.svg"
    page.write_text("<svg/>", encoding="utf-8")
    capsys.readouterr()
    assert _check(written) == 1
    assert capsys.readouterr() == (
        "diagram/network.svg\n",
        "1 picture would change. Run `make diagram`, and commit what it writes.\n",
    )
    assert page.read_text(encoding="utf-8") == "<svg/>"


def test_the_page_of_a_service_that_is_gone_is_removed(written: Path, tmp_path: Path) -> None:
    file = tmp_path / "services.yaml"
    file.write_text(file_text("web: {path: /}"), encoding="utf-8")
    assert _check(written, file) == 1
    assert main(["diagram", "--file", str(file), "--out", str(written)]) == 0
    assert sorted(page.name for page in (written / "diagram").iterdir()) == [
        "network.svg",
        "overview.svg",
        "service-web.svg",
    ]


def test_a_mistake_in_services_yaml_draws_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "services.yaml"
    file.write_text(file_text("web: {aws: [sqss]}"), encoding="utf-8")
    assert main(["diagram", "--file", str(file), "--out", str(tmp_path / "docs")]) == 1
    assert 'Did you mean "sqs"?' in capsys.readouterr().err
    assert not (tmp_path / "docs").exists()


def test_a_folder_that_can_not_be_written_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "docs"
    out.write_text("a file", encoding="utf-8")
    assert main(["diagram", "--file", str(SHIPPED), "--out", str(out)]) == 1
    assert "Name a folder that can (--out), and run this again." in capsys.readouterr().err


def _no_resvg(*_: object) -> None:
    raise AssertionError("resvg drew it")


def _sizes(files: list[Path]) -> list[tuple[int, int]]:
    """Of a PNG, bytes 16 to 24 are width and height: https://www.w3.org/TR/png-3/#11IHDR."""
    return [struct.unpack(">II", file.read_bytes()[16:24]) for file in files]


# Says what it was started with, and hands over a picture of its own, as Chromium does for `--screenshot=FILE`.
BROWSER = """#!/bin/sh
for word
do case $word in
  --screenshot=*) drawn=${word#*=} ;;
  file://*) cp "${word#file://}" "$HOME/given.svg" ;;
esac done
echo "$@" > "$HOME/asked"; printf 'of Chromium' > "$drawn"
"""


def test_where_there_is_a_browser_it_draws_the_png_and_resvg_does_not(
    system: Check, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "chromium"
    program.write_text(BROWSER, encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setattr(shutil, "which", lambda name: str(program) if name == "chromium" else None)
    monkeypatch.setattr(png, "_by_resvg", _no_resvg)
    monkeypatch.setenv("HOME", str(tmp_path))
    page = _page(system)
    files = list(png.draw(page, tmp_path))
    assert [file.read_text(encoding="utf-8") for file in files] == ["of Chromium", "of Chromium"]
    assert (tmp_path / "given.svg").read_text(encoding="utf-8") == svg.render(page, "dark")
    asked = (tmp_path / "asked").read_text(encoding="utf-8")
    assert f"--window-size={page.width},{page.height}" in asked
    assert ("--no-sandbox" in asked) == (os.geteuid() == 0)


@pytest.mark.parametrize("program", ["exit 1", "exit 0"], ids=["fails", "draws nothing"])
def test_a_browser_that_draws_nothing_leaves_it_to_resvg(
    system: Check, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    browser = tmp_path / "chromium"
    browser.write_text(f"#!/bin/sh\n{program}\n", encoding="utf-8")
    browser.chmod(0o755)
    monkeypatch.setattr(shutil, "which", lambda _: str(browser))
    page = _page(system)
    assert _sizes(list(png.draw(page, tmp_path))) == [(page.width, page.height)] * 2


def test_without_a_browser_resvg_draws_the_png(system: Check, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    page = _page(system)
    files = list(png.draw(page, tmp_path))
    assert [file.name for file in files] == ["overview-light.png", "overview-dark.png"]
    assert _sizes(files) == [(page.width, page.height)] * 2
    assert files[0].read_bytes() != files[1].read_bytes()


def _page(system: Check) -> Page:
    spec = system("web: {path: /, aws: [s3]}").spec
    assert spec is not None
    return overview.page(spec)
