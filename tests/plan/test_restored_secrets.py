"""A secret that was given up and is wanted again: `make deploy` takes it back with its value and its key."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from modules.deploy import restored_secrets
from modules.doctor.account import Account
from modules.errors import CommandError
from modules.state import applied_stacks
from modules.state.applied_stacks import Stack
from tests.support.emulator import REGION, clients, emulated_aws
from tests.support.run_synth import synthesise
from tests.support.terraform_workspace import Workspace

SYSTEM: dict[str, Any] = {
    "project": "shop",
    "region": REGION,
    "accept": ["private-api", "local-state"],
    "services": {"orders": {"aws": ["secrets"]}},
}
NAME = "shop/orders/secrets"
KINDS = ("aws_secretsmanager_secret", "aws_kms_key", "aws_kms_alias")
DATA = ("aws_caller_identity", "aws_partition", "aws_iam_policy_document")


@pytest.fixture
def orders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    """The stack `orders` with nothing but its secret and the key of that."""
    with emulated_aws(tmp_path / "log") as aws:
        (tmp_path / "system").mkdir()
        workspace = Workspace(synthesise(SYSTEM, tmp_path / "system"), tmp_path, aws)
        for name, value in (os.environ | workspace.environment).items():
            monkeypatch.setenv(name, value)
        whole = workspace.whole["orders"]
        keys = {"orders_stores": {**whole["resource"]["aws_kms_key"]["orders_stores"], "policy": None}}
        resources = {kind: whole["resource"][kind] for kind in KINDS} | {"aws_kms_key": keys}
        needed = {"aws": whole["terraform"]["required_providers"]["aws"]}
        workspace.whole["orders"] = {
            "terraform": {**whole["terraform"], "required_providers": needed},
            "provider": {"aws": whole["provider"]["aws"]},
            "resource": resources,
        }
        workspace.init("orders")
        yield workspace


def _without_secret(workspace: Workspace) -> None:
    file = workspace.folder("orders") / "cdk.tf.json"
    file.write_text(json.dumps({**workspace.whole["orders"], "resource": {"terraform_data": {"left": {}}}}))
    workspace.apply("orders")
    file.write_text(json.dumps(workspace.whole["orders"]))


def _stack(workspace: Workspace) -> Stack:
    return applied_stacks.read(workspace.generated)["orders"]


def test_it_comes_back_with_its_value_and_its_key(orders: Workspace) -> None:
    orders.apply("orders")
    client = clients(orders.environment)
    secrets, kms = client("secretsmanager"), client("kms")
    secrets.put_secret_value(SecretId=NAME, SecretString="kept")
    before = secrets.describe_secret(SecretId=NAME)
    _without_secret(orders)
    assert secrets.describe_secret(SecretId=NAME)["DeletedDate"]
    assert kms.describe_key(KeyId=before["KmsKeyId"])["KeyMetadata"]["KeyState"] == "PendingDeletion"

    said: list[str] = []
    restored_secrets.restore(_stack(orders), Account(REGION), said.append)
    assert said == [
        f"The secret {NAME} was scheduled for deletion: it was restored with its value.",
        f"The secret {NAME} was imported into the state.",
    ]
    orders.apply("orders")
    after = secrets.describe_secret(SecretId=NAME)
    assert (after["ARN"], after["KmsKeyId"], after.get("DeletedDate")) == (before["ARN"], before["KmsKeyId"], None)
    assert secrets.get_secret_value(SecretId=NAME)["SecretString"] == "kept"
    assert kms.describe_key(KeyId=before["KmsKeyId"])["KeyMetadata"]["KeyState"] == "Enabled"
    assert orders.plan("orders").code == 0
    said.clear()
    restored_secrets.restore(_stack(orders), Account(REGION), said.append)
    assert said == []


@pytest.mark.nightly(minutes=1)
def test_one_that_a_killed_run_has_restored_is_imported(orders: Workspace) -> None:
    orders.apply("orders")
    secrets = clients(orders.environment)("secretsmanager")
    _without_secret(orders)
    secrets.restore_secret(SecretId=NAME)
    said: list[str] = []
    restored_secrets.restore(_stack(orders), Account(REGION), said.append)
    assert said == [f"The secret {NAME} was imported into the state."]
    orders.apply("orders")
    assert orders.plan("orders").code == 0


def test_a_secret_of_somebody_else_is_left_to_terraform(orders: Workspace) -> None:
    secrets = clients(orders.environment)("secretsmanager")
    secrets.create_secret(Name=NAME, SecretString="theirs")
    said: list[str] = []
    restored_secrets.restore(_stack(orders), Account(REGION), said.append)
    assert said == []
    assert _stack(orders).applied is False


def test_a_secret_that_may_not_be_restored_is_said_with_the_permission(
    orders: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders.apply("orders")
    _without_secret(orders)
    account = Account(REGION)
    monkeypatch.setattr(account.client("secretsmanager"), "restore_secret", _denied)
    with pytest.raises(CommandError, match="allow secretsmanager:RestoreSecret to you, and run make deploy again"):
        restored_secrets.restore(_stack(orders), account, lambda _: None)


def _denied(**_: str) -> None:
    from botocore.exceptions import ClientError

    raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "RestoreSecret")
