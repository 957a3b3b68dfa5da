"""The report on a system's costs for programs: a cost that is unknown is null, and a sum that lacks one says so."""

from typing import Any

from modules.facts import prices
from modules.reports import cost
from modules.reports.cost import Line, Total
from modules.reports.cost_report import AT_MOST, AT_REST, NOT_DEDUCTED, Report, by_stack


def as_json(report: Report) -> dict[str, Any]:
    """All of it, in values of JSON."""
    lines = report.bill.lines
    found: dict[str, Any] = {
        "project": report.spec.project,
        "region": report.spec.region,
        "prices_of": report.region,
        "currency": "USD",
        "hours": prices.HOURS,
        "assumptions": [AT_REST, AT_MOST, NOT_DEDUCTED],
        "total": _total(cost.total(lines)),
        "stacks": {stack: _total(cost.total(held)) for stack, held in by_stack(report).items()},
        "lines": [_line(line) for line in lines],
        "savings": [
            {"write": one.write, "gives_up": one.gives_up, "saves": _total(one.saves)} for one in report.savings
        ],
        "not_counted": cost.not_counted(report.stacks),
        "unknown_prices": [
            {"what": line.what, "page": prices.METERS[line.meter].page} for line in cost.without_price(lines)
        ],
        "unknown_types": report.bill.strange,
    }
    if report.base is not None:
        commit, before = report.base
        pairs = cost.differences(before, lines)
        found["base"] = {
            "commit": commit,
            "total": _total(cost.total(before)),
            "adds": _total(cost.sum_of(cost.change(was, now) for was, now in pairs)),
            "changes": [{"before": _line(was), "after": _line(now)} for was, now in pairs],
        }
    return found


def _total(total: Total) -> dict[str, Any]:
    return {
        "at_rest": round(total.at_rest.usd, 2),
        "at_most": round(total.at_most.usd, 2),
        "is_whole": {"at_rest": total.at_rest.is_whole, "at_most": total.at_most.is_whole},
    }


def _line(line: Line) -> dict[str, Any]:
    price = line.price
    return {
        "stack": line.stack,
        "what": line.what,
        "unit": prices.METERS[line.meter].unit,
        "number": {"at_rest": line.at_rest, "at_most": line.at_most},
        "price": price and {"usd": price.usd, "source": price.source, "read": price.read.isoformat()},
        "usd": {
            name: _rounded(line.usd(number)) for name, number in (("at_rest", line.at_rest), ("at_most", line.at_most))
        },
    }


def _rounded(usd: float | None) -> float | None:
    return None if usd is None else round(usd, 2)
