"""Keys that a running system keeps for life: another value replaces what holds its data, or forgets that it runs."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from modules.naming import Names
from modules.schema.base import Model
from modules.spec.model import SHARED_PROFILE, Spec
from modules.spec.problem import Edit, Path, Problem, listed

FILE = "lifelong.json"  # in generated/: what the keys were when it was written
JsonValue = Any


def _unchanged(old: JsonValue, new: JsonValue) -> bool:
    return bool(old == new)


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _next_minor(old: JsonValue, new: JsonValue) -> bool:
    """https://docs.aws.amazon.com/eks/latest/userguide/update-cluster.html: one minor version at a time, never back."""
    (major, minor), wanted = _number(old), _number(new)
    return wanted in ((major, minor), (major, minor + 1))


def _no_downgrade(old: JsonValue, new: JsonValue) -> bool:
    return _number(new) >= _number(old)


@dataclass(frozen=True)
class LifelongKey:
    """A key of services.yaml; it binds from the first apply of `resource` in `stack`, where None stands for any."""

    stack: str | None
    resource: str | None
    why: str
    instead: str
    allows: Callable[[JsonValue, JsonValue], bool] = _unchanged


_SECOND = (
    "Write the old value again. For another one, begin a second system in a clone (make start), and move the data."
)
_AGAIN = "Write the old value again."
# Terraform replaces a resource whose argument says "Forces new resource" in the provider's documentation.
KEYS: Mapping[str, LifelongKey] = {
    "project": LifelongKey(
        None, None, "Every AWS name starts with it, so the database, its data, and all else would be replaced.", _SECOND
    ),
    "region": LifelongKey(
        None, None, "Terraform would forget the system that runs, and build a second one in the new region.", _SECOND
    ),
    "account": LifelongKey(
        None, None, "Terraform would look for the system in the other account, and build it there again.", _SECOND
    ),
    "zones": LifelongKey(
        "network",
        "aws_subnet",
        "EKS accepts no subnet in another zone, and each Fargate profile would be replaced, with all its pods.",
        _AGAIN,
    ),
    "network.cidr": LifelongKey(
        "network", "aws_vpc", "The VPC would be replaced, and with it everything that is in it.", _SECOND
    ),
    "network.vpc_id": LifelongKey(
        "network",
        None,
        "Nothing moves from one VPC to another: the cluster, the databases and all else would be replaced.",
        _SECOND,
    ),
    "network.private_subnet_ids": LifelongKey(
        "cluster",
        "aws_eks_fargate_profile",
        "Each Fargate profile would be replaced, with all its pods, and databases stay in the old subnets.",
        _AGAIN,
    ),
    "cluster.service_cidr": LifelongKey(
        "cluster", "aws_eks_cluster", "The EKS cluster would be replaced, with all that runs in it.", _SECOND
    ),
    "cluster.version": LifelongKey(
        "cluster",
        "aws_eks_cluster",
        "EKS upgrades one minor version at a time, and never goes back.",
        "Write the old version, or the one after it; deploy, then write the next.",
        _next_minor,
    ),
    "database.version": LifelongKey(
        "data",
        "aws_rds_cluster",
        "Aurora has no downgrade.",
        "Write the old version again, or a newer one. To go back, move the data to a second system (pg_dump).",
        _no_downgrade,
    ),
    "load_balancer.private": LifelongKey(
        "edge",
        "aws_lb",
        "The load balancer would be replaced: another address, and no route answers until every service is applied.",
        "Write the old value again. Or destroy the services and edge (make destroy STACK=...), and deploy them anew.",
    ),
    "load_balancer.listener_arn": LifelongKey(
        "edge",
        None,
        "Every rule would be replaced, and no route answers until all services are applied.",
        "Write the old value again. Or destroy the services and edge (make destroy STACK=...), and deploy them anew.",
    ),
}
_BALANCERS = "load_balancers"
_ANOTHER = "Write the old value again. Or add another under `load_balancers:`, and let the services name it."
_FURTHER: Mapping[str, LifelongKey] = {
    "private": LifelongKey(
        "edge",
        "aws_lb",
        "It would be replaced: another address, and none of its routes answers until its services are applied.",
        _ANOTHER,
    ),
    "listener_arn": LifelongKey(
        "edge", None, "Its rules would be replaced, and none answers until its services are applied.", _ANOTHER
    ),
}
_NONE_IS_A_VALUE = ("network.vpc_id", "load_balancer.listener_arn")  # a VPC or load balancer of the system's own
_TABLE = LifelongKey(
    None,  # the stack of the service
    "aws_dynamodb_table",
    "DynamoDB can't change a table's keys: the table would be replaced, and its items lost.",
    "Write the old key again. For another key, give a further service the table, and copy the items.",
)
_KEY = LifelongKey(
    None,  # likewise
    "aws_kms_key",
    "The state holds the old key, and an import changes nothing of that: the service would go on with it.",
    "Write the old value again. For another key, let a further service adopt it.",
)
_QUEUE = LifelongKey(
    None,  # likewise
    "aws_sqs_queue",
    "A queue can't become FIFO, or cease to be: it would be replaced, and the messages that wait in it lost.",
    "Write the old value again. For the other kind, give a further service the queue, and let this one empty first.",
)
_TOPIC = LifelongKey(
    None,  # likewise
    "aws_sns_topic",
    "A topic can't become FIFO, or cease to be: it would be replaced, with all its subscriptions.",
    "Write the old value again. For the other kind, give a further service the topic.",
)
# Word under `aws:` -> options of it, each with what is recorded of the option.
_OPTIONS: Mapping[str, tuple[LifelongKey, Mapping[str, set[str] | None]]] = {
    "dynamodb": (_TABLE, {"partition_key": None, "sort_key": None}),
    "kms": (_KEY, {"adopt": {"id", "multi_region"}}),
    "sqs": (_QUEUE, {"fifo": None}),
    "sns": (_TOPIC, {"fifo": None}),
}


