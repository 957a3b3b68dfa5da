"""`main.py doctor` as a whole: a good account, a bad one, none, and calls that are denied or not answered.

`pytest -s tests/doctor/test_doctor.py -k account` prints what it says of them.
"""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from botocore.config import Config

from modules.cli import command_line
from modules.doctor import account, examine
from modules.doctor.subject import Subject
from modules.paths import ROOT
from tests.doctor.conftest import Aws, Look

GOOD = """\
ok           terraform: Terraform 1.11.4
ok           aws: AWS CLI 2.36.49
ok           provider: no stack has locked a provider yet
ok           login: account {account}, region eu-west-1, as arn:aws:sts::{account}:assumed-role/deployer/deployer
ok           zones: eu-west-1a (euw1-az3), eu-west-1b (euw1-az1), eu-west-1c (euw1-az2)
ok           network: the system has a VPC of its own
ok           endpoints: N services, each in eu-west-1a, eu-west-1b, eu-west-1c
ok           load balancer: the system has one of its own
ok           quotas: Fargate vCPU: 16.5 of 20 at most
ok           quotas: Elastic IP addresses: 3 of 5
ok           quotas: VPCs: 2 of 5
ok           quotas: Fargate profiles of the cluster: 4 of 10
ok           quotas: IAM roles: N of 1000
ok           quotas: Redshift Serverless workgroups: 1 of 25
ok           add-ons: EKS offers the 3 add-ons for Kubernetes 1.36
ok           boundary: the roles have none
ok           names: no other role has one of N names
ok           names: no other bucket has one of N names
ok           names: no other log group has one of N names
ok           names: no other KMS alias has one of N names
ok           secrets: none of 1 is scheduled for deletion
ok           mail: the account is out of the SES sandbox in eu-west-1
"""
DENIED = [
    ("zones", "DescribeAvailabilityZones", "ec2:DescribeAvailabilityZones"),
    ("endpoints", "DescribeVpcEndpointServices", "ec2:DescribeVpcEndpointServices"),
    ("quotas", "GetServiceQuota", "servicequotas:GetServiceQuota"),
    ("quotas", "GetAWSDefaultServiceQuota", "servicequotas:GetAWSDefaultServiceQuota"),
    ("quotas", "DescribeAddresses", "ec2:DescribeAddresses"),
    ("quotas", "DescribeVpcs", "ec2:DescribeVpcs"),
    ("quotas", "GetAccountSummary", "iam:GetAccountSummary"),
    ("quotas", "ListWorkgroups", "redshift-serverless:ListWorkgroups"),
    ("add-ons", "GET /addons/supported-versions", "eks:DescribeAddonVersions"),
    ("boundary", "GetPolicy", "iam:GetPolicy"),
    ("names", "ListRoles", "iam:ListRoles"),
    ("names", "GET /", "s3:ListAllMyBuckets"),
    ("names", "DescribeLogGroups", "logs:DescribeLogGroups"),
    ("names", "ListAliases", "kms:ListAliases"),
    ("secrets", "ListSecrets", "secretsmanager:ListSecrets"),
    ("mail", "GET /v2/email/account", "ses:GetAccount"),
]


def _run(generated: Path, *options: str) -> int:
    file = generated.parent / "services.yaml"
    return command_line.main(["doctor", f"--file={file}", f"--out={generated}", *options])


def test_an_account_that_lacks_nothing_passes_every_check(
    generated: Path, account_id: str, aws: Aws, capsys: pytest.CaptureFixture[str]
) -> None:
    quota = {"ServiceCode": "fargate", "QuotaCode": "L-3032A538", "DesiredValue": 20}
    aws("service-quotas").request_service_quota_increase(**quota)
    aws("sesv2").put_account_details(MailType="TRANSACTIONAL", WebsiteURL="https://e.com", ProductionAccessEnabled=True)
    assert _run(generated) == 0
    said = capsys.readouterr()
    without_counts = re.sub(r"\b\d+(?= (names|services|of 1000)\b)", "N", said.out)
    assert without_counts == GOOD.format(account=account_id)
    assert said.err.endswith("No problems.\n")
    print(f"\n$ make doctor\n{said.out}{said.err}")


def test_a_bad_account_gets_a_line_and_a_next_step_for_each_thing_that_is_wrong(
    generated: Path, account_id: str, aws: Aws, capsys: pytest.CaptureFixture[str]
) -> None:
    for service, code, value in (("fargate", "L-3032A538", 4), ("ec2", "L-0263D0A3", 2), ("vpc", "L-F678F1CE", 1)):
        quota = {"ServiceCode": service, "QuotaCode": code, "DesiredValue": value}
        aws("service-quotas").request_service_quota_increase(**quota)
    aws("iam").create_role(RoleName="shop-order", AssumeRolePolicyDocument="{}")
    aws("logs").create_log_group(logGroupName="/shop/order")
    aws("secretsmanager").create_secret(Name="shop/order/secrets", SecretString="x")
    aws("secretsmanager").delete_secret(SecretId="shop/order/secrets")
    assert _run(generated) == 1
    said = capsys.readouterr()
    wrong = re.findall(r"^(problem|notice) +(\S+): .+\n {13}\S", said.out, re.MULTILINE)
    assert wrong == [
        *[("problem", "quotas")] * 3,
        *[("problem", "names")] * 2,
        ("notice", "secrets"),
        ("notice", "mail"),
    ]
    assert said.err.endswith("5 problems, 2 notices.\n")
    print(f"\n$ make doctor\n{said.out}{said.err}")


