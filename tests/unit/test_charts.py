"""The charts in generated/: without their tests, and with a version that changes with every file."""

from pathlib import Path

import pytest

from modules.design import charts


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in (charts.NETWORK, charts.SERVICE):
        (tmp_path / name / "templates").mkdir(parents=True)
        (tmp_path / name / "Chart.yaml").write_text(f"apiVersion: v2\nname: {name}\nversion: 1.2.3\n")
        (tmp_path / name / "templates" / "a.yaml").write_text("a: 1\n")
    monkeypatch.setattr(charts, "SOURCES", tmp_path)
    _forget()
    return tmp_path / charts.SERVICE


@pytest.fixture(autouse=True)
def _forget_afterwards() -> object:
    yield
    _forget()


def _forget() -> None:
    charts.version.cache_clear()
    charts._sources.cache_clear()


def test_a_changed_file_is_another_version(folder: Path) -> None:
    before = charts.version(charts.SERVICE)
    assert before.startswith("1.2.3+")
    (folder / "templates" / "a.yaml").write_text("a: 2\n")
    _forget()
    assert charts.version(charts.SERVICE) != before


def test_a_changed_test_of_a_chart_is_not(folder: Path) -> None:
    before = charts.version(charts.SERVICE)
    (folder / "tests").mkdir()
    (folder / "tests" / "a_test.yaml").write_text("suite: a\n")
    _forget()
    assert charts.version(charts.SERVICE) == before
    assert not [path for path in charts.files() if "/tests/" in path]


def test_what_an_editor_leaves_beside_a_file_is_no_part_of_a_chart(folder: Path) -> None:
    before = charts.version(charts.SERVICE)
    (folder / "templates" / ".a.yaml.swp").write_text("x")
    (folder / ".DS_Store").write_text("x")
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "watch.pyc").write_bytes(b"\0")
    _forget()
    assert charts.version(charts.SERVICE) == before


def test_the_copy_carries_the_version_that_the_release_names(folder: Path) -> None:
    copied = charts.files()[f"charts/{charts.SERVICE}/Chart.yaml"].decode()
    assert f"\nversion: {charts.version(charts.SERVICE)}\n" in copied


def test_a_chart_without_a_version_is_refused(folder: Path) -> None:
    (folder / "Chart.yaml").write_text("name: a\n")
    _forget()
    with pytest.raises(ValueError, match=r"charts/microservice/Chart\.yaml has no line `version: …`"):
        charts.version(charts.SERVICE)
