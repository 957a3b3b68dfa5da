"""Runs cdktf-cli on one stack, and returns only when the terraform under it has ended."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from modules import terminal
from modules.errors import CommandError

TERRAFORM = Path(__file__).with_name("terraform.sh")
INTERRUPTED = 130
FLAGS = {
    "diff": ["--skip-synth", "--skip-provider-lock"],
    "deploy": ["--skip-synth", "--skip-provider-lock", "--ignore-missing-stack-dependencies"],
    "destroy": ["--skip-synth", "--skip-provider-lock", "--ignore-missing-stack-dependencies"],
}


def run(command: str, stack: str, root: Path, *, auto_approve: bool = False) -> int:
    """`diff`, `deploy` or `destroy`; the exit code is cdktf's, or 130 after ctrl-C."""
    plain = not sys.stdout.isatty()
    with tempfile.TemporaryDirectory(prefix="terraform-") as at_work:
        watched = {"TERRAFORM_BINARY_NAME": str(TERRAFORM), "TERRAFORM_AT_WORK": at_work}
        asked = line(command, stack, root, auto_approve=auto_approve, plain=plain)
        with _started(asked, root, environment(os.environ, plain=plain) | watched) as (child, signals):
            code = child.wait()
            _wait_for_terraform(Path(at_work))
    return INTERRUPTED if signals else code


def line(command: str, stack: str, root: Path, *, auto_approve: bool, plain: bool) -> list[str]:
    """The command line; raises CommandError where cdktf-cli is not installed below `root`."""
    cdktf = root / "node_modules" / ".bin" / "cdktf"
    if not cdktf.exists():
        raise CommandError("cdktf", "cdktf-cli is not installed.", "Run make cdktf.")
    asked = ["--auto-approve"] * auto_approve + ["--no-color"] * (plain or not terminal.has_colours(sys.stdout))
    return [str(cdktf), command, stack, *FLAGS[command], *asked]


def environment(of: Mapping[str, str], *, plain: bool) -> dict[str, str]:
    """`of` with the Node of .venv first, without questions for newer versions, and with no spinner where `plain`."""
    node = f"{Path(sys.executable).parent}{os.pathsep}{of.get('PATH', '')}"
    quiet = {"CHECKPOINT_DISABLE": "1", "DISABLE_VERSION_CHECK": "1"}
    return {**of, **quiet, **({"CI": "true"} if plain else {}), "PATH": node}


@contextmanager
def _started(
    asked: list[str], root: Path, environment: Mapping[str, str]
) -> Iterator[tuple[subprocess.Popen[bytes], list[int]]]:
    """The child, and the signals that came: from before its start, ctrl-C and SIGTERM go to it and do not end this."""
    received: list[int] = []
    children: list[subprocess.Popen[bytes]] = []

    def handle(number: int, _frame: FrameType | None) -> None:
        received.append(number)
        for child in children:
            child.send_signal(number)

    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        children.append(subprocess.Popen(asked, cwd=root, env=environment))
        for number in received:  # that came while it was started
            children[0].send_signal(number)
        yield children[0], received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _wait_for_terraform(at_work: Path) -> None:
    alive = _alive(at_work)
    if not alive:
        return
    terminal.say(f"Terraform (process {alive[0]}) is still writing its state; waiting for it.")
    with terminal.Waiting("Waiting for Terraform to write its state"):
        while _alive(at_work):
            time.sleep(0.2)


def _alive(at_work: Path) -> list[int]:
    return [pid for file in at_work.iterdir() if _is_alive(pid := int(file.name))]


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
