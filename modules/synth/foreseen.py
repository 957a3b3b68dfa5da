"""What a run will have to do, told before it has imported anything: often nothing, or a build.

Where all is as the last run left it, nothing is to be done. Where services.yaml is another one, a build is likely, and
Node starts while Python imports; a wrong answer to that costs time, and changes nothing.
"""

import contextlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from modules import bounded_file
from modules.paths import ROOT
from modules.spec import yaml_ahead
from modules.synth import last_run
from modules.synth.last_run import Begun, Said

_MAX_BYTES = 1024 * 1024  # what services.yaml may have: modules/spec/yaml_file.py
_COMMAND = "synth"  # main.py's own, without a name too
_QUIET = {"--files"}  # flags with which a run that changes nothing says the same
_ONCE = {*_QUIET, "--rebuild", "--check"}  # flags with which services.yaml is read once
_begun: list[Begun] = []


class Line(NamedTuple):
    """A command line of synth; `others` are all words but those of its two places."""

    file: Path
    out: Path
    others: set[str]


def is_done(arguments: Sequence[str], now: int) -> bool:
    """Begins a run at `now`, nanoseconds of the clock; whether it is known that it changes nothing: then that is said.

    Starts jsii's program where this command line of main.py will need it.
    """
    if (line := _line(arguments)) is None:
        return False
    with contextlib.suppress(OSError, RuntimeError):
        last, text = last_run.find(line.file, line.out), bounded_file.read(line.file, _MAX_BYTES)
        is_known = last is not None and last.text == last_run.digest(text)
        if not is_known and line.others <= _ONCE:
            yaml_ahead.begin(text)
        if not is_known or "--rebuild" in line.others:
            _start_node()
        _begun[:] = [last_run.begin(now)]
        if last and last.left and is_known and line.others <= _QUIET:
            return last_run.stands(last.left, _begun[0], line.out) and _say(last.left.said)
    return False


def begun() -> Begun | None:
    """The run that this process began; None where it began in another way."""
    return _begun[0] if _begun else None


def begin_again() -> None:
    """In a fork of a process that began one, and has not read anything since."""
    _begun[:] = [last_run.begin_again(one) for one in _begun]


def _say(said: Said) -> bool:
    from modules import terminal

    for problem in said.problems:
        terminal.say_problem(problem)
    for line in said.lines:
        terminal.say(line)
    return True


def _start_node() -> None:
    from modules.bindings import SWITCH
    from modules.bindings.loader import head_start

    if os.environ.get(SWITCH) != "1":
        head_start.begin()


def _line(arguments: Sequence[str]) -> Line | None:
    """None where it is another command's, or asks for help."""
    words = [*arguments]
    if words and not words[0].startswith("-") and words.pop(0) != _COMMAND:
        return None
    places = {"--file": ROOT / "services.yaml", "--out": Path(os.environ.get("CDKTF_OUTDIR") or ROOT / "generated")}
    others = set()
    while words:
        name, equals, value = words.pop(0).partition("=")
        if name not in places:
            others.add(name)
        elif equals or words:
            places[name] = Path(value if equals else words.pop(0))
    return None if {"-h", "--help"} & others else Line(places["--file"], places["--out"], others)
