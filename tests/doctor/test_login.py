"""Every way in which a login fails names its true next step."""

from collections.abc import Callable
from pathlib import Path

import pytest

from modules.doctor.finding import Finding
from modules.doctor.login import log_in
from modules.spec.model import Spec
from tests.doctor.conftest import spec_with

Patch = pytest.MonkeyPatch
LOG_IN = "Log in (aws sso login, or aws configure), or set AWS_PROFILE to a profile that can. Then run this again."


def _refused(spec: Spec) -> Finding:
    account, found = log_in(spec)
    assert account is None
    assert found.status == "problem"
    return found


def test_a_login_names_the_account_and_the_region(spec: Spec, account_id: str) -> None:
    account, found = log_in(spec)
    assert account
    assert account.id == account_id
    assert found.status == "ok"
    arn = f"arn:aws:sts::{account_id}:assumed-role/deployer/deployer"
    assert found.what == f"account {account_id}, region eu-west-1, as {arn}"


def test_the_declared_account_is_accepted_and_another_refused(spec: Spec, account_id: str) -> None:
    assert log_in(spec_with(spec, account=account_id))[0]
    found = _refused(spec_with(spec, account="444455556666"))
    assert found.what == f"You are logged in to account {account_id}, and services.yaml allows only 444455556666."
    assert found.next_step == "Set AWS_PROFILE to a profile of that account, or correct `account:`."


def test_a_deployer_role_is_assumed_and_its_account_is_that_of_the_system(spec: Spec, account_id: str) -> None:
    role = "arn:aws:iam::444455556666:role/shop-deployer"
    account, found = log_in(spec_with(spec, account="444455556666", deployer_role=role))
    assert account
    assert account.id == "444455556666"
    arn = "arn:aws:sts::444455556666:assumed-role/shop-deployer/eks-fargate-terraform"
    assert found.what == f"account 444455556666, region eu-west-1, as {arn}"
    assert (
        account.ask("ec2", "describe_vpcs", Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"][0]["OwnerId"]
        == "444455556666"
    )


def test_a_login_that_may_not_assume_the_role_is_told_what_lets_it(
    spec: Spec, account_id: str, faults: Callable[..., None]
) -> None:
    faults({"answer": "refuse", "calls": ["AssumeRole"]})
    found = _refused(spec_with(spec, deployer_role="arn:aws:iam::444455556666:role/shop-deployer"))
    assert found.what == "The login of this machine can't assume `deployer_role` of services.yaml: The call is refused."
    assert found.next_step == (
        "The role's trust policy has to name your login, and your login needs sts:AssumeRole on the role. "
        "Then run this again."
    )


def test_a_role_needs_a_login_too(spec: Spec, account_id: str, monkeypatch: Patch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name)
    found = _refused(spec_with(spec, deployer_role="arn:aws:iam::444455556666:role/shop-deployer"))
    assert found == Finding("problem", "There are no AWS credentials on this machine.", LOG_IN)


def test_a_machine_without_credentials_is_told_to_log_in(spec: Spec, account_id: str, monkeypatch: Patch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name)
    assert _refused(spec) == Finding("problem", "There are no AWS credentials on this machine.", LOG_IN)


def test_a_profile_that_is_not_there_is_named(spec: Spec, account_id: str, monkeypatch: Patch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "prodd")
    found = _refused(spec)
    assert found.what == "The config profile (prodd) could not be found."
    assert found.next_step == "Correct AWS_PROFILE; `aws configure list-profiles` lists those that are there."


def test_an_sso_login_that_has_ended_is_renewed_with_its_command(
    spec: Spec, account_id: str, monkeypatch: Patch, tmp_path: Path
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name)
    (tmp_path / "config").write_text(
        "[profile shop]\nsso_session = company\nsso_account_id = 111122223333\nsso_role_name = deployer\n"
        "[sso-session company]\nsso_region = eu-west-1\nsso_start_url = https://example.com/start\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_PROFILE", "shop")
    monkeypatch.setenv("HOME", str(tmp_path))
    found = _refused(spec)
    assert found.what.startswith("The login has ended: ")
    assert found.next_step == "Run aws sso login. Then run this again."


def test_keys_that_have_expired_are_renewed(spec: Spec, account_id: str, faults: Callable[..., None]) -> None:
    faults({"answer": "refuse", "calls": ["GetCallerIdentity"], "code": "ExpiredToken"})
    found = _refused(spec)
    assert found.what == "The login has ended: The call is refused."
    assert found.next_step == "Log in again (aws sso login). Then run this again."


def test_keys_that_aws_does_not_know_are_said(spec: Spec, account_id: str, faults: Callable[..., None]) -> None:
    faults({"answer": "refuse", "calls": ["GetCallerIdentity"], "code": "InvalidClientTokenId"})
    found = _refused(spec)
    assert found.what == "AWS does not accept the credentials of this machine in eu-west-1: The call is refused."
    assert found.next_step == LOG_IN


def test_a_region_that_the_account_has_not_enabled_is_no_lost_login(
    spec: Spec, account_id: str, faults: Callable[..., None]
) -> None:
    rule = {"answer": "refuse", "calls": ["GetCallerIdentity"], "code": "InvalidClientTokenId", "region": "af-south-1"}
    faults(rule)
    found = _refused(spec_with(spec, region="af-south-1"))
    assert found.what == (
        "The login works in us-east-1, and not in af-south-1: the account has not enabled that region."
    )
    assert found.next_step == (
        "Run aws account enable-region --region-name af-south-1, and wait until it is enabled; or use another region."
    )


@pytest.fixture
def no_network(account_id: str, monkeypatch: Patch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")


@pytest.mark.usefixtures("no_network")
def test_a_region_with_a_typing_mistake_is_no_lost_login(spec: Spec) -> None:
    found = _refused(spec_with(spec, region="eu-west-9"))
    assert found.what == 'AWS has no endpoint for the region "eu-west-9" of services.yaml, or can\'t be reached.'
    assert found.next_step == 'Did you mean "eu-west-1"?'


@pytest.mark.usefixtures("no_network")
def test_a_network_that_does_not_lead_to_aws_is_said(spec: Spec) -> None:
    found = _refused(spec)
    assert found.what.startswith("AWS can't be reached: Could not connect to the endpoint URL")
    assert found.next_step == "Check the network and the proxy. Then run this again."


def test_a_user_without_rights_is_shown_what_aws_says(spec: Spec, account_id: str, faults: Callable[..., None]) -> None:
    faults({"answer": "refuse", "calls": ["GetCallerIdentity"]})
    found = _refused(spec)
    assert found.what == "The login failed with AccessDenied: The call is refused."
    assert found.next_step == LOG_IN
