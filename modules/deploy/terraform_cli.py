"""Runs Terraform itself in a stack's folder, for what cdktf-cli has no option for: -target and import."""

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from modules import terminal
from modules.deploy import captured
from modules.errors import CommandError
from modules.state import state_file
from modules.state.state_file import State

_SECONDS = 600
_INIT = ("init", "-input=false")
_initialising = threading.Lock()  # the plugin cache is for one init at a time


def run(folder: Path, *arguments: str) -> int:
    """Initialises the folder, runs Terraform there, and returns its exit code.

    Raises KeyboardInterrupt after ctrl-C, when Terraform has written its state.
    """
    colour = [] if terminal.has_colours(sys.stdout) else ["-no-color"]
    first, *rest = arguments
    with _initialising:
        code = _run(folder, _INIT)
    return code or _run(folder, [first, *colour, *rest])


def _run(folder: Path, arguments: Sequence[str]) -> int:
    if stack := captured.current():
        return stack.run(["terraform", *arguments], folder)
    with subprocess.Popen(["terraform", *arguments], cwd=folder) as child, _left_to(child) as signals:
        code = child.wait()
    if signals:
        raise KeyboardInterrupt
    return code


def addresses(folder: Path) -> set[str]:
    """What the state of this folder holds, wherever it is; nothing where there is none yet. Initialises the folder."""
    with _initialising:
        subprocess.run(["terraform", *_INIT], cwd=folder, capture_output=True, check=False)
    listed = ["terraform", "state", "list"]
    done = subprocess.run(listed, cwd=folder, capture_output=True, text=True, check=False)
    return set(done.stdout.split()) if done.returncode == 0 else set()


def pull(folder: Path) -> State:
    """The state of a stack that is not on this machine; raises CommandError where Terraform can't read it."""
    for line in (["init", "-input=false", "-no-color"], ["state", "pull"]):
        done = subprocess.run(["terraform", *line], cwd=folder, capture_output=True, timeout=_SECONDS, check=False)
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip()
            what = f"The state of the stack can't be read: {said}"
            raise CommandError(f"terraform {line[0]} {folder.name}", what, "Correct what it names, and run this again.")
    return state_file.parse(done.stdout.strip(), folder.name)


@contextmanager
def _left_to(child: "subprocess.Popen[bytes]") -> Iterator[list[int]]:
    """Ctrl-C is not for this process: the terminal gives it to Terraform too. SIGTERM is passed on."""
    received: list[int] = []

    def handle(number: int, _frame: object) -> None:
        received.append(number)
        if number == signal.SIGTERM:
            child.send_signal(signal.SIGINT)

    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
