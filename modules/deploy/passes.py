"""In which order stacks are applied: what goes, goes in reverse, and when nothing that is applied uses it any more.

Retired stacks are emptied first. A stack that drops what a later one uses, or that a later one drops something too, is
applied twice: at first so that nothing is deleted, at the end for good.
"""

import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, NamedTuple

from modules.deploy import overlap, protocol_change
from modules.design import retirement
from modules.design.renaming import MADE_ANEW
from modules.errors import CommandError
from modules.facts.stores import KEY
from modules.naming import PLAIN, PLATFORM_STACKS, Names, address
from modules.spec.retired import WORDS
from modules.state import applied_stacks
from modules.state.applied_stacks import Stack, Stacks
from modules.state.record import Resources, Snapshot
from modules.state.state_file import State

How = Literal["allow", "overlap", "switch", "bind", "turn", "add", "delete", "apply"]
"""`allow`: what is to be destroyed may be deleted with its data afterwards. `overlap`: all but what is deleted, and the
old pods of a renamed service get its requests. `switch`: the same, and the new ones get them. `bind`, `turn`: the same
with the target groups of two protocols. `add`: all but what is deleted. `delete`: what was allowed to go, and what
depends on it; the state no longer knows what it depends on itself, so that goes with the last apply."""


_BOTH: tuple[How, ...] = ("overlap", "switch")
_PROTOCOLS: tuple[How, ...] = ("bind", "turn")


class Pass(NamedTuple):
    """One apply of a stack; of these addresses only, where there are any."""

    stack: Stack
    how: How
    addresses: tuple[str, ...] = ()
    override: str = ""
    """For `overlap`, `switch`, `bind` and `turn`, what is merged into the configuration."""


@dataclass(frozen=True)
class Change:
    """What a deployment changes: the stacks, what they are to be, and what their states hold, where that is known."""

    stacks: Stacks
    generated: Snapshot
    states: Mapping[str, State | None]
    retired: Collection[str]
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """All names of each service that was renamed, by stack."""
    called: Names = PLAIN
    """How the environment calls its stacks."""

    def part(self, stack: str) -> str:
        """A stack's name without the environment."""
        return self.called.part(stack) or stack

    def is_platform(self, stack: str) -> bool:
        """Whether it is one of those that all services share."""
        return self.part(stack) in PLATFORM_STACKS

    def resources(self, stack: str) -> Resources:
        """What a stack is to have."""
        return self.generated.resources(self.part(stack))

    def moved(self, stack: str) -> Mapping[str, str]:
        """Addresses that became others."""
        return self.generated.moved(self.part(stack))

    @cached_property
    def going(self) -> Mapping[str, Mapping[str, frozenset[str]]]:
        """By stack: what its state holds and it no longer declares, each with the ids by which others may know it."""
        found = {}
        for name, state in self.states.items():
            stays = {*self.resources(name), *self.generated.let_go(self.part(name)), *self.moved(name)}
            held = {f"{one.type}.{one.name}": one for one in (state.managed if state else ())}
            found[name] = {
                address: frozenset(
                    value
                    for instance in one.instances
                    for key in ("id", "arn")
                    if isinstance(value := (instance.attributes or {}).get(key), str) and value
                )
                for address, one in held.items()
                if address not in stays
            }
        return found

    def renames(self, stack: str) -> bool:
        """Whether a service is applied under an earlier name, or what carried that name is still there."""
        own = protocol_change.groups(self.service(stack))
        going = (place for place in self.going.get(stack, ()) if place not in own)
        return stack in self.names and any(place.startswith(MADE_ANEW) for place in going)

    def service(self, stack: str) -> str:
        """What the service of a stack is called now."""
        return self.names.get(stack, (self.part(stack),))[-1]

    def has_other_protocol(self, stack: str) -> bool:
        """Whether a service's requests go over to the target group of another protocol."""
        state = self.states.get(stack)
        going = self.going.get(stack, {})
        return state is not None and protocol_change.is_one(self.service(stack), self.resources(stack), going, state)

    def replaced(self, stack: str) -> list[str]:
        """What carries the earlier name of a service, and goes when its new pods run."""
        earlier = [address(name) for names in self.names.values() for name in names[:-1]]
        starts = tuple(f"{kind}.{name}" for kind in MADE_ANEW for name in earlier)
        return [place for place in self.going.get(stack, ()) if starts and place.startswith(starts)]

    def foreign(self, stack: str) -> list[str]:
        """Stores in the state of a service that another name of it made: it was renamed, and that was taken back."""
        if self.is_platform(stack) or stack in self.retired:
            return []
        own = "|".join(map(address, self.names.get(stack, (self.part(stack),))))
        places = [place for place in self.going.get(stack, ()) if place.partition(".")[0] in WORDS]
        return [place for place in places if not re.match(rf"({own})(_|$)", place.partition(".")[2])]

    def protected(self, stack: str) -> dict[str, str]:
        """ARNs of load balancers that go and that their state calls protected, by address."""
        state, going = self.states.get(stack), self.going.get(stack, {})
        return {
            place: str(attributes.get("arn"))
            for one in (state.managed if state else ())
            if one.type == "aws_lb" and (place := f"{one.type}.{one.name}") in going
            for instance in one.instances
            if (attributes := instance.attributes or {}).get("enable_deletion_protection")
        }

    def is_moving(self, stack: str) -> bool:
        """Whether something still has the address of before, or may have it: Terraform then takes no other targets."""
        state, moved = self.states.get(stack), self.moved(stack)
        held = {*moved} if state is None else {f"{one.type}.{one.name}" for one in state.managed}
        return not held.isdisjoint(moved)

    def stays(self, stack: str) -> tuple[str, ...]:
        """Addresses that it declares, and those from which one moves: Terraform wants both ends of a move named."""
        return tuple(sorted({*self.resources(stack), *self.moved(stack)}))

    def used(self, stack: str, by: str) -> list[str]:
        """Addresses of what goes from a stack and is named in the state of another one."""
        state = self.states.get(by)
        text = json.dumps([one.attributes for each in (state.managed if state else ()) for one in each.instances])
        return [place for place, ids in self.going.get(stack, {}).items() if any(f'"{one}"' in text for one in ids)]

    def allowed(self, stack: str) -> tuple[str, ...]:
        """Addresses of what is to be destroyed and is applied, or may be."""
        state = self.states.get(stack)
        held = None if state is None else {f"{one.type}.{one.name}" for one in state.managed}
        return tuple(place for place in self.generated.retired(self.part(stack)) if held is None or place in held)

    def deleted(self, stack: str) -> tuple[str, ...]:
        """Those of the allowed that go before the keys that encrypt them, and all that goes and depends on them."""
        first = {place for place in self.allowed(stack) if not place.startswith(f"{KEY}.")}
        state, going = self.states.get(stack), self.going.get(stack, {})
        dependents = {
            place
            for one in (state.managed if state else ())
            for instance in one.instances
            if (place := f"{one.type}.{one.name}") in going and first & {*instance.dependencies}
        }
        return tuple(sorted(first | dependents))


