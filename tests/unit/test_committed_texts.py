"""Texts that commands write beside generated/."""

from pathlib import Path

import pytest

from modules.cli import committed_texts
from modules.errors import CommandError


def test_only_what_differs_is_named_and_written(tmp_path: Path) -> None:
    texts = {tmp_path / "same.md": "a\n", tmp_path / "other.md": "b\n", tmp_path / "new" / "c.md": "c\n"}
    (tmp_path / "same.md").write_text("a\n")
    (tmp_path / "other.md").write_bytes(b"\xff")
    differing = committed_texts.differing(texts)
    assert differing == [tmp_path / "other.md", tmp_path / "new" / "c.md"]
    committed_texts.write(texts, differing, "")
    assert committed_texts.differing(texts) == []


def test_what_stands_in_the_way_is_named_with_the_next_step(tmp_path: Path) -> None:
    file = tmp_path / "folder"
    file.mkdir()
    assert committed_texts.differing({file: "a\n"}) == [file]
    with pytest.raises(CommandError, match=r"can't be written: Is a directory") as caught:
        committed_texts.write({file: "a\n"}, [file], "Move it away.")
    assert caught.value.next_step == "Move it away."
