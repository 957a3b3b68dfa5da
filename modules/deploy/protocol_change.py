"""While requests go over to the target group of another protocol, the pods of a service are in the groups of both.

New pods are ready when both groups find them healthy, so a program has to speak both until its old pods are gone. One
that does not is a failed release, which keeps the old pods and their group.
"""

import json
from collections.abc import Collection, Iterator
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from modules.deploy import overlap
from modules.facts.charts import PLACEHOLDER
from modules.facts.load_balancer import PROTOCOL_VERSIONS
from modules.naming import address
from modules.state.record import Resources
from modules.state.state_file import State

GROUP, RELEASE = "aws_lb_target_group", "helm_release"
Json = dict[str, Any]


def groups(service: str) -> set[str]:
    """Addresses of a service's target group, one for each protocol."""
    name = address(service)
    return {f"{GROUP}.{name}", *(f"{GROUP}.{name}_{protocol}" for protocol in PROTOCOL_VERSIONS)}


def is_one(service: str, declared: Collection[str], going: Collection[str], state: State) -> bool:
    """Whether the group of another protocol is to take over from one that gets requests; a placeholder's may fail."""
    found = groups(service)
    if not found & {*declared} or not found & {*going}:
        return False
    pods = _applied(state, f"{RELEASE}.{address(service)}")
    return not str(pods.get("image")).endswith(PLACEHOLDER)  # in a mirror it has more before it


def override(service: str, declared: Resources, state: State, *, new: bool) -> str:
    """The text of a file that is merged into the stack: rules name both groups, and pods are registered with both.

    Requests go to the old group, or with `new` to the new one.
    """
    found = json.loads(overlap.override(declared, state, {}, (), new=new)).get("resource", {})
    release = f"{RELEASE}.{address(service, 'network')}"
    earlier = next(_earlier(service, declared, state), None)
    bindings = _applied(state, release)
    for key in ("earlierTargetGroup", "targetGroup"):
        binding = bindings.get(key)
        if binding and binding["arn"] == earlier and release in declared:
            kept = {"earlierTargetGroup": {"name": service, **binding}}
            values = [*declared[release]["values"], json.dumps(kept)]
            found.setdefault(RELEASE, {})[release.partition(".")[2]] = {"values": values}
    return overlap.text(found)


def _earlier(service: str, declared: Resources, state: State) -> Iterator[str]:
    """ARN of the group that goes."""
    for one in state.managed:
        if (place := f"{one.type}.{one.name}") in groups(service) and place not in declared:
            yield from (str(instance.attributes["arn"]) for instance in one.instances if instance.attributes)


def _applied(state: State, release: str) -> Json:
    """All values of a release that is applied."""
    found: Json = {}
    for one in state.managed:
        if f"{one.type}.{one.name}" == release:
            for text in (one.instances[0].attributes or {}).get("values") or ():
                found |= _parsed(text)
    return found


def _parsed(text: str) -> Json:
    try:
        values = YAML(typ="safe", pure=True).load(text)
    except YAMLError:
        return {}
    return values if isinstance(values, dict) else {}
