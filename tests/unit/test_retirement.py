"""`retired:` in services.yaml: its mistakes, and what becomes of stores that it names."""

from typing import Any

import pytest

from modules.design import retirement
from modules.design.retirement import Before, Retirement
from modules.facts.stores import STORES
from modules.spec.model import Spec
from tests.unit.conftest import Check, mistakes

BUCKET: dict[str, dict[str, Any]] = {
    "aws_s3_bucket.orders": {"bucket": "shop-orders-${local.account}", "force_destroy": False},
    "aws_s3_bucket_policy.orders": {"bucket": "${aws_s3_bucket.orders.id}", "depends_on": ["aws_s3_bucket.orders"]},
    "aws_s3_bucket_policy.orders_results": {"bucket": "${aws_s3_bucket.orders_results.id}"},
    "aws_s3_bucket.orders_results": {"bucket": "results", "force_destroy": True},
}
QUEUES = {
    "aws_sqs_queue.orders_queue": {"name": "orders", "redrive_policy": "${aws_sqs_queue.orders_dead_letters.arn}"},
    "aws_sqs_queue.orders_dead_letters": {"name": "dead"},
    "aws_sqs_queue_redrive_allow_policy.orders_dead_letters": {"queue_url": "${aws_sqs_queue.orders_dead_letters.url}"},
    "aws_sns_topic_subscription.orders_sales": {"endpoint": "${aws_sqs_queue.orders_queue.arn}"},
}
KEY = {
    "aws_kms_key.orders_stores": {"description": "Data at rest of orders"},
    "aws_kms_alias.orders_stores": {"target_key_id": "${aws_kms_key.orders_stores.key_id}"},
}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "retired: {a: {sqss: keep}}\n",
            '4 retired.a.sqss\n  "sqss" is not a valid key.\n  Did you mean "sqs"?',
        ),
        (
            "retired: {a: {sqs: kept}}\n",
            '4 retired.a.sqs\n  "kept" is not a valid value.\n  Did you mean "keep"?',
        ),
        (
            "retired: {web: destroy}\n",
            (
                "4 retired.web\n  web is still a service, so its repository and its stack stay. (see line 6)\n"
                "  Name words that are gone from its aws:, such as `web: {sqs: keep}`; or remove its block."
            ),
        ),
        (
            "retired: {web: {s3: keep}}\n",
            (
                "4 retired.web.s3\n  s3 is still under aws: of web, and its data is not retired. (see line 6)\n"
                "  Remove it there, or here."
            ),
        ),
        (
            "retired: {aurora: destroy}\n",
            (
                "4 retired.aurora\n  The system still has Aurora, and its data is not retired.\n"
                "  Write `database: none`, or remove this."
            ),
        ),
        (
            "cache: none\nretired: {redis: keep}\n",
            (
                "5 retired.redis\n  Redis can't be kept without what it runs on: network, security group and key.\n"
                "  Write `redis: destroy`, or leave out `cache: none`. "
                "A snapshot of it can be kept: make it in AWS."
            ),
        ),
        (
            "retired: {network: destroy}\n",
            '4 retired.network\n  "network" is reserved by the platform, AWS, Kubernetes or YAML.\n  Use another name.',
        ),
    ],
)
def test_a_mistake_has_line_path_and_next_step(system: Check, text: str, said: str) -> None:
    assert mistakes(system("web: {aws: [s3]}", text)) == f"services.yaml:{said}"


def retired(system: Check, ways: str, resources: dict[str, Any], kept: tuple[str, ...] = ()) -> Retirement:
    spec = system("web: {}", f"retired: {{orders: {ways}}}\n").spec
    assert isinstance(spec, Spec)
    return retirement.of(spec, "orders", Before(resources, {}, kept), ())


def kept(found: Retirement) -> list[str]:
    return [one.address for one in found.kept]


def test_a_bucket_is_kept_with_what_belongs_to_it_and_the_results_of_queries_are_not(system: Check) -> None:
    assert kept(retired(system, "{s3: keep}", BUCKET)) == ["aws_s3_bucket.orders", "aws_s3_bucket_policy.orders"]


def test_queues_are_kept_with_their_key_and_its_alias_and_without_the_subscription(system: Check) -> None:
    found = retired(system, "{sqs: keep, all: destroy}", QUEUES | KEY)
    assert kept(found) == [
        "aws_kms_alias.orders_stores",
        "aws_kms_key.orders_stores",
        "aws_sqs_queue.orders_dead_letters",
        "aws_sqs_queue.orders_queue",
        "aws_sqs_queue_redrive_allow_policy.orders_dead_letters",
    ]


