"""Who gains and loses what between two versions of generated/: what is allowed counts, and not how it is written."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from modules.checks.rules.accepted import accepted_escalations_are_there
from modules.cli.access import ESCALATES, accepted_by, page, unneeded
from modules.plan.access_lines import AccessLines
from modules.plan.page import CHANGES, NOTHING
from modules.spec.document import Document
from modules.spec.parse import parse

Stacks = dict[str, Any]
QUEUE, KEY = "${aws_sqs_queue.orders.arn}", "${aws_kms_key.orders.arn}"
OTHER = "${data.terraform_remote_state.mails.outputs.queue_arn}"
EVERY_QUEUE = "arn:aws:sqs:eu-west-1:111122223333:shop-*"
BOTH = "Role shop-orders may now: sqs:ReceiveMessage, sqs:SendMessage on"
DECRYPT = "Role shop-orders may now: kms:Decrypt on `aws_kms_key.orders` in orders"
VIA = {"test": "StringEquals", "variable": "kms:ViaService", "values": ["sqs.eu-west-1.amazonaws.com"]}
TLS = {"test": "Bool", "variable": "aws:SecureTransport", "values": ["false"]}


def _statement(actions: list[str], *resources: str, **more: Any) -> dict[str, Any]:
    return {"sid": "A", "actions": actions, "resources": list(resources), **more}


def _stacks() -> Stacks:
    documents = {
        "orders": {
            "statement": [
                _statement(["sqs:SendMessage", "sqs:ReceiveMessage"], QUEUE),
                _statement(["kms:Decrypt"], KEY, condition=[VIA]),
            ]
        },
        "queue": {
            "statement": [
                _statement(
                    ["sqs:*"], QUEUE, effect="Deny", principals=[{"type": "*", "identifiers": ["*"]}], condition=[TLS]
                )
            ]
        },
    }
    rule = {
        "security_group_id": "${aws_security_group.orders.id}",
        "ip_protocol": "tcp",
        "from_port": 443,
        "to_port": 443,
    }
    orders = {
        "provider": {"aws": [{"region": "eu-west-1"}]},
        "terraform": {"backend": {"local": {"path": "orders.tfstate"}}},
        "data": {
            "aws_iam_policy_document": documents,
            "terraform_remote_state": {"mails": {"config": {"path": "mails.tfstate"}}},
        },
        "resource": {
            "aws_iam_role": {"orders": {"name": "shop-orders"}},
            "aws_iam_role_policy": {
                "orders": {
                    "role": "${aws_iam_role.orders.name}",
                    "policy": "${data.aws_iam_policy_document.orders.json}",
                }
            },
            "aws_sqs_queue": {"orders": {"name": "shop-orders"}},
            "aws_sqs_queue_policy": {
                "orders": {
                    "queue_url": "${aws_sqs_queue.orders.url}",
                    "policy": "${data.aws_iam_policy_document.queue.json}",
                }
            },
            "aws_kms_key": {"orders": {}},
            "aws_security_group": {"orders": {"name": "shop-orders"}},
            "aws_vpc_security_group_egress_rule": {"aws": rule | {"cidr_ipv4": "10.0.0.0/16"}},
        },
    }
    mails = {
        "provider": {"aws": [{"region": "eu-west-1"}]},
        "terraform": {"backend": {"local": {"path": "mails.tfstate"}}},
        "resource": {"aws_sqs_queue": {"mails": {"name": "shop-mails"}}},
        "output": {"queue_arn": {"value": "${aws_sqs_queue.mails.arn}"}},
    }
    return {"orders": orders, "mails": mails}


def _own(stacks: Stacks, name: str = "orders") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = stacks["orders"]["data"]["aws_iam_policy_document"][name]["statement"]
    return found


def _lines(change: Callable[[Stacks], object], *, reverse: bool = False) -> AccessLines:
    before, after = _stacks(), _stacks()
    change(after)
    return AccessLines(after, before) if reverse else AccessLines(before, after)


def _said(lines: AccessLines) -> list[str]:
    return [f"{one.who}: {one.text}" for one in lines.gained]


def _rewritten(stacks: Stacks) -> None:
    """Renamed, split, in another order, with a wildcard for all that it had, and a rule that others cover."""
    send, key = _own(stacks)
    stacks["orders"]["data"]["aws_iam_policy_document"]["orders"]["statement"] = [
        key | {"sid": "Renamed"},
        _statement(["sqs:ReceiveMessage", "sqs:Receive*"], QUEUE),
        send | {"actions": ["sqs:SendMessage"]},
    ]
    rules = stacks["orders"]["resource"]["aws_vpc_security_group_egress_rule"]
    rules["more"] = rules["aws"] | {"cidr_ipv4": "10.0.4.0/24"}


def test_what_is_written_otherwise_and_allows_the_same_says_nothing() -> None:
    for reverse in (False, True):
        lines = _lines(_rewritten, reverse=reverse)
        assert (_said(lines), lines.lost, lines.escalations) == ([], [], [])
        assert page(lines, lambda line: False).code == NOTHING
        assert page(lines, lambda line: False).headline == "Nobody gains or loses anything."


GAINS: dict[str, tuple[Callable[[Stacks], object], str]] = {
    "an action": (
        lambda stacks: _own(stacks)[0]["actions"].append("sqs:DeleteMessage"),
        "Role shop-orders may now: sqs:DeleteMessage on `aws_sqs_queue.orders` in orders",
    ),
    "another's queue": (
        lambda stacks: _own(stacks)[0]["resources"].append(OTHER),
        "Role shop-orders may now: sqs:ReceiveMessage, sqs:SendMessage on `aws_sqs_queue.mails` in mails",
    ),
    "a wildcard": (
        lambda stacks: _own(stacks)[0].update(resources=[EVERY_QUEUE]),
        f"{BOTH} {EVERY_QUEUE}, which covers `aws_sqs_queue.mails` in mails",
    ),
    "a condition that goes": (
        lambda stacks: _own(stacks)[1].update(condition=[]),
        f"{DECRYPT}, no longer only if kms:ViaService is sqs.eu-west-1.amazonaws.com",
    ),
    "a value of a condition": (
        lambda stacks: _own(stacks)[1].update(
            condition=[VIA | {"values": [*VIA["values"], "sns.eu-west-1.amazonaws.com"]}]
        ),
        f"{DECRYPT}, if kms:ViaService is sns.eu-west-1.amazonaws.com or sqs.eu-west-1.amazonaws.com",
    ),
    "no denial": (
        lambda stacks: _own(stacks, "queue").pop(),
        f"{BOTH} `aws_sqs_queue.orders` in orders, also if aws:SecureTransport is false",
    ),
    "anybody": (
        lambda stacks: _own(stacks, "queue").append(
            _statement(["sqs:SendMessage"], QUEUE, principals=[{"type": "AWS", "identifiers": ["*"]}])
        ),
        "Anybody may now: sqs:SendMessage on `aws_sqs_queue.orders` in orders",
    ),
    "another account": (
        lambda stacks: _own(stacks, "queue").append(
            _statement(["sqs:SendMessage"], QUEUE, principals=[{"type": "AWS", "identifiers": ["444455556666"]}])
        ),
        "Account 444455556666 may now: sqs:SendMessage on `aws_sqs_queue.orders` in orders",
    ),
    "a policy of AWS": (
        lambda stacks: stacks["orders"]["resource"].update(
            aws_iam_role_policy_attachment={
                "a": {"role": "${aws_iam_role.orders.name}", "policy_arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}
            }
        ),
        "shop-orders now has the policy: ReadOnlyAccess",
    ),
    "ports": (
        lambda stacks: stacks["orders"]["resource"]["aws_vpc_security_group_egress_rule"]["aws"].update(from_port=1),
        "Connections newly admitted: TCP 1 to 443 out of shop-orders to 10.0.0.0/16",
    ),
    "addresses": (
        lambda stacks: stacks["orders"]["resource"]["aws_vpc_security_group_egress_rule"]["aws"].update(
            cidr_ipv4="0.0.0.0/0"
        ),
        "Connections newly admitted: TCP 443 out of shop-orders to 0.0.0.0/0",
    ),
}


@pytest.mark.parametrize("name", GAINS)
def test_what_is_newly_allowed_is_said_with_whom_and_under_which_conditions(name: str) -> None:
    change, expected = GAINS[name]
    lines = _lines(change)
    assert expected in _said(lines)
    assert page(lines, lambda line: False).code == CHANGES
    back = _lines(change, reverse=True)
    assert back.lost
    assert not [one for one in back.gained if one.text in expected]


def test_a_role_that_goes_is_one_line() -> None:
    def remove(stacks: Stacks) -> None:
        del stacks["orders"]["resource"]["aws_iam_role"]
        del stacks["orders"]["resource"]["aws_iam_role_policy"]

    assert [f"{one.who}: {one.text}" for one in _lines(remove).lost] == ["Roles that are gone: Role shop-orders"]


@pytest.mark.parametrize(
    ("actions", "can"),
    [
        (["iam:PassRole"], "hand the roles in `resources` to AWS services, and act as them"),
        (["iam:Pass*"], "hand the roles in `resources` to AWS services, and act as them"),
        (["sts:AssumeRole"], "act as another role"),
        (["kms:CreateGrant"], "let anybody in any account use the keys"),
        (["s3:PutBucketPolicy"], "change who may use these resources, from other accounts too"),
        (["iam:PassRole", "lambda:CreateFunction"], "run its own code with every role that iam:PassRole allows"),
    ],
)
def test_an_escalation_is_first_and_is_accepted_by_name(actions: list[str], can: str) -> None:
    lines = _lines(lambda stacks: _own(stacks).append(_statement(actions, "*")))
    assert any(one.text.startswith(f"Role shop-orders can {can}: ") for one in lines.escalations)
    refused, accepted = page(lines, lambda line: False), page(lines, lambda line: True)
    assert (refused.code, accepted.code) == (ESCALATES, CHANGES)
    assert refused.sections[0].heading == "Escalations, not accepted"
    assert "`accept_escalations: {orders: {iam:PassRole: <ARN>}}`" in refused.sections[0].lines[-1]
    assert accepted.sections[0].heading == "Escalations"


ROLE_A, ROLE_B = (f"arn:aws:iam::111122223333:role/{name}" for name in "ab")


@pytest.mark.parametrize(
    ("service", "action", "resource", "code"),
    [
        ("orders", "iam:PassRole", ROLE_A, CHANGES),
        ("orders", "iam:PassRole", ROLE_B, ESCALATES),  # another resource
        ("orders", "sts:AssumeRole", ROLE_A, ESCALATES),  # another action
        ("mails", "iam:PassRole", ROLE_A, ESCALATES),  # another service
    ],
)
def test_an_accepted_escalation_accepts_no_second_one(service: str, action: str, resource: str, code: int) -> None:
    statement = {"X": {"actions": "iam:PassRole", "resources": ROLE_A}}
    text = {
        "project": "shop",
        "region": "eu-west-1",
        "accept_escalations": {"orders": {"iam:PassRole": ROLE_A}},
        "services": {"orders": {"statements": statement}, "mails": {}},
    }
    spec, problems = parse(Document("services.yaml", text))
    assert problems == []

    def add(stacks: Stacks) -> None:
        stacks["orders"]["resource"]["aws_iam_role"]["orders"]["name"] = f"shop-{service}"
        _own(stacks).append(_statement([action], resource))

    assert page(_lines(add), accepted_by([spec])).code == code


def test_a_role_of_the_platform_is_accepted_by_its_word_and_only_while_it_has_it() -> None:
    text = {"project": "shop", "region": "eu-west-1", "accept_escalations": {"keda": {"iam:PassRole": ROLE_A}}}
    spec, problems = parse(Document("services.yaml", text | {"services": {"orders": {}}}))
    assert problems == []
    assert [*accepted_escalations_are_there(spec)] == []

    def add(stacks: Stacks) -> None:
        stacks["orders"]["resource"]["aws_iam_role"]["orders"]["name"] = "shop-keda"
        _own(stacks).append(_statement(["iam:PassRole"], ROLE_A))

    before, after = _stacks(), _stacks()
    add(after)
    assert page(AccessLines(before, after), accepted_by([spec]), [*unneeded([spec], after)]).code == CHANGES
    found = page(AccessLines(before, before), accepted_by([spec]), [*unneeded([spec], before)])
    assert (found.code, found.sections[0].lines) == (
        ESCALATES,
        [f"`accept_escalations` accepts iam:PassRole on {ROLE_A} of keda, which shop-keda can't do: remove it."],
    )


def test_every_kind_of_principal_of_a_statement_counts() -> None:
    both = [{"type": "Service", "identifiers": ["sns.amazonaws.com"]}, {"type": "AWS", "identifiers": [ROLE_A]}]
    lines = _lines(
        lambda stacks: _own(stacks, "queue").append(_statement(["sqs:SendMessage"], "*") | {"principals": both})
    )
    assert {one.who for one in lines.gained} == {"sns.amazonaws.com may now", "Role a may now"}


def test_an_escalation_that_was_there_before_is_none() -> None:
    before, after = _stacks(), _stacks()
    for stacks in (before, after):
        _own(stacks).append(_statement(["iam:PassRole"], "*"))
    _own(after)[0]["actions"].append("sqs:DeleteMessage")
    lines = AccessLines(before, after)
    assert lines.escalations == []
    assert page(lines, lambda line: False).code == CHANGES


@pytest.mark.parametrize("system", ["architecture", "everything", "existing-network", "environments"])
def test_a_system_against_itself_says_nothing(system: str) -> None:
    files = (Path(__file__).parents[1] / "golden" / system / "generated").glob("stacks/*/cdk.tf.json")
    stacks = {file.parent.name: json.loads(file.read_text(encoding="utf-8")) for file in files}
    lines = AccessLines(stacks, copy.deepcopy(stacks))
    assert (lines.gained, lines.lost, lines.escalations) == ([], [], [])
