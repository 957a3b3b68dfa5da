"""Whatever a file holds, it is refused with words, and runs nothing."""

import contextlib
import io
import json
import shutil
import time
import unicodedata
from pathlib import Path

import pytest
from hypothesis import Phase, given
from hypothesis import strategies as st

from modules.checks.check import Checked, check
from modules.paths import ROOT
from tests.hostile.corpus import PWNED, REFUSED
from tests.support.tiers import sampled
from tests.unit.conftest import TODAY

SECONDS = 5  # of processor time, as tests/bounds has it for the largest files
EVERYTHING = (ROOT / "examples/everything/services.yaml").read_text(encoding="utf-8")
# One line each, and the colours that the command itself adds.
PLAIN = {"\n", "\u2192", "\u2026"}


def _checked(content: str | bytes, folder: Path) -> Checked:
    file = folder / "services.yaml"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    started = time.process_time()
    result = check(file, TODAY)
    assert time.process_time() - started < SECONDS
    return result


def _said(result: Checked) -> str:
    return "\n".join(result.render(problem) for problem in result.mistakes)


@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_file_is_refused_with_words(name: str, tmp_path: Path) -> None:
    content, words = REFUSED[name]
    (tmp_path / "link").symlink_to("/etc/passwd")
    (tmp_path / "folder").symlink_to("/etc")
    result = _checked(content, tmp_path)
    assert result.spec is None
    assert words in (said := _said(result))
    assert said.startswith("services.yaml")
    assert not Path(PWNED).exists()


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_said_of_a_hostile_file_obeys_no_sign_in_it(name: str, tmp_path: Path) -> None:
    """A control sign clears a terminal; one of direction shows another order of what is written."""
    said = _said(_checked(REFUSED[name][0], tmp_path))
    assert {sign for sign in said if unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Zl", "Zp")} <= {"\n"}


@sampled(gate=20, minutes=1, phases=[Phase.generate])
@given(st.one_of(st.binary(max_size=300), st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace"))))
def test_any_bytes_are_answered(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    assert _checked(content, tmp_path_factory.mktemp("bytes")).mistakes


@sampled(gate=20, minutes=4, phases=[Phase.generate])
@given(st.data())
def test_a_damaged_example_is_answered(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    folder = tmp_path_factory.mktemp("damaged")
    shutil.copytree(ROOT / "examples/everything/config", folder / "config")
    start = data.draw(st.integers(0, len(EVERYTHING)))
    length = data.draw(st.integers(0, 60))
    signs = data.draw(
        st.text(max_size=20) | st.sampled_from(["${", "}", "{{", "!!", "&a ", "*a", "? ", "\t", "\0", "- "])
    )
    text = EVERYTHING[:start] + signs + EVERYTHING[start + length :]
    result = _checked(text.encode("utf-8", "replace"), folder)
    assert (result.spec is None) == bool(result.mistakes)
    with contextlib.redirect_stdout(io.StringIO()):
        json.dumps(_said(result))