def passes(change: Change, chosen: Iterable[Stack]) -> list[Pass]:
    """The applies of these stacks in their order.

    Raises CommandError where another stack has to be applied before one of them.
    """
    order = [*chosen]
    names = {stack.name for stack in order}
    _check(change, order)
    first = [stack for stack in reversed(order) if stack.name in change.retired]
    rest = [stack for stack in order if stack.name not in change.retired]
    # Callers of a renamed service ask for its new host, so it is there before them.
    early = {one for stack in rest if change.renames(stack.name) for one in _with_upstream(stack, change)}
    rest.sort(key=lambda stack: not change.is_platform(stack.name) and stack.name not in early)
    twice = [stack for stack in rest if _is_twice(stack, change, names)]
    found = [one for stack in (*first, *rest) for one in _of(stack, change, stack in twice)]
    return [*found, *(one for stack in reversed(twice) for one in _last(stack, change))]


def _check(change: Change, order: Collection[Stack]) -> None:
    names = {stack.name for stack in order}
    left_out = [
        name for name in change.stacks if name not in names and (not change.is_platform(name) or change.replaced(name))
    ]
    for name in names:
        if strange := change.foreign(name):
            what = f"Its state holds {', '.join(strange)}, made under another name: this would delete it."
            step = "Write that name again: a rename is not taken back (docs/production/renaming.md)."
            raise CommandError(f"deploy {name}", what, step)
        for place, arn in change.protected(name).items():
            what = f"It deletes {place}, which is protected: AWS would refuse that after its listeners are gone."
            off = "aws elbv2 modify-load-balancer-attributes --attributes Key=deletion_protection.enabled,Value=false"
            refresh = f"terraform -chdir={change.stacks[name].folder} apply -refresh-only"
            raise CommandError(f"deploy {name}", what, f"Run {off} --load-balancer-arn {arn}, then {refresh}")
        if left_out and (places := change.replaced(name)):
            what = f"A service has another name, and this would delete {', '.join(places)} while its pods run."
            raise CommandError(f"deploy {name}", what, "Deploy all stacks, in passes: make deploy")


def _with_upstream(stack: Stack, change: Change) -> Iterable[str]:
    return [stack.name, *(one.name for one in applied_stacks.upstream_of(change.stacks, stack.name))]


