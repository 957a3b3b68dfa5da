"""What is retired goes, or stays, as the real provider does it in an emulated AWS, in the passes of `make deploy`."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.deployed_in_passes import Deployed, system
from tests.support.emulator import emulated_aws

LEGACY: dict[str, Any] = {"aws": ["sqs", "s3"]}
ORDERS: dict[str, Any] = {"calls": ["legacy"], "aws": ["sqs", "s3", "dynamodb"]}


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
    return [*deployed.deploy(system({"legacy": LEGACY, "orders": {"calls": ["legacy"]}}, retired=ways))]


@pytest.fixture(scope="module")
def service_retired(deployed: Deployed, words_retired: list[str]) -> list[str]:
    """legacy goes, whose group a rule of orders names; its queue is kept, and its bucket is not."""
    ways = {"orders": {"sqs": "keep"}, "legacy": {"sqs": "keep", "all": "destroy"}}
    return [*deployed.deploy(system({"orders": {}}, retired=ways))]


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
    assert service_retired[:3] == ["legacy (allow to delete)", "legacy (delete stores)", "legacy"]
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
