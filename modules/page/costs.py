"""The cost of a month in the page's tables; modules/reports has the numbers and the words."""

from datetime import date
from typing import NamedTuple

from modules.page.system import System
from modules.reports import cost, cost_report
from modules.reports.cost import Bill

Cells = tuple[str, ...]


class Costs(NamedTuple):
    """Amounts in US dollars a month: `stacks` in the order of their apply, `meters` with the dearest first."""

    at_rest: str
    at_most: str
    stacks: list[Cells]
    meters: list[Cells]
    changes: list[Cells]
    assumptions: tuple[str, ...]
    not_counted: list[str]
    notes: list[str]


def costs(system: System, base: System | None, today: date) -> Costs:
    """Of the system; `changes` against the base, if there is one."""
    spec = system.spec
    bill = _bill(system, today)
    report = cost_report.Report(spec, spec.region, system.resources, bill, [])
    return Costs(
        *cost_report.amounts(cost.total(bill.lines)),
        [(stack, *cost_report.amounts(cost.total(lines))) for stack, lines in cost_report.by_stack(report).items()],
        [_meter(line) for line in cost.by_what(bill.lines)],
        [] if base is None else _changes(_bill(base, today), bill),
        (cost_report.AT_REST, cost_report.AT_MOST, cost_report.NOT_DEDUCTED),
        cost.not_counted(system.resources),
        list(cost_report.notes(report)),
    )


def _bill(system: System, today: date) -> Bill:
    return cost.bill(system.resources, system.spec, today, system.spec.region)


def _meter(line: cost.Line) -> Cells:
    number, price = cost_report.number(line), cost_report.price_text(line)
    return (line.what, number, price, *cost_report.amounts(cost.total([line])))


def _changes(before: Bill, after: Bill) -> list[Cells]:
    pairs = cost.differences(before.lines, after.lines)
    rows = [
        (
            *(now.stack, now.what, cost_report.number(was), cost_report.number(now)),
            *cost_report.amounts(cost.change(was, now), signed=True),
        )
        for was, now in pairs
    ]
    summed = cost.sum_of(cost.change(was, now) for was, now in pairs)
    return [*rows, ("in all", "", "", "", *cost_report.amounts(summed, signed=True))] if rows else []
