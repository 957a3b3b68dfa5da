"""What the platform has and no service uses, with what AWS bills for it at rest."""

from collections.abc import Iterator
from math import floor, log10
from typing import NamedTuple

from modules.design import load_balancers
from modules.facts import prices, waf
from modules.spec.model import LoadBalancer, Spec
from modules.spec.problem import Path

# By its key in services.yaml: the word under `aws:` that uses it, and how people call it.
STORES = {"database": ("rds", "Aurora"), "cache": ("redis", "Redis")}
# Of the prices that are known, where those of the region are not: they are of one order.
_USUAL = ("eu-west-1", "us-east-1")


class Unused(NamedTuple):
    """`place` takes `none`, or is removed; `by` is what a service would use it by, and `usd` is a month at rest, where
    that is known."""

    place: Path
    title: str
    by: str
    usd: float | None


def unused(spec: Spec) -> Iterator[Unused]:
    """What can be left out, in the order of services.yaml."""
    for key, (word, title) in STORES.items():
        if getattr(spec, key) is not None and not any(word in one.permissions for one in spec.services.values()):
            yield Unused((key,), title, f"`{word}`", _database(spec) if key == "database" else _cache(spec))
    routed = load_balancers.routed(spec)
    for name, balancer in spec.balancers.items():
        if balancer.is_own and not routed[name]:
            title = f"{load_balancers.title(name)}{' with its firewall' if balancer.waf.enabled else ''}"
            by = "a `path:`" if name is None else f"`load_balancer: {name}`"
            article = "the " if name is None else ""
            yield Unused(load_balancers.place(name), f"{article}{title}", by, _balancer(spec, balancer))


def about(usd: float) -> str:
    """An amount with one digit that counts: `about 200 USD`."""
    unit = 10 ** floor(log10(usd))
    return f"about {round(usd / unit) * unit:,g} USD"


def _database(spec: Spec) -> float | None:
    return _month("aurora-acu", spec.database.instances * spec.database.min_acu, spec) if spec.database else None


def _cache(spec: Spec) -> float | None:
    return _month("redis", spec.cache.nodes, spec, spec.cache.node_type) if spec.cache else None


def _balancer(spec: Spec, balancer: LoadBalancer) -> float | None:
    found = [_month("load-balancer", 1, spec)]
    if not balancer.private:
        found.append(_month("public-ipv4", len(spec.zones), spec))
    if balancer.waf.enabled:
        found += [_month("web-acl", 1, spec), _month("web-acl-rule", len(waf.RULE_GROUPS) + 1, spec)]
    known = [one for one in found if one is not None]
    return sum(known) if len(known) == len(found) else None


def _month(meter: str, quantity: float, spec: Spec, kind: str = "") -> float | None:
    """US dollars of a month; None where no price is known, or nothing is billed by the hour."""
    regions = (spec.region, *_USUAL)
    price = next((found for region in regions if (found := prices.price(meter, kind, region))), None)
    hours = prices.HOURS if prices.METERS[meter].hourly else 1
    return quantity * price.usd * hours if price and quantity else None
