"""`make doctor` against an account that lacks nothing, and against one that lacks each thing that it checks."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from modules.doctor import quotas
from modules.doctor.finding import Finding
from modules.doctor.subject import Subject
from modules.facts.zones import REFUSED_BY_EKS
from tests.doctor.conftest import Aws, Look

EKS_BUCKET = "shop-order-{account}-eu-west-1"


def _quota(aws: Aws, service: str, code: str, value: float) -> None:
    aws("service-quotas").request_service_quota_increase(ServiceCode=service, QuotaCode=code, DesiredValue=value)


def _wrong(findings: list[Finding]) -> Finding:
    """The one finding that is not ok."""
    (found,) = [finding for finding in findings if finding.status != "ok"]
    return found


def test_zones_that_are_offered_are_named_with_their_ids(look: Look) -> None:
    assert look("zones") == [Finding("ok", "eu-west-1a (euw1-az3), eu-west-1b (euw1-az1), eu-west-1c (euw1-az2)")]


def test_a_zone_that_the_account_is_not_offered_is_said_with_those_that_it_has(look: Look) -> None:
    found = _wrong(look("zones", zones=("a", "b", "d")))
    assert found.status == "problem"
    assert found.what == "The account is not offered eu-west-1d; in eu-west-1 it has a, b, c."
    assert found.next_step == "Write `zones: [a, b, c]` into services.yaml before the first apply."


def test_a_zone_in_which_eks_accepts_no_subnet_is_found_by_its_id(look: Look) -> None:
    found = _wrong(look("zones", region="us-east-1", zones=("a", "e")))
    assert found.what == f"us-east-1e is {REFUSED_BY_EKS['us-east-1']} in this account, in which EKS accepts no subnet."
    assert found.next_step == "Write `zones: [a, b]` into services.yaml before the first apply."


def test_endpoint_services_that_are_there_pass(look: Look) -> None:
    (found,) = look("endpoints")
    assert found.status == "ok"
    assert found.what.endswith(" services, each in eu-west-1a, eu-west-1b, eu-west-1c")


def test_an_endpoint_service_that_a_zone_lacks_is_said(look: Look) -> None:
    found = _wrong(look("endpoints", region="us-west-2", zones=("a", "d")))
    assert found.what == "The endpoint service com.amazonaws.us-west-2.email is not in us-west-2d."
    assert found.next_step.startswith(
        "Take `ses` out of `endpoints:` under `network:`; its traffic then leaves through NAT"
    )


def test_an_endpoint_service_that_the_region_lacks_is_said(look: Look) -> None:
    found = _wrong(look("endpoints", region="me-south-1"))
    assert found.what == "me-south-1 has no endpoint service com.amazonaws.me-south-1.redshift-serverless."
    assert "Take `redshift-serverless` out of `endpoints:`" in found.next_step


def test_quotas_that_hold_the_system_are_named_with_what_it_uses(look: Look, aws: Aws, subject: Subject) -> None:
    _quota(aws, "fargate", "L-3032A538", 20)
    assert [finding.what for finding in look("quotas")] == [
        "Fargate vCPU: 16.5 of 20 at most",
        "Elastic IP addresses: 3 of 5",
        "VPCs: 2 of 5",
        "Fargate profiles of the cluster: 4 of 10",
        f"IAM roles: {len(subject.declared('aws_iam_role'))} of 1000",
        "Redshift Serverless workgroups: 1 of 25",
    ]


@pytest.mark.parametrize(
    ("limit", "status", "why"),
    [
        (4.5, "problem", "so pods would stay pending"),
        (6, "notice", "so a rollout replaces pods one after another and may run into its timeout"),
        (10, "notice", "so the autoscalers can't reach their maximum"),
    ],
)
def test_too_little_vcpu_is_said_with_what_it_means(look: Look, aws: Aws, limit: float, status: str, why: str) -> None:
    _quota(aws, "fargate", "L-3032A538", limit)
    found = _wrong(look("quotas"))
    assert found.status == status
    assert found.what == (
        f"The pods need 4 Fargate vCPU at rest, 6.5 during a rollout and 16.5 at most; the quota is {limit:g}, {why}."
    )
    assert found.next_step == (
        "Ask AWS for more: aws service-quotas request-service-quota-increase --region eu-west-1 --service-code fargate "
        "--quota-code L-3032A538 --desired-value 17"
    )


@pytest.mark.parametrize(
    ("service", "code", "limit", "what"),
    [
        ("ec2", "L-0263D0A3", 2, "Elastic IP addresses: 0 are in use, the system needs 3 more, and the quota is 2."),
        ("vpc", "L-F678F1CE", 1, "VPCs: 1 are in use, the system needs 1 more, and the quota is 1."),
        (
            "eks",
            "L-33415657",
            3,
            "Fargate profiles of the cluster: 0 are in use, the system needs 4 more, and the quota is 3.",
        ),
    ],
)
def test_a_quota_that_is_too_low_is_said_with_the_request_for_more(
    look: Look, aws: Aws, service: str, code: str, limit: int, what: str
) -> None:
    _quota(aws, "fargate", "L-3032A538", 100)
    _quota(aws, service, code, limit)
    found = _wrong(look("quotas"))
    assert (found.status, found.what) == ("problem", what)
    assert f"--service-code {service} --quota-code {code} --desired-value " in found.next_step


def test_what_others_use_counts_against_a_quota(look: Look, aws: Aws) -> None:
    _quota(aws, "fargate", "L-3032A538", 100)
    for _ in range(3):
        aws("ec2").allocate_address()
    assert (
        _wrong(look("quotas")).what
        == "Elastic IP addresses: 3 are in use, the system needs 3 more, and the quota is 5."
    )


def test_what_the_system_has_already_is_not_needed_again(look: Look, aws: Aws, copied: Path) -> None:
    _quota(aws, "fargate", "L-3032A538", 100)
    for _ in range(3):
        aws("ec2").allocate_address()
    _state(copied, "network", "aws_eip", *({"id": str(number)} for number in range(3)))
    assert {finding.status for finding in look("quotas", into=copied)} == {"ok"}


def test_a_service_that_gets_another_name_needs_its_pods_and_its_profile_twice(
    look: Look, aws: Aws, copied: Path, subject: Subject
) -> None:
    services = subject.spec.model_dump(by_alias=True, exclude_unset=True)["services"]
    services["order"] |= {"renamed_from": ("orders",)}
    _state(copied, "cluster", "aws_eks_fargate_profile", *({"fargate_profile_name": f"{one}-fp"} for one in OLD))
    _quota(aws, "fargate", "L-3032A538", 5.5)
    _quota(aws, "eks", "L-33415657", 4)
    found = [one.what for one in look("quotas", into=copied, services=services) if one.status == "problem"]
    assert found == [
        f"{NEEDED}, and 6 to rename order; the quota is 5.5, so pods would stay pending.",
        "Fargate profiles of the cluster: 4 are in use, the system needs 1 more, and the quota is 4.",
    ]
    _state(copied, "cluster", "aws_eks_fargate_profile", *({"fargate_profile_name": f"{one}-fp"} for one in NEW))
    found = [one.status for one in look("quotas", into=copied, services=services)]
    assert found == ["notice", "ok", "ok", "ok", "ok", "ok"]


NEEDED = "The pods need 4 Fargate vCPU at rest, 6.5 during a rollout and 16.5 at most"
OLD, NEW = (("system", "coredns", name, "web") for name in ("orders", "order"))


def test_roles_and_workgroups_beyond_their_quotas_are_said(
    look: Look, aws: Aws, monkeypatch: pytest.MonkeyPatch, subject: Subject
) -> None:
    _quota(aws, "fargate", "L-3032A538", 100)
    for number in range(25):
        aws("redshift-serverless").create_namespace(namespaceName=f"other-{number}")
        aws("redshift-serverless").create_workgroup(namespaceName=f"other-{number}", workgroupName=f"other-{number}")
    found = _wrong(look("quotas"))
    assert found.status == "notice"
    assert found.what.startswith(
        "Redshift Serverless workgroups: 25 are in use, the system needs 1 more, and the quota"
    )
    summary = {"SummaryMap": {"Roles": 995, "RolesQuota": 1000}}
    monkeypatch.setattr(subject.account.client("iam"), "get_account_summary", lambda: summary)
    roles = quotas._roles(subject)
    assert roles.status == "problem"
    needed = len(subject.declared("aws_iam_role"))
    assert needed > 5
    assert roles.what == f"IAM roles: 995 are in use, the system needs {needed} more, and the quota is 1000."


def test_addons_that_eks_offers_pass(look: Look) -> None:
    assert look("add-ons") == [Finding("ok", "EKS offers the 3 add-ons for Kubernetes 1.36")]


def test_a_kubernetes_version_that_eks_does_not_offer_is_said(look: Look) -> None:
    first = look("add-ons", cluster={"version": "1.99"})[0]
    assert first.status == "problem"
    assert first.what == "EKS in eu-west-1 offers no coredns for Kubernetes 1.99."
    assert first.next_step == "Write another `version:` under `cluster:`."


def test_a_pinned_version_that_eks_does_not_offer_is_said_with_one_that_it_does(look: Look, copied: Path) -> None:
    file = copied / "stacks" / "cluster" / "cdk.tf.json"
    content = json.loads(file.read_text())
    content["resource"]["aws_eks_addon"]["metrics_server"]["addon_version"] = "v0.1.0-eksbuild.1"
    file.write_text(json.dumps(content))
    found = _wrong(look("add-ons", into=copied))
    assert found.what == "EKS offers metrics-server for Kubernetes 1.36, but not v0.1.0-eksbuild.1."
    assert found.next_step.startswith("Write `metrics_server: v0.8")


TAKEN: list[tuple[str, Callable[[Aws, str], Any], str, str]] = [
    (
        "role",
        lambda aws, _: aws("iam").create_role(RoleName="shop-order", AssumeRolePolicyDocument="{}"),
        "shop-order",
        "terraform -chdir=generated/stacks/order import aws_iam_role.order shop-order",
    ),
    (
        "bucket",
        lambda aws, account: aws("s3").create_bucket(
            Bucket=EKS_BUCKET.format(account=account), CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
        ),
        EKS_BUCKET,
        "terraform -chdir=generated/stacks/order import aws_s3_bucket.order " + EKS_BUCKET,
    ),
    (
        "log group",
        lambda aws, _: aws("logs").create_log_group(logGroupName="/shop/order"),
        "/shop/order",
        "terraform -chdir=generated/stacks/order import aws_cloudwatch_log_group.order /shop/order",
    ),
    (
        "KMS alias",
        lambda aws, _: aws("kms").create_alias(
            AliasName="alias/shop-data", TargetKeyId=aws("kms").create_key()["KeyMetadata"]["KeyId"]
        ),
        "alias/shop-data",
        "terraform -chdir=generated/stacks/data import aws_kms_alias.data alias/shop-data",
    ),
]


def test_names_that_nobody_uses_pass(look: Look) -> None:
    assert [finding.status for finding in look("names")] == ["ok"] * 4


@pytest.mark.parametrize(("kind", "make", "name", "adopt"), TAKEN, ids=[kind for kind, *_ in TAKEN])
def test_a_name_that_something_else_has_is_said_with_the_ways_out(
    look: Look, aws: Aws, account_id: str, kind: str, make: Callable[[Aws, str], Any], name: str, adopt: str
) -> None:
    make(aws, account_id)
    found = _wrong(look("names"))
    assert found.status == "problem"
    name, adopt = name.format(account=account_id), adopt.format(account=account_id)
    assert found.what == f"The {kind} {name} exists, and no Terraform state of the system has it."
    assert found.next_step == (
        f"Delete what is left of an earlier system, or take it over ({adopt}), or choose another `project:`."
    )


def test_a_log_group_that_aws_made_again_is_left_to_the_deployment(look: Look, aws: Aws) -> None:
    aws("logs").create_log_group(logGroupName="/aws/eks/shop/cluster")
    assert {finding.status for finding in look("names")} == {"ok"}
    arn = aws("logs").describe_log_groups(logGroupNamePrefix="/aws/eks/shop")["logGroups"][0]["arn"].removesuffix(":*")
    aws("logs").tag_resource(resourceArn=arn, tags={"Project": "other"})
    assert _wrong(look("names")).what.startswith("The log group /aws/eks/shop/cluster exists")


def test_many_names_of_a_kind_are_one_finding(look: Look, aws: Aws, subject: Subject) -> None:
    groups = subject.names("aws_cloudwatch_log_group", "name")
    for name in groups:
        aws("logs").create_log_group(logGroupName=name, tags={"Project": "shop"})
    found = _wrong(look("names"))
    assert found.what.startswith("The log groups ")
    assert found.what.endswith(f" and {len(groups) - 5} more exist, and no Terraform state of the system has them.")


def test_a_name_that_the_systems_own_state_has_passes(look: Look, aws: Aws, copied: Path) -> None:
    aws("iam").create_role(RoleName="shop-order", AssumeRolePolicyDocument="{}")
    _state(copied, "order", "aws_iam_role", {"name": "shop-order"})
    assert {finding.status for finding in look("names", into=copied)} == {"ok"}


def test_a_state_in_s3_is_read_there(look: Look, aws: Aws, copied: Path) -> None:
    for folder in (copied / "stacks").iterdir():
        _in_bucket(folder)
    aws("iam").create_role(RoleName="shop-order", AssumeRolePolicyDocument="{}")
    assert _wrong(look("names", into=copied)).what.startswith("The role shop-order exists")
    aws("s3").create_bucket(Bucket="terraform-states", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    body = json.dumps(_content("aws_iam_role", {"name": "shop-order"}))
    aws("s3").put_object(Bucket="terraform-states", Key="order", Body=body.encode())
    assert {finding.status for finding in look("names", into=copied)} == {"ok"}
    aws("s3").put_object(Bucket="terraform-states", Key="order", Body=b"{")
    (found,) = [finding for finding in look("names", into=copied) if finding.status != "ok"]
    assert (found.status, found.what) == (
        "not checked",
        "s3://terraform-states/order: The file is damaged: it is not JSON.",
    )
    aws("s3").delete_object(Bucket="terraform-states", Key="order")
    aws("s3").delete_bucket(Bucket="terraform-states")


def test_without_generated_nothing_is_taken_for_checked(look: Look, tmp_path: Path) -> None:
    (found,) = look("names", into=tmp_path)
    assert found.status == "not checked"
    assert found.what.endswith("manifest.json: There is no such file, or it is empty.")
    assert found.next_step == "Run `make synth`, which writes it anew."


def test_a_secret_in_deletion_is_said_and_that_a_deploy_restores_it(look: Look, aws: Aws) -> None:
    assert look("secrets") == [Finding("ok", "none of 1 is scheduled for deletion")]
    name = "shop/order/secrets"
    aws("secretsmanager").create_secret(Name=name, SecretString="x")
    assert look("secrets")[0].status == "ok"
    aws("secretsmanager").delete_secret(SecretId=name)
    found = _wrong(look("secrets"))
    assert found.status == "notice"
    assert found.what.startswith(f"The secret {name} is scheduled for deletion since 20")
    assert found.next_step == (
        "make deploy restores it with its value. To give that up and begin anew: "
        f"aws secretsmanager delete-secret --region eu-west-1 --secret-id {name} --force-delete-without-recovery"
    )


def test_the_sandbox_of_ses_is_said_to_who_sends_mail(look: Look, aws: Aws) -> None:
    found = _wrong(look("mail"))
    assert found.status == "notice"
    assert found.what == (
        "The account is in the SES sandbox in eu-west-1: mail reaches only addresses and domains confirmed there."
    )
    assert found.next_step.endswith(
        "or confirm each recipient: aws sesv2 create-email-identity --region eu-west-1 --email-identity <address>."
    )
    aws("sesv2").put_account_details(MailType="TRANSACTIONAL", WebsiteURL="https://e.com", ProductionAccessEnabled=True)
    assert look("mail") == [Finding("ok", "the account is out of the SES sandbox in eu-west-1")]
    aws("sesv2").put_account_sending_attributes(SendingEnabled=False)
    assert _wrong(look("mail")).what == "SES has paused sending for this account in eu-west-1."
    assert look("mail", services={"web": {}}) == [Finding("ok", "the system sends none")]


@pytest.fixture
def copied(generated: Path, tmp_path: Path) -> Path:
    """A copy of generated/ with room for states beside it."""
    (tmp_path / "state").mkdir()
    return shutil.copytree(generated, tmp_path / "generated")


def _content(kind: str, *attributes: dict[str, Any]) -> dict[str, Any]:
    instances = [{"attributes": one} for one in attributes]
    return {"version": 4, "resources": [{"mode": "managed", "type": kind, "name": "x", "instances": instances}]}


def _state(generated: Path, stack: str, kind: str, *attributes: dict[str, Any]) -> None:
    (generated.parent / "state" / f"{stack}.tfstate").write_text(json.dumps(_content(kind, *attributes)))


def _in_bucket(folder: Path) -> None:
    file = folder / "cdk.tf.json"
    content = json.loads(file.read_text())
    content["terraform"]["backend"] = {"s3": {"bucket": "terraform-states", "key": folder.name, "region": "eu-west-1"}}
    file.write_text(json.dumps(content))


def test_a_boundary_that_is_not_there_stops_every_role(look: Look, aws: Aws, account_id: str) -> None:
    arn = f"arn:aws:iam::{account_id}:policy/roles-of-teams"
    found = _wrong(look("boundary", permissions_boundary=arn))
    assert (found.status, found.what) == ("problem", f"{arn} does not exist, so IAM makes no role of the system.")
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
    aws("iam").create_policy(PolicyName="roles-of-teams", PolicyDocument=json.dumps(document))
    assert look("boundary", permissions_boundary=arn) == [Finding("ok", f"{arn} is there")]
    assert look("boundary") == [Finding("ok", "the roles have none")]
