"""What the tests in Chromium share: one browser, and pages of five systems."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from modules.paths import ROOT
from modules.permissions import KINDS
from modules.spec.reserved_names import SERVICE_LENGTH
from tests.support import browser as support
from tests.support import random_specs, shown
from tests.support.browser import Browser
from tests.support.hostile_text import hostile
from tests.support.run_synth import SHIPPED
from tests.unit.conftest import TODAY

MANY = 200
# A load balancer has 100 target groups, so that not every service has a path.
ROUTED = 90


def _page_of(system: random_specs.System, folder: Path) -> Path:
    source = folder / "services.yaml"
    source.write_text(random_specs.render(system), encoding="utf-8")
    return shown.page(source, folder / "page.html", TODAY)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with support.browser() as running:
        yield running


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the architecture's system."""
    return shown.page(SHIPPED, tmp_path_factory.mktemp("shipped") / "page.html", TODAY)


@pytest.fixture(scope="session")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the example that has every key."""
    source = ROOT / "examples" / "everything" / "services.yaml"
    return shown.page(source, tmp_path_factory.mktemp("everything") / "page.html", TODAY)


@pytest.fixture(scope="session")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of 200 services."""
    return _page_of(shown.services(MANY, routed=ROUTED), tmp_path_factory.mktemp("many"))


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
