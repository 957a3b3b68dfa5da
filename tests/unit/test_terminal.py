"""On a terminal: colours, one line that is rewritten, and nothing of it left; elsewhere plain lines."""

import io
import re
import subprocess
import sys
import threading
import time

import pytest

from modules import terminal
from modules.paths import ROOT
from tests.support import on_terminal

COLOUR = "\x1b[1;31m"
PAINT = "import sys; from modules import terminal; terminal.say_problem('a.yaml:1 b\\n  error: No.\\n  Fix it.')"
WIDTH = "import sys; from modules import terminal; print(terminal.columns(sys.stdout))"
SLEEP = ["sh", "-c", "echo begins; sleep 3; echo ends"]


def _while(what: str, command: list[str]) -> list[str]:
    return [sys.executable, "-m", "modules.terminal", what, *command]


def _until(words: str, capfd: pytest.CaptureFixture[str]) -> str:
    """What comes on stderr until these words have come, however slow the machine is."""
    said, end = "", time.monotonic() + 60
    while words not in said and time.monotonic() < end:
        time.sleep(0.02)
        said += capfd.readouterr().err
    return said


@pytest.mark.parametrize(
    ("environment", "has_colour"),
    [
        ({}, True),
        ({"NO_COLOR": "1"}, False),
        ({"NO_COLOR": ""}, True),
        ({"TERM": "dumb"}, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ({"FORCE_COLOR": "1", "TERM": "dumb"}, True),
    ],
)
def test_a_terminal_has_colours_unless_it_is_told_not_to(environment: dict[str, str], has_colour: bool) -> None:
    seen = on_terminal.run([sys.executable, "-c", PAINT], environment=environment)
    assert (COLOUR in seen.written) is has_colour
    assert seen.screen[:3] == ["a.yaml:1 b", "  error: No.", "  Fix it."]


@pytest.mark.parametrize(("environment", "has_colour"), [({}, False), ({"FORCE_COLOR": "1"}, True)])
def test_a_pipe_has_colours_only_where_they_are_asked_for(environment: dict[str, str], has_colour: bool) -> None:
    plain = {"PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [sys.executable, "-c", PAINT], cwd=ROOT, env=plain | environment, capture_output=True, text=True, check=True
    )
    assert ("\x1b[" in done.stderr) is has_colour
    assert "error" in done.stderr


@pytest.mark.parametrize("columns", [40, 133])
def test_the_width_is_that_of_the_terminal(columns: int) -> None:
    assert on_terminal.run([sys.executable, "-c", WIDTH], columns=columns).screen[0] == str(columns)


def test_a_line_says_what_is_waited_for_and_is_gone_at_the_end() -> None:
    seen = on_terminal.run(_while("Sleeping", SLEEP), columns=30)
    assert re.search(r"Sleeping \.\.\. \d+ s  begins", seen.written)
    assert re.fullmatch(r"Sleeping: done after \d+ s", seen.screen[0])
    assert seen.screen[1:] == [""]


def test_what_is_quick_is_not_spoken_of() -> None:
    code = "from modules import terminal\nwith terminal.Waiting('Nothing'): pass"
    assert on_terminal.run([sys.executable, "-c", code]).written == ""


def test_the_line_is_cut_to_the_width_of_the_terminal() -> None:
    seen = on_terminal.run(_while("A long story " * 9, SLEEP), columns=40)
    lines = re.findall(r"\x1b\[2K([^\r\x1b]+)", seen.written)
    assert [line for line in lines if "done" not in line and len(line) > 39] == []
    assert lines[0] == "A long story A long story A long story…"[:38] + "…"


def test_ctrl_c_leaves_a_clean_line() -> None:
    code = "import time; from modules import terminal\nwith terminal.Waiting('Sleeping'): time.sleep(60)"
    seen = on_terminal.run([sys.executable, "-c", code], interrupt_after="Sleeping ... ")
    assert seen.exit_code != 0
    assert [line for line in seen.screen if "Sleeping ..." in line or "^C" in line] == []


def test_ctrl_c_ends_a_command_that_is_waited_for() -> None:
    seen = on_terminal.run(_while("Sleeping", ["sleep", "60"]), interrupt_after="Sleeping ... ")
    assert (seen.exit_code, seen.screen) == (130, [""])


def test_ctrl_c_during_a_synth_leaves_one_clean_line() -> None:
    code = (
        "import os, signal, sys; sys.argv = ['main.py', '--help']\n"
        "import modules.cli.command_line as line\n"
        "line.main = lambda: os.kill(os.getpid(), signal.SIGINT)\n"
        "exec(compile(open('main.py').read(), 'main.py', 'exec'), {'__name__': '__main__'})"
    )
    seen = on_terminal.run([sys.executable, "-c", code])
    assert seen.exit_code == 130
    assert seen.screen == ["Interrupted; what is half done, the next run finishes.", ""]


def test_without_a_terminal_lines_come_now_and_then_and_one_at_the_end(capfd: pytest.CaptureFixture[str]) -> None:
    with terminal.Waiting("Sleeping", after=0.05, every=0.2):
        said = _until(" s ...\n", capfd)
    first, *others, last = (said + capfd.readouterr().err).splitlines()
    assert first == "Sleeping ..."
    assert others
    assert [line for line in others if not re.fullmatch(r"Sleeping: \d+ s \.\.\.", line)] == []
    assert re.fullmatch(r"Sleeping: done after \d+ s", last)


def test_what_fails_is_said_to_have_stopped(capfd: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        with terminal.Waiting("Trying", after=0.01):
            assert _until("Trying ...\n", capfd) == "Trying ...\n"
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        fail()
    assert re.fullmatch(r"Trying: stopped after \d+ s\n", capfd.readouterr().err)


def test_one_inside_of_another_is_its_detail_and_one_in_a_thread_is_silent(capfd: pytest.CaptureFixture[str]) -> None:
    def wait() -> None:
        with terminal.Waiting("In a thread", after=0.01):
            time.sleep(0.2)

    thread = threading.Thread(target=wait)
    with terminal.Waiting("Outer", after=0.01), terminal.Waiting("Inner", after=0.01):
        thread.start()
        said = _until("Outer ...\n", capfd)
        thread.join(60)
    assert re.fullmatch(r"Outer \.\.\.\nOuter: done after \d+ s\n", said + capfd.readouterr().err)


def test_what_a_command_said_is_shown_where_it_fails_and_only_there() -> None:
    quiet = subprocess.run(_while("Work", ["echo", "much"]), cwd=ROOT, capture_output=True, text=True, check=False)
    assert (quiet.returncode, quiet.stdout) == (0, "")
    assert re.fullmatch(r"(Work \.\.\.\n)?Work: done after \d+ s\n", quiet.stderr)
    line = ["sh", "-c", "echo much; exit 3"]
    loud = subprocess.run(_while("Work", line), cwd=ROOT, capture_output=True, text=True, check=False)
    assert (loud.returncode, loud.stdout) == (3, "")
    assert re.fullmatch(r"(Work \.\.\.\n)?Work: failed \(3\) after \d+ s\nmuch\n", loud.stderr)


def test_a_line_of_text_comes_above_the_one_that_is_rewritten() -> None:
    code = (
        "import time; from modules import terminal\n"
        "with terminal.Waiting('Sleeping', after=0.1):\n    time.sleep(0.5); terminal.say('told'); time.sleep(1)"
    )
    assert on_terminal.run([sys.executable, "-c", code]).screen == ["told", ""]


def test_minutes_are_said_as_minutes() -> None:
    said = [terminal.duration(seconds) for seconds in (0.4, 59.4, 59.6, 605, 3725)]
    assert said == ["0 s", "59 s", "1 min 00 s", "10 min 05 s", "62 min 05 s"]


def test_text_is_never_cut_where_there_is_no_terminal() -> None:
    assert terminal.cut("a" * 5000, io.StringIO()) == "a" * 5000
