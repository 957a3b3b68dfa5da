"""Measures `main.py plan`, and an apply as `make deploy` runs it, one stack after another and side by side in one run.

By default a script stands for terraform: one that answers at once, which leaves what the commands add, and one that
sleeps as long as Terraform with the AWS provider takes for a stack, which shows what the graph allows. `--emulator`
plans with the real Terraform against the tests' emulated AWS.
"""

import argparse
import contextlib
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from modules import parallel  # noqa: E402
from modules.deploy import cdktf_cli, terraform_cli  # noqa: E402
from modules.deploy.passes import Pass  # noqa: E402
from modules.deploy.side_by_side import SideBySide  # noqa: E402
from modules.plan import system  # noqa: E402
from modules.plan.planner import StackPlan  # noqa: E402
from modules.plan.system import Question  # noqa: E402
from modules.state import applied_stacks  # noqa: E402
from tests.support.emulator import REGION, emulated_aws  # noqa: E402
from tests.support.terraform_workspace import Workspace  # noqa: E402

# Seconds of Terraform 1.11 with AWS provider 5.100 for one stack of one resource, on the machine of the first run.
STARTS = {"init": 0.5, "plan": 2.8, "show": 2.2, "apply": 5.0}
SCRIPT = """#!/bin/sh
case $1 in
  version) echo '{{"terraform_version": "1.11.4"}}' ;;
  output) echo '{{}}' ;;
  init) sleep {init} ;;
  plan) sleep {plan} ;;
  apply) sleep {apply}; echo 'Apply complete! Resources: 1 added, 0 changed, 0 destroyed.' ;;
  show) sleep {show}; echo '{{"resource_changes": [], "output_changes": {{}}}}' ;;
esac
"""


INSTANT = dict.fromkeys(STARTS, 0.0)


class Row(NamedTuple):
    """`seconds` for each number of stacks at once, for the stacks together."""

    what: str
    stacks: int
    seconds: dict[int, float]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--services", type=int, default=20, help="services besides the platform (default: 20)")
    parser.add_argument("--at-once", default=None, help="stacks side by side (default: as make plan)")
    parser.add_argument("--runs", type=int, default=1, help="of each way, in turn; the median is shown (default: 1)")
    parser.add_argument("--emulator", action="store_true", help="plan with the real Terraform; no applies")
    options = parser.parse_args()
    at_once = parallel.at_once(options.at_once)
    measured = of_emulator if options.emulator else of_script
    for row in measured(options.services, options.runs, at_once):
        one, several = row.seconds[1], row.seconds[at_once]
        print(
            f"{row.what} of {row.stacks} stacks: {one:.1f} s, {at_once} at once {several:.1f} s, 1/{one / several:.1f}"
        )
    if not options.emulator and (ROOT / "node_modules").exists():
        for what, seconds in by_cdktf(options.runs).items():
            print(f"apply of one stack by {what}: {seconds:.1f} s")


def of_script(services: int, runs: int, at_once: int) -> Iterator[Row]:
    """With a terraform that answers at once, which leaves what the commands add, and with one that takes its time."""
    with tempfile.TemporaryDirectory(prefix="b") as folder, _path():
        generated = _generated(Path(folder), services)
        for name, times in (("answers at once", INSTANT), ("sleeps", STARTS)):
            _fake_terraform(Path(folder), times)
            yield _both(f"plan, terraform {name}", runs, at_once, lambda number: _plan(generated, number))
            yield _both(f"apply, terraform {name}", runs, at_once, lambda number: _apply(generated, number))


def of_emulator(services: int, runs: int, at_once: int) -> Iterator[Row]:
    """Plans of the real Terraform with the AWS provider, of a system that is not applied."""
    with tempfile.TemporaryDirectory(prefix="b") as folder, emulated_aws(Path(folder) / "log") as aws:
        workspace = Workspace(_generated(Path(folder), services), _made(Path(folder) / "t"), aws)
        os.environ.update(workspace.environment)
        yield _both("plan, Terraform", runs, at_once, lambda number: _plan(workspace.generated, number))


