"""`make bench`: this generator beside CDKTF and its fork in Python and TypeScript, on systems of several sizes.

Everything is measured in turn in one run, and the medians become docs/benchmarks.md; with `--quick` they are printed.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks import measure, page, peer_tools, product, stacks, systems
from benchmarks.measure import Taken
from benchmarks.page import Measured
from benchmarks.systems import System
from modules import parallel
from modules.paths import ROOT

PAGE = ROOT / "docs" / "benchmarks.md"
BEFORE, OF = "9e9ec5d", 200  # the commit that is compared with, and for which number of services
LIMIT = """import json, pathlib, sys
for file in pathlib.Path(sys.argv[1]).glob("stacks/*/cdk.tf.json"):
    content = json.loads(file.read_bytes())
    pathlib.Path(sys.argv[2], file.parent.name).write_text(json.dumps(content, indent=2))"""


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--runs", type=int, default=3, help="of each; the median counts (default: 3)")
    parser.add_argument("--sizes", help="numbers of services (default: 5,50,200,500, with --quick 50)")
    parser.add_argument("--quick", action="store_true", help="some minutes: one run, no Python peers, printed only")
    options = parser.parse_args()
    runs = 1 if options.quick else options.runs
    cores = [peer_tools.core(name) for name in peer_tools.NAMES]
    compared = [_compared(system, cores, runs, python=not options.quick) for system in (systems.small, systems.shipped)]
    counts = options.sizes or ("50" if options.quick else "5,50,200,500")
    sizes = [_sized(int(count), runs) for count in counts.split(",")]
    at_once = parallel.at_once(None)
    rows = [*stacks.of_script(5, runs, at_once), *([] if options.quick else stacks.of_emulator(2, 1, at_once))]
    text = page.text(compared, sizes, rows, stacks.by_cdktf(runs), BEFORE, runs)
    if options.quick:
        print(text)
    else:
        PAGE.write_text(text, encoding="utf-8")


def _compared(system: System, cores: list[peer_tools.Core], runs: int, *, python: bool) -> Measured:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        measures = dict(product.measures(system, folder))
        generated = folder / "out" / "generated"
        for core in cores:
            measures |= peer_tools.measures(core, generated, folder, python=python)
        measures[page.LIMIT] = lambda: _limit(generated, folder / "limit")
        return _measured(system.__name__, generated, measures, runs)


def _sized(count: int, runs: int) -> Measured:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        system = systems.services(count)
        measures = dict(product.measures(system, folder))
        if count == OF:
            measures[page.BEFORE] = product.before(BEFORE, system, folder)
        found = _measured(f"{count} services", folder / "out" / "generated", measures, runs)
        return found._replace(before=product.resources(folder / "before" / "generated"))


def _measured(name: str, generated: Path, measures: Mapping[str, Callable[[], Taken]], runs: int) -> Measured:
    """Each in turn, after one round that fills caches and is not counted; what is slow counts once."""
    taken: dict[str, list[Taken]] = {what: [] for what in measures}
    for number in range(runs + 1):
        for what, one in measures.items():
            if what.endswith(peer_tools.PYTHON) and number > 1:
                continue
            found = one()
            print(f"{name}, {what}: {found.seconds:.2f} s", file=sys.stderr, flush=True)
            if number:
                taken[what].append(found)
    medians = {what: measure.median(several) for what, several in taken.items()}
    folders = len(list(generated.glob("stacks/*/cdk.tf.json")))
    return Measured(name, product.resources(generated), folders, medians, 0)


def _limit(generated: Path, folder: Path) -> Taken:
    folder.mkdir(exist_ok=True)
    return measure.run([sys.executable, "-c", LIMIT, generated, folder], folder)


if __name__ == "__main__":
    main()
