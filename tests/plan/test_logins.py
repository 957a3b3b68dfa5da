"""What Terraform makes for a service with a password, by the real AWS provider: what the job does then is no change."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from modules.design.logins import REQUEST_STAGE
from tests.support.emulator import REGION, clients, emulated_aws
from tests.support.run_synth import synthesise
from tests.support.terraform_workspace import Workspace

SYSTEM: dict[str, Any] = {
    "project": "shop",
    "region": REGION,
    "accept": ["private-api", "local-state"],
    "services": {"web": {"image": "v1", "aws": {word: {"login": "password"} for word in ("rds", "redis")}}},
}
SECRET, USER, VALUE = "shop/web/logins", "shop-web-password", "a-password-that-no-state-holds"


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Workspace]:
    """The stack `platform` with nothing but what is made for the password, and what asks for another one."""
    with emulated_aws(tmp_path / "log") as aws:
        (tmp_path / "system").mkdir()
        workspace = Workspace(synthesise(SYSTEM, tmp_path / "system"), tmp_path, aws)
        whole = workspace.whole["platform"]
        secret = {**whole["resource"]["aws_secretsmanager_secret"]["web_logins"], "kms_key_id": None}
        workspace.whole["platform"] = {
            "terraform": {
                **whole["terraform"],
                "required_providers": {"aws": whole["terraform"]["required_providers"]["aws"]},
            },
            "provider": {"aws": whole["provider"]["aws"]},
            "resource": {
                "aws_secretsmanager_secret": {"web_logins": secret},
                "aws_elasticache_user": whole["resource"]["aws_elasticache_user"],
            },
            "data": {"aws_secretsmanager_secret_versions": whole["data"]["aws_secretsmanager_secret_versions"]},
            "output": {"request": {"value": whole["locals"]["database_users"]["login_web_request"]}},
        }
        workspace.init("platform")
        workspace.apply("platform")
        yield workspace


def test_what_the_job_sets_is_no_change_and_in_no_state(platform: Workspace) -> None:
    client = clients(platform.environment)
    assert platform.outputs("platform") == {"request": ""}
    assert platform.plan("platform").code == 0
    _set(client)
    plan = platform.plan("platform")
    assert plan.code == 0, plan.text
    platform.apply("platform")
    assert VALUE not in json.dumps(platform.show("platform"))
    (user,) = client("elasticache").describe_users(UserId=USER)["Users"]
    assert user["AccessString"].startswith("on ~web:*")
    assert user["Authentication"] == {"Type": "password", "PasswordCount": 1}


@pytest.mark.nightly(minutes=2)
def test_a_request_is_a_change_until_it_is_applied(platform: Workspace) -> None:
    client = clients(platform.environment)
    _set(client)
    asked = client("secretsmanager").put_secret_value(
        SecretId=SECRET, SecretString="{}", VersionStages=[REQUEST_STAGE]
    )["VersionId"]
    assert client("secretsmanager").get_secret_value(SecretId=SECRET)["SecretString"] == VALUE
    assert platform.plan("platform").code == 2
    platform.apply("platform")
    assert platform.outputs("platform") == {"request": asked}
    assert platform.plan("platform").code == 0
    client("secretsmanager").put_secret_value(SecretId=SECRET, SecretString=f"{VALUE}-2")
    assert platform.plan("platform").code == 0


def _set(client: Callable[[str], Any]) -> None:
    """As the job does."""
    client("secretsmanager").put_secret_value(SecretId=SECRET, SecretString=VALUE)
    client("elasticache").modify_user(
        UserId=USER,
        AccessString="on ~web:* -@all +@read",
        AuthenticationMode={"Type": "password", "Passwords": [VALUE]},
    )