def test_the_key_goes_with_the_last_store_that_it_encrypts(system: Check) -> None:
    found = retired(system, "destroy", QUEUES | KEY)
    assert kept(found) == []
    assert "aws_kms_key.orders_stores" in found.named


def test_what_was_kept_earlier_keeps_its_key_when_the_service_itself_goes(system: Check) -> None:
    earlier = ("aws_sqs_queue.orders_queue",)
    found = retired(system, "{sqs: keep, all: destroy}", KEY, earlier)
    assert kept(found) == ["aws_kms_alias.orders_stores", "aws_kms_key.orders_stores", *earlier]


def test_what_is_not_named_is_not_named(system: Check) -> None:
    assert list(retired(system, "{sqs: keep}", BUCKET).named) == []


def test_a_bucket_that_is_destroyed_may_first_be_deleted_with_its_objects_and_nothing_else_changes(
    system: Check,
) -> None:
    found = retired(system, "{s3: destroy}", BUCKET)
    assert found.switched == {
        "aws_s3_bucket.orders": {"force_destroy": True, "lifecycle": {"ignore_changes": ["bucket"]}}
    }


@pytest.mark.parametrize("kind", [kind for kind, store in STORES.items() if store.switches])
def test_every_protection_of_aws_is_switched_and_no_reference_stays(kind: str) -> None:
    block = {**dict.fromkeys(STORES[kind].switches, "before"), "name": "a", "key": "${aws_kms_key.a.arn}"}
    switched = dict(retirement.switched(f"{kind}.a", {**block, "lifecycle": {"prevent_destroy": True}}))
    assert switched.pop("lifecycle") == {"ignore_changes": ["key", "name"]}
    wanted = {name: value for name, value in STORES[kind].switches.items() if value is not None}
    assert switched == {"name": "a", **wanted}


def test_a_second_run_writes_the_same_blocks(system: Check) -> None:
    spec = system("web: {}", "retired: {orders: {s3: destroy}}\n").spec
    assert spec
    first = retirement.of(spec, "orders", Before(BUCKET), ())
    assert retirement.of(spec, "orders", Before({}, first.switched), ()).switched == first.switched


SHARED: dict[str, dict[str, Any]] = {
    "aws_rds_cluster.main": {
        "cluster_identifier": "shop-aurora",
        "deletion_protection": True,
        "skip_final_snapshot": False,
        "final_snapshot_identifier": "shop-aurora-final",
        "kms_key_id": "${aws_kms_key.data.arn}",
        "lifecycle": {"prevent_destroy": True},
    },
    "aws_elasticache_replication_group.main": {"replication_group_id": "shop", "final_snapshot_identifier": "shop"},
    "aws_kms_key.data": {"description": "Aurora and Redis of shop"},
    "aws_security_group.aurora": {"name": "shop-aurora"},
}


def shared(system: Check, platform: str, declared: tuple[str, ...]) -> Retirement:
    spec = system(platform=platform).spec
    assert isinstance(spec, Spec)
    return retirement.of(spec, "data", Before(SHARED), declared)


def test_aurora_alone_is_switched_and_the_key_of_redis_stays(system: Check) -> None:
    stays = ("aws_elasticache_replication_group.main", "aws_kms_key.data")
    found = shared(system, "database: none\nretired: {aurora: destroy}\n", stays)
    assert found.named == ["aws_rds_cluster.main"]
    assert found.switched == {
        "aws_rds_cluster.main": {
            "cluster_identifier": "shop-aurora",
            "deletion_protection": False,
            "skip_final_snapshot": True,
            "lifecycle": {"ignore_changes": ["cluster_identifier", "kms_key_id"]},
        }
    }
    assert found.kept == ()


def test_the_key_of_both_goes_with_the_last_of_them(system: Check) -> None:
    platform = "database: none\ncache: none\nretired: {aurora: destroy, redis: destroy}\n"
    found = shared(system, platform, ())
    assert set(found.named) == SHARED.keys() - {"aws_security_group.aurora"}
    assert set(found.switched) == {"aws_rds_cluster.main", "aws_elasticache_replication_group.main"}


def test_what_is_left_out_and_not_retired_is_not_named(system: Check) -> None:
    assert shared(system, "database: none\ncache: none\n", ()) == Retirement()
    found = shared(system, "database: none\ncache: none\nretired: {redis: destroy}\n", ())
    assert "aws_rds_cluster.main" not in found.named
