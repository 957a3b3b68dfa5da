"""What a process of its own has parsed is what would be parsed here, or nothing."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from modules import user_cache
from modules.paths import ROOT
from modules.spec import yaml_ahead, yaml_file, yaml_text
from modules.spec.document import Document
from modules.spec.yaml_file import read

TEXT = (ROOT / "examples" / "minimal" / "services.yaml").read_bytes()


@pytest.fixture(autouse=True)
def none_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A cache of the test's own; and no process outlives it."""
    monkeypatch.setenv(user_cache.VARIABLE, str(tmp_path / "cache"))
    started, fork = [], os.fork

    def forked() -> int:
        started.append(fork())
        return started[-1]

    monkeypatch.setattr(os, "fork", forked)
    yield
    for process in started:
        with pytest.raises(ChildProcessError):
            os.waitpid(process, os.WNOHANG)
    assert yaml_ahead._begun == []


def _read(folder: Path, data: bytes) -> Document:
    (folder / "services.yaml").write_bytes(data)
    return read(folder / "services.yaml")


def test_it_is_what_would_be_parsed_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = Document("services.yaml")
    yaml_text.parse(TEXT.decode(), here)
    yaml_ahead.begin(TEXT)
    monkeypatch.setattr(yaml_text, "parse", None)
    for _ in range(2):  # then from what is kept
        found = _read(tmp_path, TEXT)
        assert (found.values, found.lines, found.texts) == (here.values, here.lines, here.texts)
        assert found.problems == []


@pytest.mark.parametrize("data", [b"services: [", b"a: 1\na: 2\n", b"\xff", b"", b"- a list\n"])
def test_a_mistake_is_told_as_without_it(data: bytes, tmp_path: Path) -> None:
    without = _read(tmp_path, data)
    yaml_ahead.begin(data)
    found = _read(tmp_path, data)
    assert found.problems == without.problems
    assert found.problems


@pytest.mark.parametrize("large", [False, True])
def test_another_text_is_parsed_here(large: bool, tmp_path: Path) -> None:
    other = b"".join(b"key-%d: value\n" % number for number in range(20_000)) if large else b"other: 1\n"
    yaml_ahead.begin(other)
    assert _read(tmp_path, b"project: shop\n").values == {"project": "shop"}


def test_half_an_answer_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_text, "dumped", lambda document: b"x")
    monkeypatch.setattr(yaml_ahead, "sha256", _Wrong)
    yaml_ahead.begin(TEXT)
    monkeypatch.undo()
    assert yaml_ahead.take(TEXT) is None


class _Wrong:
    def __init__(self, data: bytes) -> None:
        self.data = data

    def digest(self) -> bytes:
        return bytes(32)


def test_nothing_was_begun() -> None:
    assert yaml_ahead.take(TEXT) is None
    assert yaml_file.read(Path("/dev/null")).problems
