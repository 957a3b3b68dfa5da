"""`main.py diagram`: what it writes, what it compares, and what it does where it can't write."""

import shutil
import struct
from pathlib import Path

import pytest

from modules.cli.command_line import main
from modules.diagram import overview, png
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


def test_without_a_browser_resvg_draws_the_png(system: Check, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    spec = system("web: {path: /, aws: [s3]}").spec
    assert spec is not None
    page = overview.page(spec)
    files = list(png.draw(page, tmp_path))
    assert [file.name for file in files] == ["overview-light.png", "overview-dark.png"]
    for file in files:
        # Of a PNG, bytes 16 to 24 are width and height: https://www.w3.org/TR/png-3/#11IHDR.
        assert struct.unpack(">II", file.read_bytes()[16:24]) == (page.width, page.height)
    assert files[0].read_bytes() != files[1].read_bytes()
