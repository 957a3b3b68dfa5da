"""The advice of docs/operations that AWS's own account is needed for, run against PostgreSQL and the emulated AWS."""

import json
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore import xform_name
from botocore.model import Shape, StructureShape

from modules.facts import aurora
from modules.paths import ROOT
from tests.charts.test_sql import make
from tests.support import blocks, postgresql
from tests.support.emulator import clients, emulated_aws
from tests.support.postgresql import MASTER, SUPERUSER, TOKEN, Server

RESTORE = ROOT / "docs" / "operations" / "restore.md"
UPGRADE = ROOT / "docs" / "operations" / "upgrade-aurora.md"
DEPLOYER = ROOT / "docs" / "production" / "deployer.md"
SERVICE = "shop_order_service"
STACKS = ROOT / "tests" / "golden" / "architecture" / "generated" / "stacks"


def _lines(page: Path, program: str, **places: str) -> list[list[str]]:
    """The words of each command of the page that runs this program, with what stands there in <angle brackets>."""
    found = [block for block in blocks.blocks() if block.page == page and block.language == blocks.SHELL]
    texts = [command.line for block in found for command in blocks.commands(block.text)]
    filled = [re.sub(r"<(\w+)[^>]*>", lambda name: places.get(name[1], name[0]), text) for text in texts]
    lines = [shlex.split(text) for text in filled]
    return [line for line in lines if line[0] == program]


@pytest.fixture(scope="module")
def first() -> Iterator[Server]:
    with postgresql.started() as server:
        yield server


@pytest.fixture(scope="module")
def restored() -> Iterator[Server]:
    with postgresql.started() as server:
        yield server


def test_the_rows_of_one_service_are_copied_from_the_restored_cluster_to_the_first(
    first: Server, restored: Server, tmp_path: Path
) -> None:
    for server in (first, restored):
        make(server, SERVICE)
        server.run(f"ALTER ROLE {SERVICE} PASSWORD '{TOKEN}'", role=SUPERUSER)
        server.run("CREATE TABLE orders (id serial PRIMARY KEY, what text)", role=SERVICE, password=TOKEN)
    restored.run("INSERT INTO orders (what) VALUES ('lost'), ('too')", role=SERVICE, password=TOKEN)
    places = {"restored": str(restored.folder), "first": str(first.folder)}
    lines = [_lines(RESTORE, program, **places) for program in ("pg_dump", "pg_restore")]
    dump, restore = ([word.replace("database_admin", MASTER) for word in line] for (line,) in lines)
    with (tmp_path / "lost.dump").open("wb") as target:
        assert dump[-2:] == [">", "lost.dump"]
        subprocess.run([_program(dump[0]), *dump[1:-2]], stdout=target, check=True, timeout=60)
    subprocess.run([_program(restore[0]), *restore[1:]], cwd=tmp_path, check=True, timeout=60)
    assert first.run("SELECT what FROM orders ORDER BY id", role=SERVICE, password=TOKEN) == "lost\ntoo"
    assert first.run("INSERT INTO orders (what) VALUES ('new') RETURNING id", role=SERVICE, password=TOKEN) == "3"


def _program(name: str) -> str:
    return str(postgresql.debian(Path()) / name)


def test_the_cluster_is_restored_beside_the_first_and_a_snapshot_comes_before_a_major_version(tmp_path: Path) -> None:
    with emulated_aws(tmp_path / "log") as environment:
        client = clients(environment)
        ec2, rds = client("ec2"), client("rds")
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        subnets = [
            ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=f"eu-west-1{letter}")
            for number, letter in enumerate("abc")
        ]
        group = ec2.create_security_group(GroupName="shop-aurora", Description="d", VpcId=vpc)["GroupId"]
        ids = [one["Subnet"]["SubnetId"] for one in subnets]
        rds.create_db_subnet_group(DBSubnetGroupName="shop-aurora", DBSubnetGroupDescription="d", SubnetIds=ids)
        rds.create_db_cluster(
            DBClusterIdentifier="shop-aurora",
            Engine="aurora-postgresql",
            EngineVersion=aurora.DEFAULT_VERSION,
            MasterUsername="database_admin",
            ManageMasterUserPassword=True,
            DBSubnetGroupName="shop-aurora",
            ServerlessV2ScalingConfiguration={"MinCapacity": 1, "MaxCapacity": 4},
        )
        for line in (*_lines(RESTORE, "aws", group=group), *_lines(UPGRADE, "aws")):
            _call(client, line)
        (made,) = rds.describe_db_clusters(DBClusterIdentifier="shop-restored")["DBClusters"]
        (instance,) = rds.describe_db_instances(DBInstanceIdentifier="shop-restored-1")["DBInstances"]
        snapshots = rds.describe_db_cluster_snapshots(SnapshotType="manual")["DBClusterSnapshots"]
    assert (made["Engine"], made["EngineVersion"]) == ("aurora-postgresql", aurora.DEFAULT_VERSION)
    assert (instance["DBClusterIdentifier"], instance["DBInstanceClass"]) == ("shop-restored", "db.serverless")
    assert [one["DBClusterSnapshotIdentifier"] for one in snapshots] == ["shop-before-17"]


