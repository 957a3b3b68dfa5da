"""What the tests in Chromium share: one browser, and pages of five systems."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from modules.checks.check import check
from modules.page.contents import contents
from modules.page.render import render
from modules.page.system import System
from modules.paths import ROOT
from modules.permissions import KINDS
from modules.spec.reserved_names import SERVICE_LENGTH
from modules.synth.build import build
from tests.support import browser as support
from tests.support import random_specs
from tests.support.browser import Browser
from tests.support.hostile_text import hostile
from tests.support.run_synth import SHIPPED
from tests.unit.conftest import TODAY

MANY = 200
# A load balancer has 100 target groups, so that not every service has a path.
ROUTED = 90
WORDS = (["s3", "rds", "secrets", "redis"], ["sqs", "sns", "dynamodb"], ["secrets", "kms", "cloudwatch"], ["athena"])


def _write(source: Path, page: Path) -> Path:
    checked = check(source, TODAY)
    assert checked.spec is not None, [checked.render(problem) for problem in checked.mistakes]
    page.write_text(render(contents(checked, System(checked.spec, build(checked.spec)), TODAY, None)), encoding="utf-8")
    return page


def _page_of(system: random_specs.System, folder: Path) -> Path:
    source = folder / "services.yaml"
    source.write_text(random_specs.render(system), encoding="utf-8")
    return _write(source, folder / "page.html")


def _many() -> random_specs.System:
    services: random_specs.System = {}
    for number in range(MANY):
        service: random_specs.System = {"aws": WORDS[number % len(WORDS)]}
        if number < ROUTED:
            service |= {"path": f"/api/{number}", "priority": number + 1}
        else:
            service["calls"] = f"service-{number - ROUTED:03}"
        services[f"service-{number:03}"] = service
    return {"project": "shop", "region": "eu-west-1", "services": services}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with support.browser() as running:
        yield running


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the architecture's system."""
    return _write(SHIPPED, tmp_path_factory.mktemp("shipped") / "page.html")


@pytest.fixture(scope="session")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the example that has every key."""
    source = ROOT / "examples" / "everything" / "services.yaml"
    return _write(source, tmp_path_factory.mktemp("everything") / "page.html")


@pytest.fixture(scope="session")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of 200 services."""
    return _page_of(_many(), tmp_path_factory.mktemp("many"))


@pytest.fixture(scope="session")
def widest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a system with every kind of permission and the longest names."""
    name, other = "x" * SERVICE_LENGTH, "y" * SERVICE_LENGTH
    owned = {word: KINDS[word].example for word in KINDS}
    services = {
        name: {"aws": owned, "path": ["/" + "p" * 50], "priority": 1},
        other: {"aws": {"sqs": {"subscribe": [name]}}, "calls": name},
    }
    system = {"project": "twenty-letters-long1", "region": "eu-west-1", "services": services}
    return _page_of(system, tmp_path_factory.mktemp("widest"))


@pytest.fixture(scope="session")
def of_hostile_text(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a system whose texts would run, if they were more than text."""
    return _page_of(hostile(), tmp_path_factory.mktemp("hostile"))