def file(names: Names) -> str:
    """Name of the file for an environment."""
    return names.stack(FILE)


def recorded(spec: Spec) -> dict[str, JsonValue]:
    """What the file holds: the value of each key by its place in services.yaml, who shares a Fargate profile, and whose
    pods are in a further range of the VPC."""
    shared = [name for name in sorted(spec.services) if not spec.cluster.has_own_profile(name)]
    secondary = {_range(name): cidr for name in sorted(spec.services) if (cidr := spec.network.secondary_cidr(name))}
    return _values(spec) | {_profile(name): SHARED_PROFILE for name in shared} | secondary


def _values(spec: Spec) -> dict[str, JsonValue]:
    """The value of each key; a service's keys only where it has the resource."""
    values: dict[str, JsonValue] = {}
    for key in KEYS:
        value: Any = spec
        for part in key.split("."):
            value = getattr(value, part, None)
        if value is not None or key in _NONE_IS_A_VALUE:
            values[key] = list(value) if isinstance(value, tuple) else value
    for name, balancer in sorted(spec.load_balancers.items()):
        values |= {f"{_BALANCERS}.{name}.{option}": getattr(balancer, option) for option in _FURTHER}
    for name, service in sorted(spec.services.items()):
        for word, (_, options) in _OPTIONS.items():
            for option, parts in options.items() if service.owns(word) else ():
                value = getattr(service.permissions[word], option)
                said = value.model_dump(include=parts) if isinstance(value, Model) else value
                values[f"services.{name}.aws.{word}.{option}"] = said
    return values


Applied = Callable[[str | None, str | None], tuple[Mapping[str, JsonValue], list[str]] | None]
"""By stack and type of a resource, where None stands for any: the values that bind once it is applied, and the stacks
whose state only may say so; None where it is not applied."""


