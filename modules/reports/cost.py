"""What a system costs in a month, at rest and at most: what generated/ holds and AWS bills by time, as lines."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from modules.facts import prices
from modules.facts.prices import HOURS, METERS, Price
from modules.reports.unpriced import BY_USE, BY_USE_TOO, FREE
from modules.reports.usage import PRICED, Resource
from modules.spec.model import Spec

Stacks = Mapping[str, Mapping[str, Mapping[str, Resource]]]
"""Stack -> type -> address -> resource, as Terraform's JSON has them."""


class Line(NamedTuple):
    """One thing that is billed in a stack: how many of it at rest and at most, and the price, or None if unknown."""

    stack: str
    what: str
    meter: str
    at_rest: float
    at_most: float
    price: Price | None

    def usd(self, quantity: float) -> float | None:
        """US dollars a month for that many; None where the price is unknown. Nothing costs nothing."""
        if quantity == 0:
            return 0.0
        return None if self.price is None else quantity * self.price.usd * (HOURS if METERS[self.meter].hourly else 1)


class Amount(NamedTuple):
    """US dollars a month; `is_whole` unless a price that belongs to it is unknown."""

    usd: float
    is_whole: bool = True


class Total(NamedTuple):
    """Of some lines."""

    at_rest: Amount
    at_most: Amount


class Bill(NamedTuple):
    """The lines of a system, and the types of resources that no table knows how to bill."""

    lines: list[Line]
    strange: list[str]


def bill(stacks: Stacks, spec: Spec, today: date, region: str) -> Bill:
    """With the prices of `region`, and the support of Kubernetes as of `today`."""
    counted: dict[tuple[str, str, str, str], tuple[float, float]] = {}
    for stack, kinds in stacks.items():
        for kind, resources in kinds.items():
            for resource in resources.values():
                for usage in PRICED[kind](spec, today, resource) if kind in PRICED else ():
                    key = (stack, usage.what, usage.meter, usage.kind)
                    at_rest, at_most = counted.get(key, (0, 0))
                    counted[key] = (at_rest + usage.at_rest, at_most + usage.at_most)
    lines = [
        Line(stack, what, meter, *quantities, prices.price(meter, kind, region))
        for (stack, what, meter, kind), quantities in counted.items()
    ]
    known = PRICED.keys() | BY_USE.keys() | FREE.keys()
    return Bill(lines, sorted({kind for kinds in stacks.values() for kind in kinds} - known))


def total(lines: Iterable[Line]) -> Total:
    """The sum of their costs."""
    found = list(lines)
    return Total(_sum(line.usd(line.at_rest) for line in found), _sum(line.usd(line.at_most) for line in found))


def by_what(lines: Iterable[Line]) -> list[Line]:
    """The lines of all stacks together, those that cost most first."""
    found: dict[tuple[str, str], Line] = {}
    for line in lines:
        key = (line.what, line.meter)
        so_far = found.get(key, line._replace(stack="", at_rest=0, at_most=0))
        found[key] = so_far._replace(at_rest=so_far.at_rest + line.at_rest, at_most=so_far.at_most + line.at_most)
    return sorted(found.values(), key=lambda line: -(line.usd(line.at_rest) or 0))


def differences(before: Iterable[Line], after: Iterable[Line]) -> list[tuple[Line, Line]]:
    """Lines that differ, before and after a change; one that is not there has the quantities 0."""
    old = {line[:3]: line for line in before}
    new = {line[:3]: line for line in after}
    pairs = [
        (
            old.get(key) or new[key]._replace(at_rest=0, at_most=0),
            new.get(key) or old[key]._replace(at_rest=0, at_most=0),
        )
        for key in (old | new)
    ]
    return [(was, now) for was, now in pairs if was != now]


def change(before: Line, after: Line) -> Total:
    """What the difference of two lines adds."""
    return Total(
        _sum([after.usd(after.at_rest), _negative(before.usd(before.at_rest))]),
        _sum([after.usd(after.at_most), _negative(before.usd(before.at_most))]),
    )


def sum_of(totals: Iterable[Total]) -> Total:
    """All of them together."""
    found = list(totals)
    return Total(_together(one.at_rest for one in found), _together(one.at_most for one in found))


def without_price(lines: Iterable[Line]) -> list[Line]:
    """Those whose price is unknown and that would cost something."""
    return [line for line in by_what(lines) if line.price is None and line.at_most]


def not_counted(stacks: Stacks) -> list[str]:
    """What this system is billed for by use, in words."""
    kinds = {kind for held in stacks.values() for kind in held}
    return sorted(words for kind, words in {**BY_USE, **BY_USE_TOO}.items() if kind in kinds)


def _negative(usd: float | None) -> float | None:
    return None if usd is None else -usd


def _sum(costs: Iterable[float | None]) -> Amount:
    found = list(costs)
    return Amount(sum(cost for cost in found if cost is not None), None not in found)


def _together(amounts: Iterable[Amount]) -> Amount:
    found = list(amounts)
    return Amount(sum(amount.usd for amount in found), all(amount.is_whole for amount in found))
