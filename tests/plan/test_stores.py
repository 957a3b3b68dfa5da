"""Real Terraform replaces a store where an argument in `fixed` of the table changes, on a state made up here."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from modules.facts import terraform
from modules.facts.stores import STORES
from tests.support.terraform_workspace import require_aws_provider, terraform_environment

KEY = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
ROLE = "arn:aws:iam::111122223333:role/cluster"
# Of each kind: its arguments, and another value of each of those in `fixed`.
ARGUMENTS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "aws_s3_bucket": ({"bucket": "old"}, {"bucket": "new"}),
    "aws_dynamodb_table": (
        {
            "name": "old",
            "billing_mode": "PAY_PER_REQUEST",
            "hash_key": "id",
            "range_key": "at",
            "attribute": [{"name": name, "type": "S"} for name in ("id", "at")],
        },
        {"name": "new", "hash_key": "new", "range_key": "new"},
    ),
    "aws_sqs_queue": ({"name": "old", "fifo_queue": False}, {"name": "new", "fifo_queue": True}),
    "aws_sns_topic": ({"name": "old", "fifo_topic": False}, {"name": "new", "fifo_topic": True}),
    "aws_kms_key": (
        {"key_usage": "ENCRYPT_DECRYPT", "customer_master_key_spec": "SYMMETRIC_DEFAULT", "multi_region": False},
        {"key_usage": "SIGN_VERIFY", "customer_master_key_spec": "RSA_2048", "multi_region": True},
    ),
    "aws_secretsmanager_secret": ({"name": "old"}, {"name": "new"}),
    "aws_redshiftserverless_namespace": (
        {"namespace_name": "old", "db_name": "old"},
        {"namespace_name": "new", "db_name": "new"},
    ),
    "aws_glue_catalog_database": ({"name": "old"}, {"name": "new"}),
    "aws_sesv2_email_identity": ({"email_identity": "old.example.com"}, {"email_identity": "new.example.com"}),
    "aws_ecr_repository": (
        {"name": "old", "encryption_configuration": [{"encryption_type": "KMS", "kms_key": KEY}]},
        {"name": "new", "encryption_configuration": [{"encryption_type": "KMS", "kms_key": f"{KEY[:-1]}c"}]},
    ),
    "aws_rds_cluster": (
        {
            "cluster_identifier": "old",
            "database_name": "old",
            "db_subnet_group_name": "old",
            "engine": "aurora-postgresql",
            "engine_mode": "provisioned",
            "kms_key_id": KEY,
            "master_username": "old",
            "storage_encrypted": True,
        },
        {
            "cluster_identifier": "new",
            "database_name": "new",
            "db_subnet_group_name": "new",
            "engine": "aurora-mysql",
            "engine_mode": "serverless",
            "kms_key_id": f"{KEY[:-1]}c",
            "master_username": "new",
            "storage_encrypted": False,
        },
    ),
    "aws_elasticache_replication_group": (
        {
            "replication_group_id": "old",
            "description": "Redis",
            "engine": "redis",
            "node_type": "cache.t4g.small",
            "at_rest_encryption_enabled": True,
            "kms_key_id": KEY,
            "port": 6379,
            "subnet_group_name": "old",
        },
        {
            "replication_group_id": "new",
            "at_rest_encryption_enabled": False,
            "kms_key_id": f"{KEY[:-1]}c",
            "port": 6380,
            "subnet_group_name": "new",
        },
    ),
    "aws_eks_cluster": (
        {
            "name": "old",
            "role_arn": ROLE,
            "vpc_config": [{"subnet_ids": ["subnet-1", "subnet-2"]}],
            "kubernetes_network_config": [{"service_ipv4_cidr": "172.20.0.0/16"}],
        },
        {
            "name": "new",
            "role_arn": f"{ROLE}s",
            "kubernetes_network_config.service_ipv4_cidr": "172.21.0.0/16",
        },
    ),
    "aws_vpc": ({"cidr_block": "10.0.0.0/16"}, {"cidr_block": "10.1.0.0/16"}),
}
# What else differs, where the provider refuses one change alone.
WITH: dict[tuple[str, str], dict[str, Any]] = {
    ("aws_dynamodb_table", "hash_key"): {"attribute": [{"name": name, "type": "S"} for name in ("new", "at")]},
    ("aws_dynamodb_table", "range_key"): {"attribute": [{"name": name, "type": "S"} for name in ("id", "new")]},
    ("aws_sqs_queue", "fifo_queue"): {"name": "old.fifo"},
    ("aws_sns_topic", "fifo_topic"): {"name": "old.fifo"},
}
CASES = [(kind, argument) for kind, store in STORES.items() for argument in store.fixed]


def _address(kind: str, argument: str) -> str:
    return f"{kind}.{argument.replace('.', '_')}"


def _changed(arguments: dict[str, Any], argument: str, value: Any) -> dict[str, Any]:
    outer, _, inner = argument.partition(".")
    return {**arguments, outer: [{inner: value}] if inner else value}


@pytest.fixture(scope="module")
def replaced(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """Address -> the arguments that replace it; each resource has one changed argument."""
    folder = tmp_path_factory.mktemp("stores")
    resources: dict[str, Any] = {}
    held = []
    for kind, argument in CASES:
        arguments, others = ARGUMENTS[kind]
        name = _address(kind, argument).partition(".")[2]
        resources.setdefault(kind, {})[name] = {
            **_changed(arguments, argument, others[argument]),
            **WITH.get((kind, argument), {}),
        }
        held.append(
            {
                "mode": "managed",
                "type": kind,
                "name": name,
                "provider": 'provider["registry.terraform.io/hashicorp/aws"]',
                "instances": [{"attributes": {"id": "old", **arguments}}],
            }
        )
    stack = {
        "terraform": {"required_providers": {"aws": terraform.AWS}},
        "provider": {
            "aws": {
                "region": "eu-west-1",
                "access_key": "none",
                "secret_key": "none",
                "skip_credentials_validation": True,
                "skip_requesting_account_id": True,
                "skip_metadata_api_check": True,
            }
        },
        "resource": resources,
    }
    (folder / "main.tf.json").write_text(json.dumps(stack, indent=1))
    state = {"version": 4, "serial": 1, "lineage": "a", "terraform_version": "1.11.0", "resources": held}
    (folder / "terraform.tfstate").write_text(json.dumps(state))
    environment = terraform_environment(folder)
    said = _terraform(folder, environment, "init").stdout
    require_aws_provider(said)
    planned = _terraform(folder, environment, "plan", "-refresh=false", "-out=plan")
    assert planned.returncode == 0, planned.stdout
    shown = json.loads(_terraform(folder, environment, "show", "-json", "plan").stdout)
    return {
        one["address"]: [".".join(str(part) for part in path if part != 0) for path in one["change"]["replace_paths"]]
        for one in shown["resource_changes"]
        if "replace_paths" in one["change"]
    }


def _terraform(folder: Path, environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["terraform", *arguments],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.mark.parametrize(("kind", "argument"), CASES)
def test_terraform_replaces_a_store_for_another_value_of(
    replaced: dict[str, list[str]], kind: str, argument: str
) -> None:
    found = replaced.get(_address(kind, argument), [])
    assert any(path == argument or path.startswith(f"{argument}.") for path in found), found