def _of(stack: Stack, change: Change, is_twice: bool) -> Iterable[Pass]:
    name = stack.name
    allow = [Pass(stack, "allow", places)] if (places := change.allowed(name)) else []
    moves = name not in change.retired and change.is_moving(name)
    if not moves:
        yield from allow
    # Pods of a service that stays use a store until they are others.
    is_used = name not in change.retired and bool(change.deleted(name))
    if is_twice and change.renames(name) and (state := change.states[name]):
        declared, moved = change.resources(name), change.moved(name)
        for how in _BOTH:
            text = overlap.override(declared, state, moved, change.names[name], new=how == "switch")
            yield Pass(stack, how, change.stays(name), text)
    elif change.has_other_protocol(name):
        yield from _protocols(stack, change)
    elif (is_twice or is_used or (moves and allow)) and (stays := change.stays(name)):
        yield Pass(stack, "add", stays)
    if moves:
        yield from allow
    if not is_twice:
        yield from _last(stack, change)


def _protocols(stack: Stack, change: Change) -> Iterable[Pass]:
    if state := change.states[stack.name]:
        service, declared = change.service(stack.name), change.resources(stack.name)
        for how in _PROTOCOLS:
            text = protocol_change.override(service, declared, state, new=how == "turn")
            yield Pass(stack, how, change.stays(stack.name), text)


def _last(stack: Stack, change: Change) -> Iterable[Pass]:
    if places := change.deleted(stack.name):
        yield Pass(stack, "delete", places)
    yield Pass(stack, "apply")


def _is_twice(stack: Stack, change: Change, names: Collection[str]) -> bool:
    """Whether something of it goes, which has to wait for later stacks."""
    if not change.going.get(stack.name):
        return False
    if change.renames(stack.name):
        return True
    later = applied_stacks.downstream_of(change.stacks, stack.name)
    for other in later:
        used = change.used(stack.name, other.name)
        holds = other.name in change.retired and bool(change.going.get(other.name))
        if (used or holds) and other.name not in names:
            what = f"It drops {', '.join(used or sorted(change.going[stack.name]))}"
            why = "still uses it" if used else "is retired and still holds resources"
            raise CommandError(
                f"deploy {stack.name}",
                f"{what}, and {other.name} {why}.",
                f"Apply first: make deploy STACK={other.name}",
            )
    return any(
        one.name in names
        and one.name not in change.retired
        and (change.going.get(one.name) or change.used(stack.name, one.name))
        for one in later
    )


def is_plain(order: Iterable[Pass]) -> bool:
    """Whether each stack is applied once, with nothing before."""
    return all(one.how == "apply" for one in order)


def text(one: Pass) -> str:
    """A pass as it is announced."""
    return {
        "allow": f"{one.stack.name} (allow to delete)",
        "add": f"{one.stack.name} (delete nothing)",
        "delete": f"{one.stack.name} (delete stores)",
        "overlap": f"{one.stack.name} (old and new pods)",
        "switch": f"{one.stack.name} (requests to the new pods)",
        "bind": f"{one.stack.name} (both protocols)",
        "turn": f"{one.stack.name} (requests by the new protocol)",
    }.get(one.how, one.stack.name)


def sentences(order: Collection[Pass], names: Mapping[str, tuple[str, ...]]) -> list[str]:
    """What a plan says of passes; nothing where each stack is applied once. `names` are those of a Change."""
    if is_plain(order):
        return []
    renamed = [one.stack.name for one in order if one.how == "overlap"]
    until = "goes once the new pods are ready and get all requests"
    renames = [f"{stack} has another name: what carries {names[stack][-2]} {until}." for stack in renamed]
    other = "has another protocol: new pods have to be healthy by both, and requests go over then."
    protocols = [f"{one.stack.name} {other}" for one in order if one.how == "bind"]
    return [f"make deploy applies, in this order: {', '.join(map(text, order))}.", *renames, *protocols]


def settled(change: Change, retired: Mapping[str, str]) -> list[str]:
    """Which entries of `retired:` have done their work, of these with their stacks, as a plan says it."""
    found = []
    for entry, stack in retired.items():
        state = change.states.get(stack)
        held = {f"{one.type}.{one.name}" for one in state.managed} if state else set()
        if (
            state is not None
            and not change.going[stack]
            and held.isdisjoint(change.generated.let_go(change.part(stack)))
        ):
            found.append(
                f"services.yaml no longer needs retired.{entry}: nothing is left to be done for it in {stack}."
            )
    return found


def commands(one: Pass, folder: str) -> list[str]:
    """A pass as lines of a shell, for Terraform alone; `folder` is that of the stack."""
    apply = f"terraform -chdir={folder} apply"
    only = "".join(f" -target={place}" for place in one.addresses)
    match one.how:
        case "allow":
            copy = f"{folder}/{retirement.APPLIED_AS}"
            return [f"cp {folder}/{retirement.FILE} {copy}", f"{apply}{only}", f"rm {copy}"]
        case "overlap" | "switch" | "bind" | "turn":
            file = f"{folder}/{overlap.FILE}"
            return [f"cat > {file} <<'END'\n{one.override}END", f"{apply}{only}", f"rm {file}"]
        case "add" | "delete":
            return [f"{apply}{only}"]
    return [apply]
