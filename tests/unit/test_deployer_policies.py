"""The deployer's two policies: what they allow, evaluated as IAM does, and what they don't."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from modules.access.granted import Granted
from modules.checks.check import check
from modules.cli.command_line import main
from modules.design.deployer import Deployer
from modules.design.managed_policies import TooLarge, characters, documents
from modules.facts import deployer as facts
from modules.facts import iam
from modules.iam.evaluation import Call, Policy, allows
from modules.iam.statement import Statement
from modules.paths import ROOT
from modules.reports import deployer_policies
from modules.spec.model import Spec
from tests.unit.conftest import Check

GENERATED = ROOT / "tests" / "golden" / "architecture" / "generated"
ACCOUNT, REGION = "111122223333", "eu-west-1"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/boundary"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/shop-orders"
HERE = {"aws:RequestedRegion": REGION}
_TODAY = date(2026, 11, 27)
READS = ("BatchGet", "Describe", "Get", "Head", "List")
STATE = "state: {s3: {bucket: states, kms_key: 'arn:aws:kms:eu-west-1:111122223333:key/0f1e2d3c'}}\n"


@pytest.fixture
def spec(system: Check) -> Spec:
    found = system("orders: {}", platform=f"account: '{ACCOUNT}'\n{STATE}").spec
    assert found
    return found


def _policies(spec: Spec, which: str, boundary: str | None = None) -> list[Policy]:
    return list(deployer_policies.policies(spec, GENERATED, boundary)[which])


def _may(policies: list[Policy], action: str, resource: str, **context: str) -> bool:
    return allows(policies, Call(action, resource, HERE | {key.replace("_", ":"): one for key, one in context.items()}))


def _granted(policies: list[Policy]) -> Iterator[str]:
    """Every action of AWS that they allow on something, whatever the conditions."""
    patterns = [action for policy in policies for one in policy["Statement"] for action in one["Action"]]
    for prefix in iam.prefixes():
        for word in iam.actions(prefix):
            action = f"{prefix}:{word}"
            if any(action == one or (one.endswith("*") and action.startswith(one[:-1])) for one in patterns):
                yield action


def test_the_plan_policy_allows_no_write_and_no_value(spec: Spec) -> None:
    granted = list(_granted(_policies(spec, "plan")))
    assert len(granted) > 300
    changes = [one for one in granted if not one.partition(":")[2].startswith(READS)]
    assert changes == ["kms:Decrypt"]  # of the states' key
    assert not {"secretsmanager:GetSecretValue", "dynamodb:GetItem", "ecr:GetAuthorizationToken"} & {*granted}
    assert _may(_policies(spec, "plan"), "s3:GetObject", "arn:aws:s3:::states/shop/network.tfstate")
    assert not _may(_policies(spec, "plan"), "s3:GetObject", "arn:aws:s3:::states/other/network.tfstate")
    assert not _may(_policies(spec, "plan"), "s3:GetObject", "arn:aws:s3:::shop-orders-111122223333-eu-west-1/a")
    assert not _may(_policies(spec, "plan"), "kms:Decrypt", f"arn:aws:kms:{REGION}:{ACCOUNT}:key/other")


@pytest.mark.parametrize("which", ["plan", "apply"])
def test_every_action_is_one_of_aws(spec: Spec, which: str) -> None:
    for policy in _policies(spec, which):
        for action in [action for one in policy["Statement"] for action in one["Action"]]:
            prefix, _, word = action.partition(":")
            known = iam.actions(prefix)
            assert word in known or (word.endswith("*") and any(one.startswith(word[:-1]) for one in known)), action


def test_services_of_aws_that_the_system_does_not_use_are_left_out(spec: Spec) -> None:
    changes = ("acm:", "route53:Change", "events:")
    assert not any(one.startswith(changes) for one in _granted(_policies(spec, "apply")))
    few = Deployer(spec, {"aws_sqs_queue"}).apply()
    prefixes = {action.partition(":")[0] for one in few for action in one.actions}
    dependent = {action.partition(":")[0] for action in facts.DEPENDENT}
    assert prefixes == {"sqs", "iam", "kms", "s3", "sts"} | dependent


def test_what_the_system_makes_is_within_reach_of_the_apply_policy() -> None:
    spec = check(ROOT / "tests" / "systems" / "architecture" / "services.yaml", _TODAY).spec
    assert spec
    patterns = _policies(spec, "apply")
    stacks = {
        file.parent.name: json.loads(file.read_text(encoding="utf-8"))
        for file in GENERATED.glob("stacks/*/cdk.tf.json")
    }
    known = Granted(stacks).known
    assert len(known) > 50
    outside = [arn for arn in known if not any(_may(patterns, action, arn) for action in _writes(arn))]
    # Made up there: AWS calls it by the issuer.
    assert [one.partition("/")[0] for one in outside] == [f"arn:aws:iam::{ACCOUNT}:oidc-provider"]
    issuer = f"arn:aws:iam::{ACCOUNT}:oidc-provider/oidc.eks.{spec.region}.amazonaws.com/id/A1"
    assert _may(patterns, "iam:DeleteOpenIDConnectProvider", issuer)


def _writes(arn: str) -> Iterator[str]:
    prefix = arn.split(":")[2]
    words = {"iam": facts.ROLE_WRITES, "kms": facts.KEY_WRITES}.get(prefix)
    provider = facts.PROVIDER_WRITES if ":oidc-provider/" in arn else ""
    for word in f"{words or facts.SERVICES[prefix].writes} {provider}".split():
        yield f"{prefix}:{word}"


def test_what_is_of_others_is_out_of_reach(spec: Spec) -> None:
    policies = _policies(spec, "apply")
    assert _may(policies, "sqs:DeleteQueue", f"arn:aws:sqs:{REGION}:{ACCOUNT}:shop-orders")
    assert not _may(policies, "sqs:DeleteQueue", f"arn:aws:sqs:{REGION}:{ACCOUNT}:other-orders")
    assert not _may(policies, "sqs:DeleteQueue", f"arn:aws:sqs:{REGION}:444455556666:shop-orders")
    assert not _may(policies, "sqs:SendMessage", f"arn:aws:sqs:{REGION}:{ACCOUNT}:shop-orders")
    assert not _may(policies, "iam:PutRolePolicy", f"arn:aws:iam::{ACCOUNT}:role/administrator")
    assert not _may(policies, "iam:CreateUser", f"arn:aws:iam::{ACCOUNT}:user/x")
    vpc = f"arn:aws:ec2:us-east-1:{ACCOUNT}:vpc/vpc-1"
    assert not allows(policies, Call("ec2:CreateVpc", vpc, {"aws:RequestedRegion": "us-east-1"}))


def test_roles_are_handed_to_the_services_that_take_them_alone(spec: Spec) -> None:
    policies = _policies(spec, "apply")
    assert _may(policies, "iam:PassRole", ROLE, iam_PassedToService="eks.amazonaws.com")
    assert not _may(policies, "iam:PassRole", ROLE, iam_PassedToService="lambda.amazonaws.com")
    assert not _may(policies, "iam:PassRole", ROLE)
    linked = f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/rds.amazonaws.com/AWSServiceRoleForRDS"
    assert _may(policies, "iam:CreateServiceLinkedRole", linked, iam_AWSServiceName="rds.amazonaws.com")
    assert not _may(policies, "iam:CreateServiceLinkedRole", linked, iam_AWSServiceName="organizations.amazonaws.com")


def test_a_grant_of_a_key_is_for_aws_alone(spec: Spec) -> None:
    key = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/a"
    policies = _policies(spec, "apply")
    assert _may(policies, "kms:CreateGrant", key, kms_GrantIsForAWSResource="true")
    assert not _may(policies, "kms:CreateGrant", key)
    assert not _may(policies, "kms:Decrypt", key)


@pytest.mark.parametrize("action", facts.BOUND_WRITES.split())
def test_with_a_boundary_every_role_carries_it(spec: Spec, action: str) -> None:
    bound = _policies(spec, "apply", BOUNDARY)
    assert _may(bound, f"iam:{action}", ROLE, iam_PermissionsBoundary=BOUNDARY)
    assert not _may(bound, f"iam:{action}", ROLE)
    assert not _may(bound, f"iam:{action}", ROLE, iam_PermissionsBoundary=f"{BOUNDARY}-other")
    assert not _may(bound, "iam:DeleteRolePermissionsBoundary", ROLE, iam_PermissionsBoundary=BOUNDARY)
    assert _may(_policies(spec, "apply"), f"iam:{action}", ROLE)


@pytest.mark.parametrize("action", ["CreatePolicyVersion", "DeletePolicy", "SetDefaultPolicyVersion"])
def test_nobody_who_deploys_changes_the_boundary_itself(spec: Spec, action: str) -> None:
    assert not _may(_policies(spec, "apply", BOUNDARY), f"iam:{action}", BOUNDARY)


def test_each_document_fits_a_managed_policy(spec: Spec) -> None:
    for found in deployer_policies.policies(spec, GENERATED, BOUNDARY).values():
        assert 0 < len(found) <= facts.POLICIES_A_ROLE
        assert all(characters(one) <= facts.POLICY_CHARACTERS for one in found)


def test_what_fits_no_role_is_said() -> None:
    large = [Statement(f"S{number}", ("s3:GetObject",), ("a" * 5000,)) for number in range(11)]
    with pytest.raises(TooLarge, match="They need 11 managed policies, and a role can have 10"):
        documents(large)


def test_the_boundary_is_the_one_of_the_file(capsys: pytest.CaptureFixture[str]) -> None:
    everything = ROOT / "examples" / "everything" / "services.yaml"
    out = ROOT / "tests" / "golden" / "everything" / "generated"
    assert main(["deployer-policies", f"--file={everything}", f"--out={out}"]) == 0
    (bound,) = {
        one["Condition"]["StringEquals"]["iam:PermissionsBoundary"]
        for policy in json.loads(capsys.readouterr().out).values()
        for one in policy["Statement"]
        if one["Sid"] == "MakeRoles"
    }
    assert bound == "arn:aws:iam::111122223333:policy/everything-boundary"


def test_the_command_prints_both_by_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = ROOT / "tests" / "systems" / "architecture" / "services.yaml"
    assert main(["deployer-policies", f"--file={file}", f"--out={GENERATED}", f"--boundary={BOUNDARY}"]) == 0
    printed: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert {name.rpartition("-")[0].rpartition("-")[2] for name in printed} == {"plan", "apply"}
    assert BOUNDARY in json.dumps(printed)
