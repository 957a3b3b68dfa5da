"""A year of one system, as the real provider does it in an emulated AWS: each change ends in an empty plan.

The tests follow each other in this order; tests/e2e/test_lifecycle.py has changes that need pods.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from ruamel.yaml import YAML

from modules.cli import command_line
from tests.support.deployed_in_passes import Deployed, system
from tests.support.emulator import REGION, emulated_aws
from tests.support.random_specs import System

pytestmark = pytest.mark.nightly(minutes=30)
ACCOUNT = "123456789012"
WORDS = ["sqs", "s3", "dynamodb", "secrets"]


class Year(Deployed):
    """`now` is what services.yaml says at this point of the year."""

    now: System

    def command(self, *words: str) -> int:
        paths = ["--file", str(self.folder / "services.yaml"), "--out", str(self.folder / "generated")]
        with patch.dict(os.environ, self.workspace.environment, clear=True):
            return command_line.main([*words, *paths])

    def change(self) -> list[str]:
        """Deploys what services.yaml says; returns the passes."""
        passes = [*self.deploy(self.now)]
        self.has_nothing_left_to_do()
        return passes

    def read(self) -> None:
        """What a command has written into services.yaml."""
        self.now = YAML(typ="safe").load((self.folder / "services.yaml").read_text())

    @property
    def written(self) -> dict[Path, bytes]:
        """What synth wrote, without what Terraform did."""
        found = (file.relative_to(self.folder) for file in (self.folder / "generated").rglob("*") if file.is_file())
        ours = (file for file in found if not any(part.startswith(".") for part in file.parts))
        return {file: (self.folder / file).read_bytes() for file in ours}

    @property
    def object(self) -> bytes:
        (bucket,) = (name for name in self.buckets if name.startswith("shop-orders"))
        return bytes(self.client("s3").get_object(Bucket=bucket, Key="a")["Body"].read())


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Year]:
    folder = tmp_path_factory.mktemp("year")
    with emulated_aws(folder / "emulator.log") as aws:
        services = {
            "orders": {"path": "/orders", "aws": WORDS},
            "legacy": {"aws": ["sqs"]},
            "basket": {"calls": ["orders"]},
        }
        now = system(services, load_balancer={}, accept=["http-only"])
        year = Year(folder, aws, now, apart=("data",))
        year.now = now
        (bucket,) = (name for name in year.buckets if name.startswith("shop-orders"))
        year.client("s3").put_object(Bucket=bucket, Key="a", Body=b"a")
        yield year


def test_january_a_second_plan_is_empty(year: Year) -> None:
    year.has_nothing_left_to_do()


def test_february_what_would_lose_data_or_the_cluster_is_a_mistake(
    year: Year, capsys: pytest.CaptureFixture[str]
) -> None:
    assert year.synth(year.now) == 0
    before = year.written
    for change, said in (
        ({"zones": ["a", "c"]}, "It is [a, c], and was [a, b] when it was deployed."),
        (
            {"services": {"orders": {"aws": WORDS[1:]}, "legacy": {"aws": ["sqs"]}, "basket": {}}},
            "would lose its queue",
        ),
        ({"services": {"orders": {"aws": WORDS}, "basket": {"calls": ["orders"]}}}, "legacy"),
    ):
        assert year.synth({**year.now, **change}) == 1
        assert said in capsys.readouterr().err
    assert year.written == before
    assert year.synth(year.now) == 0  # for services.yaml


def test_march_a_table_is_adopted_with_its_items(year: Year) -> None:
    dynamodb = year.client("dynamodb")
    dynamodb.create_table(
        TableName="baskets",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "N"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    dynamodb.put_item(TableName="baskets", Item={"id": {"N": "7"}})
    made = dynamodb.describe_table(TableName="baskets")["Table"]["CreationDateTime"]
    assert year.command("adopt", "basket", f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/baskets") == 0
    year.read()
    assert year.now["services"]["basket"]["aws"]["dynamodb"]["adopt"] == {"name": "baskets"}
    year.change()
    assert dynamodb.describe_table(TableName="baskets")["Table"]["CreationDateTime"] == made
    assert dynamodb.scan(TableName="baskets")["Items"] == [{"id": {"N": "7"}}]


def test_may_a_service_gets_a_longer_name_and_gives_up_its_table(year: Year) -> None:
    year.now["services"]["orders-v2"] = {
        "renamed_from": "orders",
        "path": "/orders",
        "aws": [one for one in WORDS if one != "dynamodb"],
    }
    del year.now["services"]["orders"]
    year.now["services"]["basket"]["calls"] = ["orders-v2"]
    year.now["retired"] = {"orders-v2": {"dynamodb": "destroy"}}
    passes = year.change()
    order = [one for one in passes if one.startswith("orders-v2")]
    assert order == [
        "orders-v2 (old and new pods)",
        "orders-v2 (requests to the new pods)",
        "orders-v2 (allow to delete)",
        "orders-v2 (delete stores)",
        "orders-v2",
    ]
    assert year.object == b"a"
    assert "shop-orders" not in year.tables
    assert "shop-orders" in year.queues


def test_july_a_service_goes_and_its_queue_stays(year: Year) -> None:
    year.now["retired"] = {"legacy": {"sqs": "keep", "repository": "destroy"}}
    del year.now["services"]["legacy"]
    year.change()
    assert {"shop-legacy", "shop-legacy-dead-letters"} <= year.queues
    assert "shop-legacy" not in year.groups
    del year.now["retired"]
    year.change()


def test_september_the_team_gets_a_bucket_for_the_states(year: Year) -> None:
    assert year.command("bootstrap", "--yes") == 0
    year.read()
    assert "s3" in year.now["state"]
    year.prepare()
    year.has_nothing_left_to_do()


def test_october_something_is_added_where_the_states_are_in_s3(year: Year) -> None:
    year.now["services"]["mails"] = {"aws": {"sns": {}}, "calls": ["orders-v2"]}
    assert "mails" in year.deploy(year.now)
    year.has_nothing_left_to_do()


def test_november_what_somebody_changed_by_hand_is_seen(year: Year, capsys: pytest.CaptureFixture[str]) -> None:
    url = year.client("sqs").get_queue_url(QueueName="shop-orders")["QueueUrl"]
    assert year.command("drift", "orders-v2") == 0
    year.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "99"})
    assert year.command("drift", "orders-v2") == 2
    assert "shop-orders" in capsys.readouterr().out
    year.workspace.apply("orders-v2")
    assert year.command("drift", "orders-v2") == 0


def test_december_nothing_is_lost(year: Year) -> None:
    assert year.object == b"a"
    assert year.client("dynamodb").scan(TableName="baskets")["Count"] == 1
    assert {"shop-orders", "shop-orders-dead-letters", "shop-legacy", "shop-legacy-dead-letters"} == year.queues
    secrets = year.client("secretsmanager").list_secrets()["SecretList"]
    assert [one["Name"] for one in secrets] == ["shop/orders/secrets"]
