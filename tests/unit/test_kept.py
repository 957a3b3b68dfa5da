"""What is kept between runs is found for the same input and generator only, and a file reads the same from there."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from modules import generator, kept, user_cache
from modules.paths import ROOT
from modules.spec import yaml_file


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(user_cache.VARIABLE, str(tmp_path / "cache"))
    return tmp_path / "cache" / "kind"


def test_what_was_kept_is_found_for_the_same_input_and_generator(monkeypatch: pytest.MonkeyPatch) -> None:
    assert kept.find("kind", b"input") is None
    kept.keep("kind", b"input", b"result")
    assert (kept.find("kind", b"input"), kept.find("kind", b"other"), kept.find("other", b"input")) == (
        b"result",
        None,
        None,
    )
    monkeypatch.setattr(generator, "digest", lambda: "another")
    assert kept.find("kind", b"input") is None


def test_what_is_damaged_is_not_found(folder: Path) -> None:
    kept.keep("kind", b"input", b"result")
    (file,) = folder.iterdir()
    file.write_bytes(file.read_bytes()[:-1])
    assert kept.find("kind", b"input") is None


def test_a_folder_that_others_can_write_to_keeps_nothing(folder: Path) -> None:
    kept.keep("kind", b"input", b"result")
    folder.chmod(0o777)
    assert kept.find("kind", b"input") is None
    kept.keep("kind", b"other", b"result")
    assert len([*folder.iterdir()]) == 1


def test_the_last_results_are_kept(folder: Path) -> None:
    for number in range(kept.MOST + 5):
        kept.keep("kind", str(number).encode(), b"result")
    assert len([*folder.iterdir()]) == kept.MOST


@pytest.mark.parametrize("name", ["architecture", "everything"])
def test_a_file_reads_the_same_without_its_text_being_parsed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    file = ROOT / "examples" / name / "services.yaml"
    first = yaml_file.read(file)
    monkeypatch.delattr(YAML, "compose")
    again = yaml_file.read(file)
    assert not first.problems
    assert repr((again.values, again.lines, again.texts)) == repr((first.values, first.lines, first.texts))


def test_a_file_with_a_mistake_is_read_each_time(tmp_path: Path) -> None:
    file = tmp_path / "services.yaml"
    file.write_text("a: 1\na: 2\n")
    assert [yaml_file.read(file).problems[0].line for _ in range(2)] == [2, 2]
