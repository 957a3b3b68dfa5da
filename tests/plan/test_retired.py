"""What is retired goes, or stays, as the real provider does it in an emulated AWS, in the passes of `make deploy`."""

import json
import os
import subprocess
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from modules.checks.check import check
from modules.cli import command_line
from modules.deploy import passes
from modules.deploy.run import change
from modules.state import applied_stacks
from tests.support.emulator import as_deployer, clients, emulated_aws
from tests.support.random_specs import System, render
from tests.support.terraform_workspace import Workspace
from tests.unit.conftest import TODAY

SECONDS = 900
STATES = "shop-terraform"
LEGACY: dict[str, Any] = {"aws": ["sqs", "s3"]}
ORDERS: dict[str, Any] = {"calls": ["legacy"], "aws": ["sqs", "s3", "dynamodb"]}


def system(services: System, **more: Any) -> System:
    """Small, and protected."""
    return {
        "project": "shop",
        "region": "eu-west-1",
        "zones": ["a", "b"],
        "load_balancer": "none",
        "network": {"nat_gateways": "single", "endpoints": ["s3"]},
        **more,
        "services": services,
    }


class Deployed:
    """A system that is applied, but for some stacks that no other of it needs; with its states in S3, or here."""

    def __init__(
        self, folder: Path, aws: dict[str, str], first_system: System, *, apart: Collection[str], in_s3: bool = False
    ) -> None:
        self.folder, self.client = folder / "terraform", clients(aws)
        self.apart, self.in_s3 = apart, in_s3
        self.folder.mkdir()
        if in_s3:
            place = {"LocationConstraint": "eu-west-1"}
            self.client("s3").create_bucket(Bucket=STATES, CreateBucketConfiguration=place)
        first = folder / "first" / "generated"
        assert self.synth(first_system, first) == 0
        self.workspace = Workspace(first, self.folder, as_deployer(aws) | {"AWS_S3_USE_PATH_STYLE": "true"})
        self.prepare()
        for stack in self.stacks:
            self.workspace.apply(stack)

    @property
    def stacks(self) -> list[str]:
        return [stack for stack in self.workspace.stacks if stack not in self.apart]

    def synth(self, edited: System, out: Path | None = None, never_applied: tuple[str, ...] = ()) -> int:
        file = self.folder / "services.yaml"
        state = {"state": {"s3": {"bucket": STATES}}} if self.in_s3 else {}
        file.write_text(render(edited | state), encoding="utf-8")
        vouched = [f"--never-applied={stack}" for stack in never_applied]
        return command_line.main(["--file", str(file), "--out", str(out or self.folder / "generated"), *vouched])

    def prepare(self) -> None:
        self.workspace.read()
        for stack in self.stacks:
            self.workspace.init(stack)

    def deploy(self, edited: System) -> list[str]:
        """Writes generated/ and runs the passes as the commands for Terraform alone; returns what they are called."""
        assert self.synth(edited) == 0
        self.prepare()
        spec = check(self.folder / "services.yaml", TODAY).spec
        assert spec
        stacks = applied_stacks.read(self.folder / "generated")
        with patch.dict(os.environ, self.workspace.environment, clear=True):  # states in S3 are pulled
            changed = change(stacks, spec, self.folder / "generated")
        found = passes.passes(changed, [stack for stack in stacks.values() if stack.name not in self.apart])
        for one in found:
            for line in passes.commands(one, os.path.relpath(one.stack.folder, self.folder)):
                self.shell(line)
        return [passes.text(one) for one in found]

    def shell(self, line: str) -> None:
        done = subprocess.run(
            line,
            shell=True,
            cwd=self.folder,
            env=self.workspace.environment | {"TF_CLI_ARGS_apply": "-auto-approve"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}"

    def has_nothing_left_to_do(self) -> None:
        for stack in self.stacks:
            plan = self.workspace.plan(stack)
            assert plan.code == 0, plan.text

    @property
    def queues(self) -> set[str]:
        urls = self.client("sqs").list_queues().get("QueueUrls", [])
        return {url.rpartition("/")[2] for url in urls}

    @property
    def buckets(self) -> set[str]:
        return {bucket["Name"] for bucket in self.client("s3").list_buckets()["Buckets"]}

    @property
    def tables(self) -> list[str]:
        return list(self.client("dynamodb").list_tables()["TableNames"])

    def key(self, alias: str) -> str:
        return str(self.client("kms").describe_key(KeyId=f"alias/{alias}")["KeyMetadata"]["KeyState"])

    @property
    def groups(self) -> set[str]:
        return {group["GroupName"] for group in self.client("ec2").describe_security_groups()["SecurityGroups"]}


@pytest.fixture(scope="module", params=["local", pytest.param("s3", marks=pytest.mark.nightly(minutes=1.5))])
def deployed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    folder = tmp_path_factory.mktemp("retired")
    with emulated_aws(folder / "emulator.log") as aws:
        first = system({"legacy": LEGACY, "orders": ORDERS})
        yield Deployed(folder, aws, first, apart=("data",), in_s3=request.param == "s3")


@pytest.fixture(scope="module")
def words_retired(deployed: Deployed) -> list[str]:
    """orders keeps its queue, and gives up a bucket with an object in it and a protected table."""
    (bucket,) = (name for name in deployed.buckets if name.startswith("shop-orders"))
    deployed.client("s3").put_object(Bucket=bucket, Key="a", Body=b"a")
    ways = {"orders": {"sqs": "keep", "s3": "destroy", "dynamodb": "destroy"}}
    return deployed.deploy(system({"legacy": LEGACY, "orders": {"calls": ["legacy"]}}, retired=ways))


@pytest.fixture(scope="module")
def service_retired(deployed: Deployed, words_retired: list[str]) -> list[str]:
    """legacy goes, whose group a rule of orders names; its queue is kept, and its bucket is not."""
    ways = {"orders": {"sqs": "keep"}, "legacy": {"sqs": "keep", "all": "destroy"}}
    return deployed.deploy(system({"orders": {}}, retired=ways))


def test_words_that_hold_data_do_not_go_without_retired(deployed: Deployed, capsys: pytest.CaptureFixture[str]) -> None:
    assert deployed.synth(system({"legacy": LEGACY, "orders": {"calls": ["legacy"]}})) == 1
    said = capsys.readouterr().err
    for word in ("sqs", "s3", "dynamodb"):
        state = "may be applied" if deployed.in_s3 else "is applied"
        assert f'"{word}" is gone, and with it the stack orders, which {state}, would lose its ' in said


def test_a_kept_queue_stays_with_what_belongs_to_it_and_the_others_go(
    deployed: Deployed, words_retired: list[str]
) -> None:
    assert "orders (allow to delete)" in words_retired
    assert {"shop-orders", "shop-orders-dead-letters"} <= deployed.queues
    assert deployed.tables == []
    assert not [name for name in deployed.buckets if name.startswith("shop-orders")]
    url = deployed.client("sqs").get_queue_url(QueueName="shop-orders-dead-letters")["QueueUrl"]
    attributes = deployed.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert {"Policy", "RedriveAllowPolicy", "KmsMasterKeyId"} <= attributes.keys()
    deployed.has_nothing_left_to_do()


def test_a_service_goes_before_what_the_platform_has_for_it(deployed: Deployed, service_retired: list[str]) -> None:
    assert service_retired[:2] == ["legacy (allow to delete)", "legacy"]
    assert service_retired.index("orders") < service_retired.index("cluster")
    assert service_retired[-1] == "cluster"
    assert "shop-legacy" not in deployed.groups
    assert [one for one in deployed.workspace.state_list("legacy") if not one.startswith("data.")] == []
    deployed.has_nothing_left_to_do()


def test_the_kept_queue_of_a_service_that_went_keeps_its_key(deployed: Deployed, service_retired: list[str]) -> None:
    assert {"shop-legacy", "shop-legacy-dead-letters"} <= deployed.queues
    assert deployed.key("shop-legacy-stores") == "Enabled"
    assert not [name for name in deployed.buckets if name.startswith("shop-legacy")]


def test_the_entry_may_go_then_and_nothing_is_left_to_do(
    deployed: Deployed, service_retired: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """A state in S3 is not believed to be empty: somebody has to say so."""
    if deployed.in_s3:
        assert deployed.synth(system({"orders": {}})) == 1
        said = capsys.readouterr().err
        assert "The stack legacy would be removed from generated/, but its state can't be read here: " in said
        assert "main.py --never-applied legacy" in said
    vouched = ("legacy", "orders") if deployed.in_s3 else ()
    assert deployed.synth(system({"orders": {}}), never_applied=vouched) == 0
    assert not (deployed.folder / "generated" / "stacks" / "legacy" / "cdk.tf.json").exists()
    deployed.prepare()
    deployed.has_nothing_left_to_do()
    assert {"shop-orders", "shop-legacy"} <= deployed.queues
    assert json.loads((deployed.folder / "generated" / "manifest.json").read_text())["stacks"].keys() == {
        "network",
        "cluster",
        "data",
        "platform",
        "orders",
    }