def by_cdktf(runs: int) -> dict[str, float]:
    """Seconds of an apply of one stack with a terraform that answers at once: by itself, and by cdktf-cli."""
    with tempfile.TemporaryDirectory(prefix="b") as temporary, _path():
        root = Path(temporary)
        generated = _generated(root, 1)
        _fake_terraform(root, INSTANT)
        shutil.copy(ROOT / "cdktf.json", root)
        (root / "node_modules").symlink_to(ROOT / "node_modules")
        os.environ["HOME"] = str(root)  # where it makes a plugin cache
        folder = generated / "stacks" / "network"
        ways: dict[str, Callable[[], int]] = {
            "main.py, which runs terraform": lambda: terraform_cli.run(folder, "apply", "-auto-approve"),
            "cdktf-cli": lambda: cdktf_cli.run("deploy", "network", root, auto_approve=True),
        }
        return {what: statistics.median(_seconds(do, what) for _ in range(runs)) for what, do in ways.items()}


def _both(what: str, runs: int, at_once: int, do: Callable[[int], int]) -> Row:
    """Each number of stacks at once, in turn."""
    taken: dict[int, list[float]] = {1: [], at_once: []}
    stacks = 0
    for _ in range(runs):
        for number, times in taken.items():
            start = time.perf_counter()
            stacks = do(number)
            times.append(time.perf_counter() - start)
    return Row(what, stacks, {number: statistics.median(times) for number, times in taken.items()})


def _seconds(do: Callable[[], int], what: str) -> float:
    start = time.perf_counter()
    if code := do():
        sys.exit(f"{what} ended with {code}")
    return time.perf_counter() - start


@contextlib.contextmanager
def _path() -> Iterator[None]:
    """Leaves PATH and HOME as they were."""
    before = {name: os.environ[name] for name in ("PATH", "HOME")}
    try:
        yield
    finally:
        os.environ.update(before)


def _plan(generated: Path, at_once: int) -> int:
    found = system.plan(Question(generated, at_once=at_once), lambda _: None, lambda _: None)
    if wrong := [one for one in found.values() if not isinstance(one, StackPlan)]:
        sys.exit(str(wrong[0]))
    return len(found)


def _apply(generated: Path, at_once: int) -> int:
    stacks = applied_stacks.read(generated)
    order = [Pass(stack, "apply") for stack in stacks.values()]
    run = SideBySide(
        "deploy", order, stacks, lambda one: terraform_cli.run(one.stack.folder, "apply", "-auto-approve"), at_once
    )
    stderr, sys.stderr = sys.stderr, open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
    try:
        if code := run.run():
            sys.exit(f"apply ended with {code}")
    finally:
        sys.stderr.close()
        sys.stderr = stderr
    return len(stacks)


def _generated(folder: Path, services: int) -> Path:
    """A system of so many services, as main.py writes it."""
    words = ("[s3, rds, secrets]", "[sqs, sns, dynamodb]", "[secrets, kms, cloudwatch]", "[athena]")
    text = "".join(f"  service-{number:03}: {{aws: {words[number % len(words)]}}}\n" for number in range(services))
    file = folder / "services.yaml"
    file.write_text(f"project: shop\nregion: {REGION}\nservices:\n{text}", encoding="utf-8")
    out = folder / "generated"
    line = [sys.executable, str(ROOT / "main.py"), "--file", str(file), "--out", str(out)]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    return out


def _fake_terraform(folder: Path, seconds: dict[str, float]) -> None:
    program = folder / "bin" / "terraform"
    if not program.parent.exists():
        _made(program.parent)
        os.environ["PATH"] = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
    program.write_text(SCRIPT.format(**seconds), encoding="utf-8")
    program.chmod(0o755)


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


if __name__ == "__main__":
    main()