def _call(client: Any, words: list[str]) -> None:
    """A line of the AWS CLI: boto3 has the same operations, and names and types of their parameters."""
    api = client(words[1])
    (operation,) = [name for name in api.meta.service_model.operation_names if xform_name(name, "-") == words[2]]
    shape = api.meta.service_model.operation_model(operation).input_shape
    members = {f"--{xform_name(name, '-')}": name for name in shape.members}
    given = dict(zip(words[3::2], words[4::2], strict=True))
    assert given.keys() <= members.keys()
    arguments = {members[option]: _typed(shape.members[members[option]], text) for option, text in given.items()}
    getattr(api, xform_name(operation))(**arguments)


def _typed(shape: Shape, text: str) -> Any:
    if isinstance(shape, StructureShape):
        pairs = dict(pair.split("=") for pair in text.split(","))
        return {name: _typed(shape.members[name], value) for name, value in pairs.items()}
    match shape.type_name:
        case "list":
            return text.split()
        case "double":
            return float(text)
        case "integer":
            return int(text)
    return text


def test_the_names_on_both_pages_are_those_of_the_system() -> None:
    data = json.loads((STACKS / "data" / "cdk.tf.json").read_text(encoding="utf-8"))["resource"]
    assert data["aws_rds_cluster"]["main"]["cluster_identifier"] == "shop-aurora"
    assert "terraform import aws_rds_cluster.main shop-aurora" in RESTORE.read_text(encoding="utf-8")
    assert data["aws_db_subnet_group"]["aurora"]["name"] == "shop-aurora"
    assert data["aws_rds_cluster"]["main"]["master_username"] == "database_admin"
    assert data["aws_rds_cluster"]["main"]["allow_major_version_upgrade"] is True


# How a type of the provider begins -> the name of its service on the page; the longest that fits counts.
SERVICES = {
    **dict.fromkeys(("eip", "flow", "internet", "nat", "route", "security", "subnet", "vpc", "default"), "EC2"),
    **dict.fromkeys(("db", "rds"), "RDS"),
    **dict.fromkeys(("lb", "lb_listener"), "Elastic Load Balancing"),
    "acm": "Certificate Manager",
    "athena": "Athena",
    "cloudwatch": "CloudWatch",
    "cloudwatch_log": "CloudWatch Logs",
    "dynamodb": "DynamoDB",
    "ecr": "ECR",
    "eks": "EKS",
    "elasticache": "ElastiCache",
    "glue": "Glue",
    "iam": "IAM",
    "kms": "KMS",
    "redshiftserverless": "Redshift Serverless",
    "route53": "Route 53",
    "s3": "S3",
    "secretsmanager": "Secrets Manager",
    "sesv2": "SES",
    "sns": "SNS",
    "sqs": "SQS",
    "wafv2": "WAF",
}


def test_the_deployers_rights_name_every_service_of_aws_that_a_system_has_resources_of() -> None:
    text = DEPLOYER.read_text(encoding="utf-8")
    files = ROOT.glob("tests/golden/*/generated/stacks/*/cdk.tf.json")
    kinds = {
        kind.removeprefix("aws_")
        for file in files
        for kind in json.loads(file.read_text(encoding="utf-8")).get("resource", {})
        if kind.startswith("aws_")
    }
    assert len(kinds) > 50
    named = {kind: max((start for start in SERVICES if kind.startswith(start)), key=len, default="") for kind in kinds}
    assert {kind for kind, start in named.items() if SERVICES.get(start, "nowhere") not in text} == set()
