"""Each role may do what services.yaml declares and nothing else: evaluated on the JSON, held against the file."""

import copy
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given
from ruamel.yaml import YAML

from modules.checks.check import check
from modules.paths import ROOT
from modules.synth.build import build
from tests.support import random_specs
from tests.support.access_matrix import Matrix
from tests.support.built_files import Built, stack
from tests.support.random_specs import System
from tests.support.run_synth import shipped
from tests.support.tiers import sampled
from tests.synth.conftest import spec_of
from tests.unit.conftest import TODAY

EVERYTHING = ROOT / "examples" / "everything" / "services.yaml"
Stacks = dict[str, Any]
Change = Callable[[Stacks], object]


def _stacks(built: Built) -> Stacks:
    return {name: stack(built, name) for name in json.loads(built["manifest.json"])["stacks"]}


def _differences(system: System, stacks: Stacks) -> tuple[list[str], list[str]]:
    """What is allowed and not declared, and the reverse. Prints how many calls of each are allowed and denied."""
    matrix = Matrix(system, stacks)
    counts, found = matrix.evaluated()
    for name, count in counts.items():
        print(f"{name:34} {count['allowed']:5} allowed {count['denied']:7} denied")
    total = sum(counts.values(), Counter[str]())
    size = f"{len(counts)} callers, {len(matrix.columns)} columns"
    print(f"{size}: {total['allowed']} calls allowed, {total['denied']} denied")
    if system["services"]:
        assert [name for name, count in counts.items() if not count["denied"]] == [], "nothing was denied to them"
    declared = matrix.declared()
    return matrix.said(found - declared), matrix.said(declared - found)


def test_roles_of_the_shipped_system_may_do_what_is_declared_and_nothing_else(built: Built) -> None:
    assert _differences(shipped(), _stacks(built)) == ([], [])


@pytest.fixture(scope="module")
def everything() -> tuple[System, Stacks]:
    """The example with every key: shared stores, subscriptions, secrets made elsewhere, what was there before."""
    result = check(EVERYTHING, TODAY)
    assert result.spec is not None
    return dict(YAML(typ="safe").load(EVERYTHING.read_text(encoding="utf-8"))), _stacks(build(result.spec))


def test_roles_of_the_system_with_every_key_may_do_what_is_declared_and_nothing_else(
    everything: tuple[System, Stacks],
) -> None:
    assert _differences(*everything) == ([], [])


def test_each_call_takes_the_private_endpoint_of_its_own_service(tmp_path: Path) -> None:
    """A warehouse is called by two names, of which one has an endpoint here."""
    none = dict.fromkeys(("database", "cache", "load_balancer"), "none")
    service = {"image": "v1", "aws": ["redshift"]}
    network = {"endpoints": ["secretsmanager", "redshift-data"]}
    system = {"project": "shop", "region": "eu-west-1", **none, "network": network, "services": {"web": service}}
    assert _differences(system, _stacks(build(spec_of(system, tmp_path)))) == ([], [])


