"""Measures `main.py plan`, and an apply as `make deploy` runs it, one stack after another and side by side in one run.

By default a script in place of terraform sleeps as long as Terraform with the AWS provider takes for a stack, which
shows what the graph allows. `--emulator` plans with the real Terraform against the tests' emulated AWS.
"""

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--services", type=int, default=20, help="services besides the platform (default: 20)")
    parser.add_argument("--at-once", default=None, help="stacks side by side (default: as make plan)")
    parser.add_argument("--runs", type=int, default=1, help="of each way, in turn; the median is shown (default: 1)")
    parser.add_argument("--emulator", action="store_true", help="plan with the real Terraform; no applies")
    options = parser.parse_args()
    at_once = parallel.at_once(options.at_once)
    with tempfile.TemporaryDirectory(prefix="b") as folder:
        generated = _generated(Path(folder), options.services)
        if options.emulator:
            with emulated_aws(Path(folder) / "log") as aws:
                os.environ.update(Workspace(generated, _made(Path(folder) / "t"), aws).environment)
                _both("plan", options.runs, at_once, lambda number: _plan(generated, number))
        else:
            _fake_terraform(Path(folder))
            _both("plan", options.runs, at_once, lambda number: _plan(generated, number))
            _both("apply", options.runs, at_once, lambda number: _apply(generated, number))
            if (ROOT / "node_modules").exists():
                _by_cdktf(Path(folder), options.runs)


def _both(what: str, runs: int, at_once: int, do: Callable[[int], int]) -> None:
    """Each way in turn, with the ratio of the two."""
    taken: dict[int, list[float]] = {1: [], at_once: []}
    for _ in range(runs):
        for number, times in taken.items():
            start = time.perf_counter()
            stacks = do(number)
            times.append(time.perf_counter() - start)
    whole = statistics.median(taken[1])
    for number, times in taken.items():
        median = statistics.median(times)
        ratio = f"   1/{whole / median:.1f}" if number > 1 else ""
        print(f"{what} of {stacks} stacks, {number} at once {median:10.1f} s   of {len(times)}{ratio}", flush=True)


def _by_cdktf(root: Path, runs: int) -> None:
    """What cdktf-cli adds to an apply of one stack: its own time, and the memory of its Node."""
    shutil.copy(ROOT / "cdktf.json", root)
    (root / "node_modules").symlink_to(ROOT / "node_modules")
    os.environ["HOME"] = str(root)  # where it makes a plugin cache
    folder = root / "generated" / "stacks" / "network"
    ways: dict[str, Callable[[], int]] = {
        "Terraform": lambda: terraform_cli.run(folder, "apply", "-auto-approve"),
        "cdktf-cli": lambda: cdktf_cli.run("deploy", "network", root, auto_approve=True),
    }
    for what, do in ways.items():
        times = []
        for _ in range(runs):
            start = time.perf_counter()
            if code := do():
                sys.exit(f"{what} ended with {code}")
            times.append(time.perf_counter() - start)
        # https://man7.org/linux/man-pages/man2/getrusage.2.html: in kilobytes, of the largest child so far
        memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1000
        print(f"apply of one stack by {what} {statistics.median(times):6.1f} s, {memory} MB   of {runs}", flush=True)


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


def _fake_terraform(folder: Path) -> None:
    program = _made(folder / "bin") / "terraform"
    program.write_text(SCRIPT.format(**STARTS), encoding="utf-8")
    program.chmod(0o755)
    os.environ["PATH"] = f"{program.parent}{os.pathsep}{os.environ['PATH']}"


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


if __name__ == "__main__":
    main()
