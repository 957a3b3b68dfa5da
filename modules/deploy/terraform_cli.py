"""Runs Terraform itself in a stack's folder, for what cdktf-cli has no option for: -target and import."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from modules import terminal


def run(folder: Path, *arguments: str) -> int:
    """Initialises the folder, runs Terraform there, and returns its exit code.

    Raises KeyboardInterrupt after ctrl-C, when Terraform has written its state.
    """
    colour = [] if terminal.has_colours(sys.stdout) else ["-no-color"]
    first, *rest = arguments
    for line in (["init", "-input=false"], [first, *colour, *rest]):
        with subprocess.Popen(["terraform", *line], cwd=folder) as child, _left_to(child) as signals:
            code = child.wait()
        if signals:
            raise KeyboardInterrupt
        if code:
            return code
    return 0


def addresses(folder: Path) -> set[str]:
    """What the state of this folder holds, wherever it is; nothing where there is none yet. Initialises the folder."""
    for line in (["init", "-input=false"], ["state", "list"]):
        done = subprocess.run(["terraform", *line], cwd=folder, capture_output=True, text=True, check=False)
    return set(done.stdout.split()) if done.returncode == 0 else set()


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