# Without shrinking: each example is a build.
@sampled(
    minutes=15,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(random_specs.valid())
def test_roles_of_any_system_may_do_what_its_file_declares(tmp_path: Path, system: System) -> None:
    stacks = _stacks(build(spec_of(system, tmp_path)))
    assert _differences(system, stacks) == ([], [])


def _statement(stacks: Stacks, name: str, document: str, sid: str) -> dict[str, Any]:
    found = stacks[name]["data"]["aws_iam_policy_document"][document]["statement"]
    (one,) = (statement for statement in found if statement["sid"] == sid)
    block: dict[str, Any] = one
    return block


def _changed(name: str, document: str, sid: str, **arguments: Any) -> Change:
    return lambda stacks: _statement(stacks, name, document, sid).update(arguments)


def _without(name: str, document: str, sid: str) -> Change:
    def change(stacks: Stacks) -> None:
        found = stacks[name]["data"]["aws_iam_policy_document"][document]
        found["statement"] = [one for one in found["statement"] if one["sid"] != sid]

    return change


ANYBODY = [{"type": "*", "identifiers": ["*"]}]
STORE = "${data.terraform_remote_state.store.outputs.%s}"
# A fault in one policy of the system with every key -> one of the calls that it adds or takes away.
FAULTS: dict[str, tuple[Change, str]] = {
    "another's queue": (
        _changed("mails", "mails_permissions", "Queue", resources=[STORE % "queue_arn"]),
        "+ mails: sqs:ReceiveMessage on queue of store ",
    ),
    "a wildcard in a name": (
        _changed("store", "store_permissions", "Table", resources=["arn:aws:dynamodb:us-east-1:111122223333:table/*"]),
        "+ store: dynamodb:DeleteItem on table of inherited ",
    ),
    "a wildcard in an action": (
        _changed("reports", "reports_permissions", "Table", actions=["dynamodb:*"]),
        "+ reports: dynamodb:DeleteTable on table of store ",
    ),
    "a key by whatever service": (
        _changed("thumbnails", "thumbnails_permissions", "BucketKey", condition=[]),
        "+ thumbnails: kms:Decrypt on stores key by dynamodb of store ",
    ),
    "a bucket for anybody": (
        _changed("store", "store_bucket", "OnlyByTls", effect="Allow", actions=["s3:GetObject"], condition=[]),
        "+ nobody: s3:GetObject on objects of store ",
    ),
    "a store without TLS": (
        _without("store", "store_queue", "OnlyByTls"),
        "+ store: sqs:SendMessage on queue without TLS of store ",
    ),
    "a key for another account": (
        _changed("store", "store_key", "Account", principals=ANYBODY, condition=[]),
        "+ another account: kms:Decrypt on key of store ",
    ),
    "messages of any topic": (
        _changed("mails", "mails_queue", "Deliveries", condition=[]),
        "+ topic alarms: sqs:SendMessage on queue of mails ",
    ),
    "mail of another": (
        _changed("mails", "mails_permissions", "Mail", condition=[]),
        "+ mails: ses:SendEmail on mail of store ",
    ),
    "metrics of another": (
        _changed("store", "store_permissions", "Metrics", condition=[]),
        "+ store: cloudwatch:PutMetricData on metrics of somebody ",
    ),
    "a role for every pod": (
        _changed("store", "store_trust", "ServiceAccount", condition=[]),
        "+ pods of mails: sts:AssumeRoleWithWebIdentity on role to assume of store ",
    ),
    "a role to pass": (
        _changed("store", "store_permissions", "ListZones", actions=["route53:ListHostedZones", "iam:PassRole"]),
        "+ store: iam:PassRole on role of mails ",
    ),
    "any key with any secret": (
        _changed("store", "store_permissions", "SecretValueKeysElsewhere", condition=[]),
        "+ store: kms:Decrypt on stores key by secretsmanager of mails ",
    ),
    "a platform's role in data": (
        _changed("platform", "keda_permissions", "Queues", resources=["*"], actions=["sqs:ReceiveMessage"]),
        "+ keda: sqs:ReceiveMessage on queue of store ",
    ),
    "a permission that is missing": (
        _without("reports", "reports_permissions", "Topic"),
        "- reports: sns:Publish on topic of store ",
    ),
    "an endpoint that stops its own": (
        _changed("network", "sqs_endpoint", "OwnAccount", actions=["sqs:ReceiveMessage"]),
        "- store: sqs:SendMessage on queue of store ",
    ),
    "a topic that can't deliver": (
        _without("mails", "mails_stores_key", "Deliveries"),
        "- topic of store: kms:GenerateDataKey on stores key of mails ",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_a_policy_is_a_call_too_much_or_too_little(everything: tuple[System, Stacks], fault: str) -> None:
    system, stacks = everything[0], copy.deepcopy(everything[1])
    change, expected = FAULTS[fault]
    change(stacks)
    matrix = Matrix(system, stacks)
    row = expected[2:].partition(":")[0]
    found, declared = matrix.evaluated({row})[1], {one for one in matrix.declared() if one.row == row}
    said = [
        *(f"+ {one}" for one in matrix.said(found - declared)),
        *(f"- {one}" for one in matrix.said(declared - found)),
    ]
    assert [one for one in said if one.startswith(expected)], said[:20]
