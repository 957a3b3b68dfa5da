"""What a plan newly allows is evaluated: its changes are undone in a copy of generated/, with ids that AWS made up."""

import copy
import json
import re
from collections.abc import Collection, Iterator
from typing import Any

import pytest

from modules.access.policies import ATTACHED, OF_RESOURCES, OF_ROLE, Policies
from modules.access.values import ACCOUNT
from modules.facts.arns import FORMATS
from modules.paths import ROOT
from modules.plan.access_lines import AccessLines
from modules.plan.page import Facts, page
from modules.plan.planner import StackPlan
from modules.plan.undone import before

Stacks = dict[str, Any]
GENERATED = ROOT / "tests" / "golden" / "architecture" / "generated" / "stacks"
NAME = "payment-service"
POLICIES = {"policy", "assume_role_policy"}
_DOCUMENT = re.compile(r"data\.aws_iam_policy_document\.(\w+)\.json")
_OWNER = re.compile(r"\$\{(\w+\.\w+)\.\w+\}")


@pytest.fixture
def stacks() -> Stacks:
    return {file.parent.name: json.loads(file.read_text(encoding="utf-8")) for file in GENERATED.glob("*/cdk.tf.json")}


def _in_aws(text: str) -> str:
    """With another account, and ids as AWS could have made them up."""
    text = text.replace(ACCOUNT, "999988887777")
    text = re.sub(r"key/(\w{8})-[\w-]{27}", r"key/mrk-\1", text)
    text = re.sub(r"(eks\.[\w.-]+/id/)\w+", r"\1REAL", text)
    return re.sub(r"(cluster-)[0-9A-F]{26}", r"\1REAL", text)


def _planned(held: Stacks, actions: list[str], names: Collection[str] = ()) -> list[StackPlan]:
    """Plans of stacks whose states hold this, and where nothing of what is to be is known yet."""
    found = []
    for stack in held:
        if not names or stack in names:
            changes = [{**one, "change": {"actions": actions, **one["change"]}} for one in _changes(held, stack)]
            plan = {"resource_changes": changes, "prior_state": {"values": {"root_module": {"resources": []}}}}
            found.append(StackPlan(stack, plan, held[stack], frozenset(), {}, None, frozenset()))
    return found


def _changes(held: Stacks, stack: str) -> Iterator[dict[str, Any]]:
    policies = Policies(held)
    documents = {(of, address): document for of, address, document in policies.documents()}
    for kind in {*FORMATS, *OF_RESOURCES, OF_ROLE, *ATTACHED} & held[stack]["resource"].keys():
        for name, block in held[stack]["resource"][kind].items():
            was: dict[str, Any] = {
                key: policies.values.text(stack, one) for key, one in block.items() if isinstance(one, str)
            }
            was |= {key: _document(documents, stack, block[key]) for key in POLICIES & block.keys()}
            was |= {"arn": policies.values.arn(stack, kind, name), "id": f"id of {kind}.{name}"}
            owner = OF_RESOURCES.get(kind, ("", None))[1]
            if owner and (reference := _OWNER.fullmatch(block[owner])):
                was[owner] = f"id of {reference[1]}"
            if kind == "aws_eks_cluster":
                issuer = policies.values.text(stack, f"${{{kind}.{name}.identity[0].oidc[0].issuer}}")
                was["identity"] = [{"oidc": [{"issuer": issuer}]}]
            if kind == "aws_rds_cluster":
                was["cluster_resource_id"] = policies.values.text(stack, f"${{{kind}.{name}.cluster_resource_id}}")
                secret = policies.values.text(stack, f"${{{kind}.{name}.master_user_secret[0].secret_arn}}")
                was["master_user_secret"] = [{"secret_arn": secret}]
            yield {
                "mode": "managed",
                "type": kind,
                "name": name,
                "address": f"{kind}.{name}",
                "change": {"before": json.loads(_in_aws(json.dumps(was))), "after": {}},
            }


def _document(documents: Any, stack: str, argument: str) -> str:
    found = _DOCUMENT.search(argument)
    assert found
    return json.dumps(documents[stack, found[1]])


def _own(stacks: Stacks) -> list[Any]:
    found: list[Any] = stacks[NAME]["data"]["aws_iam_policy_document"]["payment_service_permissions"]["statement"]
    return found


def test_what_stays_as_it_is_in_aws_gains_nothing(stacks: Stacks) -> None:
    earlier = before(_planned(stacks, ["update"]), stacks)
    (text,) = [one["policy"] for one in earlier[NAME]["resource"][OF_ROLE].values()]
    assert json.loads(text)["Statement"]
    assert not re.search("999988887777|REAL|mrk-", json.dumps(earlier))
    assert AccessLines(earlier, stacks).permissions() == []


def test_a_stack_that_is_planned_alone_reads_the_others_by_what_they_offer(stacks: Stacks) -> None:
    (alone,) = _planned(stacks, ["update"], [NAME])
    values = Policies(stacks).values
    for address in stacks[NAME]["data"]["terraform_remote_state"]:
        outputs = {
            output: json.loads(_in_aws(json.dumps(values.filled(address, one["value"]))))
            for output, one in stacks[address]["output"].items()
        }
        read = {"mode": "data", "type": "terraform_remote_state", "name": address, "values": {"outputs": outputs}}
        alone.plan["prior_state"]["values"]["root_module"]["resources"].append(read)
    assert AccessLines(before([alone], stacks), stacks).permissions() == []


def test_a_new_permission_is_told_with_its_resource_and_an_escalation_first(stacks: Stacks) -> None:
    planned = _planned(stacks, ["update"])
    _own(stacks)[0]["actions"].append("secretsmanager:TagResource")
    _own(stacks).append({"actions": ["iam:PassRole"], "resources": ["*"], "effect": "Allow"})
    facts = Facts(list(stacks), [], stacks, {}, [], [], before(planned, stacks), stacks)
    (lines,) = [one.lines for one in page(facts).sections if one.heading == "Connections and permissions"]
    who = f"Role shop-{NAME}"
    act = "hand the roles in `resources` to AWS services, and act as them"
    assert lines[0] == f"escalation: {who} can {act}: iam:PassRole on every resource"
    assert [one for one in lines[1:] if "PassRole" not in one] == [
        f"{who} may now secretsmanager:TagResource on `aws_secretsmanager_secret.payment_service` in {NAME}"
    ]


def test_what_is_made_is_all_new(stacks: Stacks) -> None:
    found = AccessLines(before(_planned(stacks, ["create"]), stacks), stacks).permissions()
    assert len(found) > 50
    assert {*found} <= {*AccessLines({}, stacks).permissions()}


def test_what_goes_is_lost_also_by_policies_of_resources(stacks: Stacks) -> None:
    planned = _planned(stacks, ["delete"], ["order-service"])
    others = _planned(stacks, ["update"], stacks.keys() - {"order-service"})
    after = copy.deepcopy(stacks)
    after["order-service"]["resource"] = {}
    found = AccessLines(before([*planned, *others], after), after).permissions()
    assert found == AccessLines(stacks, after).permissions()
    assert len(found) > 3


def test_what_terraform_forgets_keeps_its_permissions(stacks: Stacks) -> None:
    after = copy.deepcopy(stacks)
    del after[NAME]["resource"][OF_ROLE]
    assert AccessLines(before(_planned(stacks, ["forget"]), after), after).permissions() == []