def test_a_bad_account_ends_with_1_and_tells_programs_in_json(
    generated: Path, account_id: str, aws: Aws, capsys: pytest.CaptureFixture[str]
) -> None:
    quota = {"ServiceCode": "fargate", "QuotaCode": "L-3032A538", "DesiredValue": 4}
    aws("service-quotas").request_service_quota_increase(**quota)
    assert _run(generated, "--json") == 1
    said = capsys.readouterr()
    found = json.loads(said.out)
    assert [(one["code"], one["where"]) for one in found["problems"]] == [("quotas", "doctor quotas")]
    assert [one["code"] for one in found["warnings"] if one["where"].startswith("doctor ")] == ["mail"]
    rows: list[dict[str, str]] = found["checks"]
    assert {tuple(row) for row in rows} == {("check", "status", "what", "next_step")}
    assert {row["check"] for row in rows if row["status"] == "problem"} == {"quotas"}
    assert {row["check"] for row in rows if row["status"] == "notice"} == {"mail"}
    assert all(row["next_step"] for row in rows if row["status"] != "ok")
    assert said.err.endswith("1 problem, 1 notice.\n")


def test_without_a_login_no_check_of_the_account_passes(
    generated: Path, account_id: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    assert _run(generated) == 1
    said = capsys.readouterr()
    assert "ok           terraform: Terraform 1.11.4\n" in said.out
    assert "problem      login: There are no AWS credentials on this machine.\n" in said.out
    for name in examine.ACCOUNT:
        assert f"not checked  {name}: It asks the account, and there is no login.\n" in said.out
    assert said.err.endswith(f"1 problem, {len(examine.ACCOUNT)} not checked.\n")


def test_every_check_of_the_account_has_a_call_that_is_denied_here() -> None:
    of_existing = {"network", "load balancer"}  # they ask only of what services.yaml names: test_existing_network.py
    assert {check for check, *_ in DENIED} | of_existing == set(examine.ACCOUNT)


@pytest.mark.parametrize(("check", "call", "permission"), DENIED, ids=[permission for *_, permission in DENIED])
def test_a_denied_call_is_no_pass_and_names_its_permission(
    look: Look, faults: Callable[..., None], check: str, call: str, permission: str
) -> None:
    faults({"answer": "refuse", "calls": [call]})
    bounded = "arn:aws:iam::111122223333:policy/bounds"
    found = [one for one in look(check, permissions_boundary=bounded) if one.status == "not checked"]
    assert found
    for finding in found:
        assert finding.what.endswith(f"It needs the permission {permission}.")
        assert finding.next_step == (
            f"Ask who administers the account to allow {permission} to you, or check this by hand."
        )


def test_a_call_that_is_not_answered_in_time_is_no_pass(
    look: Look, faults: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(account, "_CONFIG", Config(read_timeout=0.3, retries={"total_max_attempts": 1}))
    faults({"answer": "hold", "calls": ["DescribeAvailabilityZones"]})
    (found,) = look("zones")
    assert found.status == "not checked"
    assert found.what.startswith("AWS did not answer: Read timeout on endpoint URL")
    assert found.next_step == "Check the network and the proxy, and run this again."


def test_an_answer_that_nobody_expects_is_no_pass(look: Look, faults: Callable[..., None]) -> None:
    faults({"answer": "refuse", "calls": ["DescribeAvailabilityZones"], "code": "OptInRequired"})
    (found,) = look("zones")
    assert found.status == "not checked"
    assert found.what == "ec2 DescribeAvailabilityZones failed with OptInRequired: The call is refused."


def test_a_login_that_ends_in_the_middle_is_said_as_at_the_login(look: Look, faults: Callable[..., None]) -> None:
    faults({"answer": "refuse", "calls": ["DescribeAvailabilityZones"], "code": "RequestExpired"})
    (found,) = look("zones")
    assert (found.status, found.what) == ("not checked", "The login has ended: The call is refused.")
    assert found.next_step == "Log in again (aws sso login). Then run this again."


def test_a_call_that_does_more_than_read_is_not_made(subject: Subject) -> None:
    with pytest.raises(ValueError, match="ec2 allocate_address does more than read"):
        subject.account.ask("ec2", "allocate_address")
    assert subject.account.ask("ec2", "describe_addresses")["Addresses"] == []


def test_every_check_asks_aws_by_the_calls_that_only_read() -> None:
    files = {file.name: file.read_text(encoding="utf-8") for file in (ROOT / "modules" / "doctor").glob("*.py")}
    assert {name for name, text in files.items() if ".client(" in text} == {"account.py", "login.py"}
    assert set(re.findall(r'client\("sts"\)\.(\w+)', files["login.py"])) == {"get_caller_identity"}


def test_the_documentation_has_a_row_for_each_check_and_names_every_permission() -> None:
    text = (ROOT / "docs" / "production" / "doctor.md").read_text(encoding="utf-8")
    rows = {row.split("|")[1].strip(): row for row in text.splitlines() if row.startswith("| `")}
    for check in ("`terraform`, `aws`", "`provider`", "`login`", *(f"`{name}`" for name in examine.ACCOUNT)):
        assert check in rows
    for check, _, permission in DENIED:
        assert f"`{permission}`" in rows[f"`{check}`"]
