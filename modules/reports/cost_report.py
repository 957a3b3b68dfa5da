"""The report on a system's costs as tables; reports/cost_json.py has the same for programs."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from modules.facts import eks, prices
from modules.reports import cost
from modules.reports.cost import Amount, Bill, Line, Total
from modules.reports.usage import LCU_AT_MOST, LOG_GB_AT_MOST, LOG_GB_AT_REST, REQUESTS_AT_MOST
from modules.spec.model import Spec

AT_REST = (
    f"At rest: `pods` of each service, Aurora at `min_acu`, {LOG_GB_AT_REST} GB of lines a month in each log group, "
    "and no other traffic."
)
AT_MOST = (
    f"At most, all month: `max_pods`, `max_acu`, Redshift at its limit, {LOG_GB_AT_MOST} GB in each log group, "
    f"{LCU_AT_MOST} capacity unit of the load balancer, {REQUESTS_AT_MOST} million requests that the firewall reads, "
    "and keys that were rotated twice."
)
NOT_DEDUCTED = "Free allowances of an account, discounts and savings plans are not deducted; tax is not added."


class Saving(NamedTuple):
    """What another value in services.yaml saves, and what that gives up."""

    write: str
    gives_up: str
    saves: Total


class Report(NamedTuple):
    """All of it. `base` is a commit, and the lines of services.yaml there."""

    spec: Spec
    region: str
    stacks: cost.Stacks
    bill: Bill
    savings: list[Saving]
    base: tuple[str, list[Line]] | None = None


def text(report: Report) -> Iterator[Table | Text]:
    """What a person reads: with a base, what the change adds and the new total alone."""
    spec = report.spec
    yield Text(f"{spec.project} in {spec.region}: a month of {prices.HOURS} hours in US dollars, list prices.")
    yield Text(f"{AT_REST}\n{AT_MOST}")
    if report.base is not None:
        yield from _changes(*report.base, report.bill.lines)
    else:
        yield _stacks(report)
        yield _by_what(report.bill.lines)
        yield _savings(report.savings)
        words = "\n".join(f"  {words}" for words in cost.not_counted(report.stacks))
        yield Text(f"Not counted, because it depends on use:\n{words}\n{NOT_DEDUCTED}")
    yield Text("\n".join(notes(report)))


def by_stack(report: Report) -> Mapping[str, list[Line]]:
    """Of all stacks that have lines, in the order of their apply."""
    found: dict[str, list[Line]] = {}
    for line in report.bill.lines:
        found.setdefault(line.stack, []).append(line)
    return found


def _stacks(report: Report) -> Table:
    table = _table("stack", "at rest", "at most")
    held = by_stack(report)
    platform = [stack for stack in held if stack not in report.spec.services]
    services = [stack for stack in held if stack in report.spec.services]
    for names, together in ((platform, "all of the platform"), (services, "all services")):
        for name in names:
            table.add_row(name, *amounts(cost.total(held[name])))
        summed = cost.total(line for name in names for line in held[name])
        table.add_row(together, *amounts(summed), style="bold", end_section=True)
    table.add_row("in all", *amounts(cost.total(report.bill.lines)), style="bold")
    return table


def _by_what(lines: Iterable[Line]) -> Table:
    table = _table("what", "number", "price", "at rest", "at most")
    for line in cost.by_what(lines):
        table.add_row(line.what, number(line), price_text(line), *amounts(cost.total([line])))
    return table


def _savings(savings: list[Saving]) -> Table:
    table = Table("cheaper: in services.yaml, each alone", "saves at rest", "at most", "gives up", box=SIMPLE_HEAD)
    for column in table.columns[1:3]:
        column.justify = "right"
    for one in savings:
        table.add_row(escape(one.write), *amounts(one.saves), one.gives_up)
    return table


def _changes(commit: str, before: list[Line], after: list[Line]) -> Iterator[Table | Text]:
    pairs = cost.differences(before, after)
    if not pairs:
        yield Text(f"What is billed by time is the same as in services.yaml at {commit}.")
    else:
        table = _table("stack", "what", escape(f"number at {commit}"), "number now", "at rest", "at most")
        for was, now in pairs:
            signed = amounts(cost.change(was, now), signed=True)
            table.add_row(now.stack, now.what, number(was), number(now), *signed)
        summed = cost.sum_of(cost.change(was, now) for was, now in pairs)
        table.add_row("in all", "", "", "", *amounts(summed, signed=True), style="bold")
        yield table
    old, new = amounts(cost.total(before)), amounts(cost.total(after))
    yield Text(f"In all, at rest: {old[0]} before, {new[0]} now; at most: {old[1]} before, {new[1]} now.")


def notes(report: Report) -> Iterator[str]:
    """What a reader should know of the prices: which are unknown, until when they hold, when they were read."""
    lines = report.bill.lines
    if report.region != report.spec.region:
        yield f"These are prices of {report.region}, not of {report.spec.region}."
    if missing := "; ".join(line.what for line in cost.without_price(lines)):
        yield f"?  No source was found for these prices in {report.region}: {missing}. https://calculator.aws has them."
    if report.region not in prices.REGIONS:
        yield (
            f"Prices are known for {', '.join(prices.REGIONS)}: make cost REGION={prices.REGIONS[0]} counts with "
            f"those, which differ from what {report.region} costs."
        )
    for kind in report.bill.strange:
        yield f"?  {kind}: this report does not know how AWS bills it."
    yield from _support(report)
    read = sorted(line.price.read for line in lines if line.price)
    if read:
        yield (
            f"Prices were read from {read[0]} to {read[-1]}, and AWS changes them; JSON=1 names the source of each. "
            "Ask https://calculator.aws before you rely on one."
        )


def _support(report: Report) -> Iterator[str]:
    """Until when the control plane costs what it does, where it will cost more after that."""
    cluster = report.spec.cluster
    if cluster.upgrade_policy == "extended" and any(line.meter == "eks-standard" for line in report.bill.lines):
        usd = eks.EXTENDED_PRICE * prices.HOURS
        ends = eks.VERSIONS[cluster.version].standard
        yield f"After {ends}, the control plane of Kubernetes {cluster.version} costs {usd:.2f} a month."


def _table(*head: str) -> Table:
    """Amounts and numbers, which come last, to the right."""
    table = Table(*head, box=SIMPLE_HEAD)
    for column in table.columns[1:]:
        column.justify = "left" if column.header == "what" else "right"
    return table


def number(line: Line) -> str:
    """How many are billed: `2`, or `2 to 6` where that depends on the load."""
    return f"{line.at_rest:g}" if line.at_rest == line.at_most else f"{line.at_rest:g} to {line.at_most:g}"


def price_text(line: Line) -> str:
    """Its price in US dollars, `?` where it is unknown, and for what."""
    meter = prices.METERS[line.meter]
    usd = "?" if line.price is None else max(f"{line.price.usd:g}", f"{line.price.usd:.2f}", key=len)
    return f"{usd} {'an hour' if meter.hourly else 'a GB' if meter.unit == 'GB' else 'a month'}"


def amounts(total: Total, *, signed: bool = False) -> tuple[str, str]:
    """US dollars a month at rest and at most; `?` stands for what is unknown."""
    return _amount(total.at_rest, signed), _amount(total.at_most, signed)


def _amount(amount: Amount, signed: bool) -> str:
    if not amount.is_whole and not amount.usd:
        return "?"
    return f"{amount.usd:{'+' if signed else ''},.2f}{'' if amount.is_whole else ' + ?'}"
