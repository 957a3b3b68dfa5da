"""Plans that the real Terraform made, as small files: without values that no sentence is made of.

tests/plan/test_whole_system.py writes them anew with --rewrite-goldens.
"""

import json
from collections.abc import Sequence
from typing import Any

from modules.access.policies import OF_RESOURCES, OF_ROLE
from modules.paths import ROOT
from modules.plan import stack_copy
from modules.plan.meanings import NAMES
from modules.plan.planner import StackPlan
from modules.plan.stack_copy import READS

FOLDER = ROOT / "tests" / "unit" / "recorded_plans"
# Whatever differs is kept too.
_KEPT = {
    *NAMES,
    "assume_role_policy",
    "policy",
    "description",
    "from_port",
    "to_port",
    "ip_protocol",
    "cidr_ipv4",
    "deletion_protection",
}
_KEPT |= {
    "deletion_protection_enabled",
    "enable_deletion_protection",
    "role",
    "policy_arn",
    "principal_arn",
    "addon_name",
}


_COUNTED = ("aws_lb_listener_rule", "aws_security_group")  # also where they do not change
_LONG = "dashboard_body"


def record(planned: Sequence[StackPlan], name: str) -> None:
    """Writes the file of this name."""
    stacks = [
        {
            "stack": one.stack,
            "plan": {
                "resource_changes": [_change(change) for change in one.plan["resource_changes"] if _is_told(change)],
                "output_changes": {
                    key: {"actions": one.plan["output_changes"][key]["actions"]} for key in one.changed_outputs
                },
            },
            "configuration": _configuration(one),
            "kept": sorted(one.kept),
            "without_kubernetes": one.without_kubernetes,
        }
        for one in planned
    ]
    (FOLDER / f"{name}.json").write_text(
        "[\n" + ",\n".join(json.dumps(one, sort_keys=True) for one in stacks) + "\n]\n"
    )


def read(name: str) -> list[StackPlan]:
    """What was recorded under this name."""
    return [
        StackPlan(
            one["stack"],
            one["plan"],
            one["configuration"],
            frozenset(one["kept"]),
            {},
            one["without_kubernetes"],
            frozenset(),
        )
        for one in json.loads((FOLDER / f"{name}.json").read_text())
    ]


def _is_told(change: dict[str, Any]) -> bool:
    return bool(change["mode"] == "managed") and change["change"]["actions"] != ["no-op"]


def _change(resource: dict[str, Any]) -> dict[str, Any]:
    change = resource["change"]
    before, after, unknown = (change.get(key) or {} for key in ("before", "after", "after_unknown"))
    differing = {key for key in {*before, *after} if before.get(key) != after.get(key)} | set(unknown)
    if not (before and after):
        differing = set()  # all of a new one, and of one that goes
    kept = _KEPT | differing
    return {
        **{key: resource[key] for key in ("mode", "type", "name", "address", "action_reason") if key in resource},
        "change": {
            "actions": change["actions"],
            "before": {key: value for key, value in before.items() if key in kept and key != _LONG},
            "after": {key: value for key, value in after.items() if key in kept and key != _LONG},
            "after_unknown": {key: value for key, value in unknown.items() if key in kept},
            **({"replace_paths": change["replace_paths"]} if "replace_paths" in change else {}),
        },
    }


def _configuration(planned: StackPlan) -> dict[str, Any]:
    """Of what changes, and the routes, which are counted."""
    whole = planned.configuration
    changed = {f"{one['type']}.{one['name']}" for one in planned.plan["resource_changes"] if _is_told(one)}
    kinds = {one.partition(".")[0] for one in changed}
    documents = whole.get("data", {}).get("aws_iam_policy_document", {}) if kinds & {*OF_RESOURCES, OF_ROLE} else {}
    return {
        "resource": {
            kind: {name: one for name, one in held.items() if kind in _COUNTED or f"{kind}.{name}" in changed}
            for kind, held in whole["resource"].items()
            if kind in kinds or kind in _COUNTED
        },
        "data": {"aws_iam_policy_document": documents, READS: stack_copy.reads(whole)},
        "locals": whole.get("locals", {}),
        "output": whole.get("output", {}),
        "terraform": {"backend": whole["terraform"]["backend"]},
    }