def changed(applied: Applied, recorded: Sequence[Mapping[str, JsonValue]], spec: Spec) -> Iterator[Problem]:
    """A mistake for each key that was another one before, and is applied.

    `recorded` are all values that may bind: what none of them refuses, no state needs to be read for.
    """
    yield from _lost_profiles(applied, recorded, spec)
    yield from _moved_pods(applied, recorded, spec)
    for place, value in _values(spec).items():
        path: Path = tuple(place.split("."))
        key, stack = _key(place)
        if all(place not in one or _allowed(key, one[place], value) for one in recorded):
            continue
        if (found := applied(stack, key.resource)) is None:
            continue
        before, unread = found
        if place not in before or _allowed(key, before[place], value):
            continue
        old = before[place]
        when = "before, which may be deployed" if unread else "when it was deployed"
        vouched = "".join(f" --never-applied {spec.names.stack(one)}" for one in unread)
        never = f" If nothing was ever applied: main.py{vouched}."
        what = f"It is {_text(value)}, and was {_text(old)} {when}. {key.why}"
        edit = Edit(path, None if old is None else _text(old))
        yield Problem(path, what, key.instead + (never if unread else ""), edit=edit)


def _key(place: str) -> tuple[LifelongKey, str | None]:
    """What is at this place, and the stack that binds it."""
    first, *rest = place.split(".")
    if first == "services":
        return _OPTIONS[rest[2]][0], rest[0]
    key = _FURTHER[rest[1]] if first == _BALANCERS else KEYS[place]
    return key, key.stack


def _lost_profiles(applied: Applied, recorded: Sequence[Mapping[str, JsonValue]], spec: Spec) -> Iterator[Problem]:
    """A mistake where services are applied that had a Fargate profile of their own, and are to share one."""
    shared = [name for name in spec.services if not spec.cluster.has_own_profile(name)]
    ever = [name for name in shared if not all(_profile(name) in one for one in recorded)]
    lost = [name for name in ever if (found := applied(name, None)) and _profile(name) not in found[0]]
    if lost:
        path: Path = ("cluster", "fargate_profiles")
        keep = _text([name for name in spec.services if name in lost or spec.cluster.has_own_profile(name)])
        what = (
            f"{listed(lost)}: deployed with a Fargate profile of their own. It would go, and EKS deletes all pods of a "
            "profile that goes."
        )
        step = f"Name them, so that they keep it: write `fargate_profiles: {keep}`. The others share one."
        yield Problem(path, what, step, edit=Edit(path, keep))


def _moved_pods(applied: Applied, recorded: Sequence[Mapping[str, JsonValue]], spec: Spec) -> Iterator[Problem]:
    """A mistake for each applied service whose pods were in another range of the VPC: a profile keeps its subnets.

    Where a service shared a profile, its own is a new one.
    """
    for name in spec.services:
        now = spec.network.secondary_cidr(name)
        if all(_profile(name) in one or one.get(_range(name)) == now for one in recorded):
            continue
        found = applied(name, None)
        if found is None or _profile(name) in found[0] or (before := found[0].get(_range(name))) == now:
            continue
        was = f"{before}, a further range of the VPC" if before else "the first range of the VPC"
        what = f"{name}: deployed in {was}. Its Fargate profile would be replaced, and EKS deletes all pods of it."
        step = f"Name it under {before} again." if before else f"Take {name} out of `secondary_cidrs:` again."
        yield Problem(("network", "secondary_cidrs"), what, step)


def _range(service: str) -> str:
    """Where it is recorded which further range a service's pods are in; without a record, they are in the first."""
    return f"services.{service}.secondary_cidr"


def _profile(service: str) -> str:
    """Where it is recorded that a service shares a profile; without a record, it has its own."""
    return f"services.{service}.fargate_profile"


def _allowed(key: LifelongKey, old: JsonValue, new: JsonValue) -> bool:
    try:
        return key.allows(old, new)
    except (AttributeError, TypeError, ValueError):  # a record that was edited by hand
        return True


def _text(value: JsonValue) -> str:
    """As YAML."""
    match value:
        case bool():
            return str(value).lower()
        case list():
            return f"[{', '.join(map(_text, value))}]"
        case dict():
            return f"{{{', '.join(f'{key}: {_text(one)}' for key, one in value.items())}}}"
        case str() if value.replace(".", "").isdigit():
            return f'"{value}"'
    return "none" if value is None else str(value)
