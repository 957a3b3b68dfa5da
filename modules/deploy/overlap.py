"""While pods of a service's old and of its new name run, both are trusted, and one of them gets the requests.

A target group has its health checked only while a rule names it, and pods are ready only when it is: so rules name
both, one with weight 0 (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html#target-group-health-states).
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from modules.state.record import Resources
from modules.state.state_file import State

# Terraform merges the blocks of a file of such a name into those of the configuration:
# https://developer.hashicorp.com/terraform/language/files/override.
FILE = "overlap_override.tf.json"


_REFERENCE = re.compile(r"^\$\{(aws_lb_target_group\.\w+)\.arn\}$")


def override(declared: Resources, state: State, moved: Mapping[str, str], names: Collection[str], *, new: bool) -> str:
    """The text of the file, from what the stack is to be and what it is; `names` are all of the service.

    Requests go to the old pods, or with `new` to the new ones.
    """
    applied = dict(_applied(state, moved))
    found: dict[str, dict[str, Any]] = {}
    for place, attributes in applied.items():
        kind, _, name = place.partition(".")
        if kind == "aws_iam_role" and place in declared and (policy := _trust(attributes, names)):
            found.setdefault(kind, {})[name] = {"assume_role_policy": policy}
        if (
            kind == "aws_lb_listener_rule"
            and place in declared
            and (action := _action(attributes, declared[place], applied, new=new))
        ):
            found.setdefault(kind, {})[name] = {"action": [action]}
    return text(found)


def text(resources: Mapping[str, Any]) -> str:
    """The file with these resources by type; Terraform refuses an empty `resource`."""
    return json.dumps({"resource": resources} if resources else {}, indent=2, sort_keys=True) + "\n"


def _applied(state: State, moved: Mapping[str, str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """What the state holds, by its address of today."""
    for one in state.managed:
        place = f"{one.type}.{one.name}"
        while place in moved:
            place = moved[place]
        for instance in one.instances:
            yield place, instance.attributes or {}


def _trust(attributes: Mapping[str, Any], names: Collection[str]) -> str | None:
    """The policy that a role has, for the accounts of all names; None where it is not for pods of the service."""
    accounts = [f"system:serviceaccount:{name}:{name}" for name in names]
    policy = json.loads(attributes["assume_role_policy"])
    is_for_pods = False
    for statement in policy["Statement"]:
        equals = statement.get("Condition", {}).get("StringEquals", {})
        for key, value in equals.items():
            if key.endswith(":sub") and {*([value] if isinstance(value, str) else value)} & {*accounts}:
                equals[key], is_for_pods = accounts, True
    return json.dumps(policy) if is_for_pods else None


def _action(
    attributes: Mapping[str, Any], declared: Mapping[str, Any], applied: Mapping[str, Mapping[str, Any]], *, new: bool
) -> dict[str, Any] | None:
    """A rule's action while both target groups are named; None where it names the new one alone already."""
    reference = str(declared["action"][0].get("target_group_arn"))
    found = _REFERENCE.match(reference)
    if not found:
        return None
    arn = applied.get(found[1], {}).get("arn")
    weights = _weights(attributes["action"][0])
    old = next((one for one in weights if one != arn), None)
    if old is None:
        return None
    is_new = new or weights.get(str(arn), 0) > 0  # requests do not go back when it is run again
    groups = [{"arn": old, "weight": 0 if is_new else 1}, {"arn": reference, "weight": 1 if is_new else 0}]
    return {"type": "forward", "forward": [{"target_group": groups}]}


def _weights(action: Mapping[str, Any]) -> dict[str, int]:
    """What a rule sends to each target group, by ARN."""
    if arn := action.get("target_group_arn"):
        return {str(arn): 1}
    return {
        str(group["arn"]): int(group["weight"])
        for forward in action.get("forward") or ()
        for group in forward["target_group"]
    }
