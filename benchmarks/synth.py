"""Measures how long a run takes: every stack, one edited, nothing changed, and for loading the classes alone."""

import argparse
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks import measure, product, systems
from benchmarks.measure import Taken
from modules.paths import ROOT

CLASSES = "import modules.bindings.aws, modules.bindings.helm, modules.bindings.kubernetes"
ORIGINAL = "import cdktf_cdktf_provider_aws, cdktf_cdktf_provider_helm, cdktf_cdktf_provider_kubernetes"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="warm runs, of which the median is shown (default: 5)")
    parser.add_argument("--services", type=int, default=200, help="services of the large system (default: 200)")
    parser.add_argument(
        "--original", action="store_true", help="also load the providers as documented (a minute or more)"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder, shipped = Path(temporary), systems.shipped(3)
        show("main.py, empty cache folder", [product.synth(shipped, folder)])
        show("main.py, every stack", _times(options.runs, lambda: product.synth(shipped, folder, "--rebuild")))
        show("main.py, nothing changed", _times(options.runs, lambda: product.synth(shipped, folder)))
        several = _with_environments(shipped)
        show("main.py, three environments", _times(options.runs, lambda: product.synth(several, folder, "--rebuild")))
        show("loading the classes", _times(options.runs, lambda: _python(CLASSES, folder)))
        if options.original:
            show("loading the classes as documented", [_python(ORIGINAL, folder)])
    _show_services(options.services, options.runs)


def _show_services(count: int, runs: int) -> None:
    """A large system: every stack, one service edited, and nothing changed, in turn, with the ratios to the first."""
    with tempfile.TemporaryDirectory() as folder:
        ways = product.measures(systems.services(count), Path(folder))
        taken: dict[str, list[Taken]] = {what: [] for what in ways}
        for _ in range(runs):
            for what, one in ways.items():
                taken[what].append(one())
    whole = measure.median(taken[product.WHOLE]).seconds
    for what, several in taken.items():
        show(f"{count} services, {what}", several, f"   1/{whole / measure.median(several).seconds:.0f}")


def _times(runs: int, one: Callable[[], Taken]) -> list[Taken]:
    return [one() for _ in range(runs)]


def _python(code: str, folder: Path) -> Taken:
    return measure.run([sys.executable, "-c", code], ROOT, measure.caches(product.caches(folder)))


def _with_environments(shipped: str) -> str:
    """Two environments besides the file's own."""
    sender = "{{services: {{notification-service: {{aws: {{ses: {{from: no-reply@{0}.example.com}}}}}}}}}}"
    text = "".join(f"  {name}: {sender.format(name)}\n" for name in ("dev", "staging"))
    return f"{shipped}\nenvironments:\n{text}"


def show(what: str, measured: list[Taken], ratio: str = "") -> None:
    seconds = [one.seconds for one in measured]
    median, fastest = statistics.median(seconds), min(seconds)
    print(f"{what:<34} {median:6.2f} s   fastest {fastest:5.2f} s   of {len(measured)}{ratio}", flush=True)


if __name__ == "__main__":
    main()
