"""`python -m tests.support.shown FOLDER` draws what is to be looked at before a picture or the page is called good.

The overview of 1, 5, 20 and 60 services, light and dark, network and a service of the shipped system, and the page of
`make report` at some places and two widths: PNG files, by the Chromium of this machine.
"""

import argparse
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from modules.checks.check import Checked, check
from modules.diagram import overview, pages, png
from modules.page.contents import contents
from modules.page.render import render
from modules.page.system import System
from modules.spec.model import Spec
from modules.synth.build import build
from tests.support import browser, random_specs
from tests.support.run_synth import SHIPPED

WORDS = (["s3", "rds", "secrets", "redis"], ["sqs", "sns", "dynamodb"], ["secrets", "kms", "cloudwatch"], ["athena"])
COUNTS = (1, 5, 20, 60)
OF_SHIPPED = 5
PAGES = ("network", "service-order-service")
# Part of the page -> width of the window in pixels.
PARTS = {"top": (1280, 400), "permissions": (1280,), "cost": (1280,)}
HEIGHT = 1000


def services(count: int, *, routed: int = 40) -> random_specs.System:
    """A system of so many services; a load balancer has 100 target groups, so those after `routed` are called."""
    found: random_specs.System = {}
    for number in range(count):
        service: random_specs.System = {"aws": WORDS[number % len(WORDS)]}
        if number < routed:
            service |= {"path": f"/api/{number}", "priority": number + 1}
        else:
            service["calls"] = f"service-{number - routed:03}"
        found[f"service-{number:03}"] = service
    return {"project": "shop", "region": "eu-west-1", "services": found}


def page(source: Path, file: Path, today: date) -> Path:
    """Writes the page of `make report`."""
    checked, spec = _checked(source, today)
    file.write_text(render(contents(checked, System(spec, build(spec)), today, None)), encoding="utf-8")
    return file


def pictures(folder: Path, today: date) -> Iterator[Path]:
    """The pages of the picture as PNG."""
    for count in COUNTS:
        file = folder / f"services-{count}.yaml"
        file.write_text(random_specs.render(services(count)), encoding="utf-8")
        _, spec = _checked(SHIPPED if count == OF_SHIPPED else file, today)
        file.unlink()
        for drawn in png.draw(overview.page(spec), folder):
            yield drawn.rename(folder / drawn.name.replace("overview", f"overview-{count}"))
    for one in pages.pages(_checked(SHIPPED, today)[1]):
        if one.key in PAGES:
            yield from png.draw(one, folder)


def screenshots(folder: Path, today: date) -> Iterator[Path]:
    """The page of the shipped system, as a window shows it."""
    file = page(SHIPPED, folder / "report.html", today)
    yield file
    with browser.browser() as running:
        for part, widths in PARTS.items():
            for width in widths:
                running.open(file, width=width, height=HEIGHT)
                if part != "top":
                    running.evaluate(f"document.getElementById({part!r}).scrollIntoView()")
                drawn = folder / f"report-{part}-{width}.png"
                running.screenshot(drawn)
                yield drawn


def _checked(file: Path, today: date) -> tuple[Checked, Spec]:
    checked = check(file, today)
    assert checked.spec is not None, [checked.render(problem) for problem in checked.mistakes]
    return checked, checked.spec


def main() -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.support.shown", description=__doc__)
    parser.add_argument("folder", type=Path, help="where to write them")
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    for make in (pictures, screenshots):
        for file in make(folder, datetime.now(UTC).date()):
            print(file)
    return 0


if __name__ == "__main__":
    sys.exit(main())
