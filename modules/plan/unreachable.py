"""What can't be reached while a change is applied, and why."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from modules.plan.change import Change
from modules.plan.meanings import MEANINGS
from modules.plan.words import done, listed, name, number, title

Configurations = Mapping[str, Mapping[str, Any]]
"""Stack -> its configuration as it is generated."""
_ENTRANCE = ("aws_lb", "aws_lb_listener")
_ROUTE = "aws_lb_listener_rule"
# Of further load balancers: their addresses, those of their listeners, and how a route names one.
_FURTHER = re.compile(r"aws_lb\.load_balancer_(\w+)|aws_lb_listener\.load_balancer_(\w+)_https?")
_FURTHER_LISTENER = re.compile(r'further_listener_arn\["([\w-]+)"\]')


def sentences(changes: Sequence[Change], configurations: Configurations) -> list[str]:
    """Each once, in the order of the changes."""
    found = [*_entrance(changes, configurations), *_each(changes)]
    return list(dict.fromkeys(found))


def _entrance(changes: Sequence[Change], configurations: Configurations) -> Iterator[str]:
    """AWS deletes the listeners with a load balancer, and the routes with their listener."""
    gone = [one for one in changes if one.kind in _ENTRANCE and one.destroys]
    if not gone:
        return
    for balancer in dict.fromkeys(map(_balancer, gone)):
        yield from _of_one(balancer, [one for one in gone if _balancer(one) == balancer], changes, configurations)


def _of_one(
    balancer: str, gone: Sequence[Change], changes: Sequence[Change], configurations: Configurations
) -> Iterator[str]:
    first = min(gone, key=lambda one: (_ENTRANCE.index(one.kind), not one.is_certain))
    routes = {stack: count for stack, held in configurations.items() if (count := _routes(held, balancer))}
    count = sum(routes.values())
    what = "The only route answers" if count == 1 else f"All {count} routes answer"
    if not first.is_certain:
        what = what.replace(" answers", " may answer").replace(" answer ", " may answer ")
    why = f"{title(first)} is {done(first)}".replace(" is may ", " may ")
    if routes:
        until = f"until the services are applied ({listed(routes)})"
        yield f"{what} 404 {until}: {why}, and AWS deletes its routes with it."
    if first.kind == "aws_lb" and first.action == "replace":
        stacks = [*routes] if balancer else [first.stack]  # its hosts are of services; that of the first is `domain`
        records = [one for one in changes if one.kind == "aws_route53_record" and one.stack in stacks]
        follows = "clients need the new one"
        if records:
            there = listed(dict.fromkeys(one.stack for one in records))
            follows = f"{listed([name(one) for one in records])} follows once {there} is applied"
        yield f"The load balancer gets another address in DNS: {follows}."


def _balancer(change: Change) -> str:
    """Address of the load balancer, or of that of a listener, where it is a further one."""
    found = _FURTHER.fullmatch(change.address)
    return found[1] or found[2] if found else ""


def _routes(configuration: Mapping[str, Any], balancer: str) -> int:
    """How many rules of a stack are for listeners of this load balancer."""
    rules = configuration.get("resource", {}).get(_ROUTE, {}).values()
    named = (_FURTHER_LISTENER.search(str(rule["listener_arn"])) for rule in rules)
    return sum((found[1].replace("-", "_") if found else "") == balancer for found in named)


def _each(changes: Sequence[Change]) -> Iterator[str]:
    entrance = any(one.kind in _ENTRANCE and one.destroys for one in changes)
    alone = [one for one in changes if one.kind == _ROUTE and one.action == "replace"]
    if alone and not entrance:
        stacks = listed(dict.fromkeys(one.stack for one in alone))
        yield f"{number(len(alone), 'route')} of {stacks} may answer 404 for the seconds in which they are replaced."
    for change in changes:
        meaning = MEANINGS.get(change.kind)
        if change.action == "replace" and meaning and meaning.meanwhile:
            sentence = meaning.meanwhile.format(name=name(change), stack=change.stack)
            why = f"{title(change)} is replaced" if change.is_certain else f"{title(change)} may be replaced"
            yield f"{sentence}: {why}." if ":" not in sentence else f"{sentence} ({why})."
