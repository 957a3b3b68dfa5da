"""What the real provider and Terraform see of secret values: which version is the current one, and never a value."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from modules.design import helm_values
from tests.support.emulator import REGION, clients, emulated_aws
from tests.support.run_synth import synthesise
from tests.support.terraform_workspace import Workspace

SYSTEM: dict[str, Any] = {
    "project": "shop",
    "region": REGION,
    "accept": ["private-api", "local-state"],
    "services": {
        "orders": {
            "image": "registry.example.com/orders:v1",
            "egress": "internet",
            "secrets": {"STRIPE_KEY": "own", "SENTRY_DSN": "shared/sentry", "/etc/keys/api.key": {"key": "api-key"}},
        }
    },
}
OWN, SHARED = "shop/orders/secrets", "shared/sentry"
RESOURCES = ("aws_secretsmanager_secret", "aws_kms_key", "aws_kms_alias")
DATA = ("aws_secretsmanager_secret", "aws_secretsmanager_secret_versions")
# In place of what other stacks offer, and what is not made here.
ELSEWHERE = dict.fromkeys(
    ("SECRET_ARN", helm_values.PODS_GROUP, helm_values.SERVICE_GROUP, "repository_url"), "elsewhere"
)
VALUES = ("hunter2", "hunter3")


@pytest.fixture
def orders(tmp_path: Path) -> Iterator[Workspace]:
    """The stack `orders` with what it has of secrets, and the values of its two releases as outputs."""
    with emulated_aws(tmp_path / "log") as aws:
        (tmp_path / "system").mkdir()
        workspace = Workspace(synthesise(SYSTEM, tmp_path / "system"), tmp_path, aws)
        whole = workspace.whole["orders"]
        keys = {"orders_stores": {**whole["resource"]["aws_kms_key"]["orders_stores"], "policy": None}}
        files = (helm_values.NETWORK_FILE, helm_values.SERVICE_FILE)
        workspace.whole["orders"] = {
            "terraform": {
                **whole["terraform"],
                "required_providers": {"aws": whole["terraform"]["required_providers"]["aws"]},
            },
            "provider": {"aws": whole["provider"]["aws"]},
            "resource": {kind: whole["resource"][kind] for kind in RESOURCES} | {"aws_kms_key": keys},
            "data": {kind: whole["data"][kind] for kind in DATA},
            "locals": {"values": whole["locals"]["values"] | ELSEWHERE},
            "output": {
                file.split(".")[0]: {"value": f'${{templatefile("${{path.module}}/{file}", local.values)}}'}
                for file in files
            },
        }
        workspace.init("orders")
        yield workspace


def _fill(orders: Workspace, value: str) -> None:
    client = clients(orders.environment)("secretsmanager")
    client.put_secret_value(SecretId=OWN, SecretString=json.dumps({"STRIPE_KEY": value, "api-key": value}))


def _make(orders: Workspace) -> None:
    """The shared secret, and the empty one of the service."""
    clients(orders.environment)("secretsmanager").create_secret(Name=SHARED, SecretString=VALUES[0])
    assert orders.run("orders", "apply", "-auto-approve", "-target=aws_secretsmanager_secret.orders").returncode == 0


def _released(orders: Workspace) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the two releases say of secrets."""
    found = orders.outputs("orders")
    network, service = (YAML(typ="safe").load(found[name])["secrets"] for name in ("network", "values"))
    return network, service


def test_no_value_is_in_a_plan_a_state_generated_files_or_a_log(orders: Workspace, tmp_path: Path) -> None:
    _make(orders)
    _fill(orders, VALUES[0])
    log = tmp_path / "trace"
    orders.environment |= {"TF_LOG": "TRACE", "TF_LOG_PATH": str(log)}
    said = orders.run("orders", "plan", "-out=plan").stdout
    said += orders.run("orders", "show", "-json", "plan").stdout
    said += orders.run("orders", "apply", "-auto-approve").stdout
    state = (orders.generated.parent / "state" / "orders.tfstate").read_text()
    assert "STRIPE_KEY" in state, "the outputs hold the values of the releases"
    traced = log.read_text()
    assert "ListSecretVersionIds" in traced
    assert "GetSecretValue" not in traced
    kept = [path.read_bytes().decode(errors="replace") for path in orders.folder("orders").iterdir() if path.is_file()]
    assert not [text for text in (said, state, traced, *kept) if VALUES[0] in text]


def test_a_new_value_is_another_secret_for_new_pods_and_a_change_of_the_plan(orders: Workspace) -> None:
    _make(orders)
    _fill(orders, VALUES[0])
    orders.apply("orders")
    network, service = _released(orders)
    assert network["name"] == service["name"]
    assert {one["name"] for one in network["values"]} == {"STRIPE_KEY", "SENTRY_DSN", "file-0"}
    assert orders.plan("orders").code == 0
    _fill(orders, VALUES[1])
    assert orders.plan("orders").code == 2
    orders.apply("orders")
    after, _ = _released(orders)
    assert after["name"] != network["name"]
    client = clients(orders.environment)("secretsmanager")
    for values, value in ((network["values"], VALUES[0]), (after["values"], VALUES[1])):
        (one,) = (one for one in values if one["name"] == "STRIPE_KEY")
        found = client.get_secret_value(SecretId=one["secret"], VersionId=one["version"])["SecretString"]
        assert json.loads(found)["STRIPE_KEY"] == value, "pods of the older revision can still be given theirs"


def test_a_secret_without_a_value_ends_the_plan_with_the_command_that_fills_it(orders: Workspace) -> None:
    _make(orders)
    done = orders.run("orders", "plan")
    assert done.returncode == 1
    said = " ".join(done.stdout.replace("│", " ").split())
    command = f"aws secretsmanager put-secret-value --region {REGION} --secret-id {OWN}"
    assert f"Secret {OWN} has no value. Fill it: {command} --secret-string file://secrets.json" in said


def test_a_service_can_be_destroyed_whose_secret_never_got_a_value(orders: Workspace) -> None:
    system = orders.folder("orders") / "cdk.tf.json"
    whole = json.loads(system.read_text())
    secret = whole["resource"]["aws_secretsmanager_secret"]["orders"]
    secret.pop("lifecycle", None)
    for key in whole["resource"]["aws_kms_key"].values():
        key.pop("lifecycle", None)
    system.write_text(json.dumps(whole))
    _make(orders)
    orders.destroy("orders")
    assert orders.state_list("orders") == []
