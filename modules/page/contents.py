"""Everything that the page says, as values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from modules.checks.check import Checked
from modules.page import costs, grants, notices, picture, reach, services, stacks, tables
from modules.page.costs import Costs
from modules.page.grants import Grant
from modules.page.notices import Day, Notice
from modules.page.picture import Picture
from modules.page.reach import Connection
from modules.page.services import ServiceView
from modules.page.stacks import StackView
from modules.page.system import System
from modules.page.tables import Route, Size
from modules.reports import changes, inventory
from modules.reports.changes import Change
from modules.reports.quotas import Quota, quotas
from modules.spec.model import Spec


class Base(NamedTuple):
    """What the system is compared with: a commit, and the system there."""

    commit: str
    system: System


class Count(NamedTuple):
    """A row of the Resource Count: the architecture's number, the system's, and how they differ."""

    what: str
    architecture: str
    generated: int
    verdict: str


@dataclass(frozen=True)
class Contents:
    """The values of the templates, which compute nothing."""

    spec: Spec
    today: date
    pictures: list[Picture]
    services: list[ServiceView]
    counts: list[Count]
    words: Mapping[str, str]
    grants: Mapping[str, Mapping[str, Grant]]
    connections: list[Connection]
    routes: list[Route]
    sizes: list[Size]
    costs: Costs
    notices: list[Notice]
    days: list[Day]
    quotas: list[Quota]
    stacks: list[StackView]
    base: str | None
    changes: list[Change]


def contents(checked: Checked, system: System, today: date, base: Base | None) -> Contents:
    """Of a checked file and what was built from it; raises nothing that the build did not."""
    spec = system.spec
    granted, connections, sizes = grants.grants(system), reach.connections(system), tables.sizes(spec)
    held = inventory.held(system.resources.values(), spec)
    return Contents(
        spec,
        today,
        picture.pictures(spec),
        services.services(spec, granted, connections, sizes),
        [_count(row, row.count(held)) for row in inventory.ROWS],
        grants.columns(granted),
        granted,
        connections,
        tables.routes(spec),
        sizes,
        costs.costs(system, base.system if base else None, today),
        notices.warnings(checked, today),
        notices.days(spec, today),
        list(quotas(spec, held.resources)),
        stacks.stacks(system),
        base.commit if base else None,
        changes.changes(base.system.files, system.files) if base else [],
    )


def _count(row: inventory.Row, count: int) -> Count:
    number = int(row.architecture.removesuffix("+"))
    is_as_said = count == number or (row.architecture.endswith("+") and count > number)
    verdict = (
        "as in the architecture" if is_as_said else f"{abs(count - number)} {'more' if count > number else 'fewer'}"
    )
    return Count(row.what, row.architecture, count, verdict)
