"""IAM's answer to a call, as the pages of AWS's guide say it; tests/lint compares it with an independent evaluator."""

from typing import Any

import pytest

from modules.iam.conditions import met
from modules.iam.evaluation import Call, Caller, Policies, allowed, allows

ROLE = Caller("AWS", "arn:aws:iam::111122223333:role/orders")
QUEUE = "arn:aws:sqs:eu-west-1:111122223333:orders"
SEND = "sqs:SendMessage"


def _policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Statement": [{"Effect": "Allow", "Action": SEND, "Resource": QUEUE} | one for one in statements]}


@pytest.mark.parametrize(
    ("test", "wanted", "seen", "holds"),
    [
        ("StringEquals", "a", "a", True),
        ("StringEquals", ["a", "b"], "b", True),
        ("StringEquals", "A", "a", False),
        ("StringEquals", "a*", "ab", False),
        ("StringEquals", "a", None, False),
        ("StringEqualsIfExists", "a", None, True),
        ("StringEqualsIgnoreCase", "A", "a", True),
        ("StringNotEquals", ["a", "b"], "b", False),
        ("StringNotEquals", "a", None, True),
        ("StringLike", "a*d?", "abcde", True),
        ("StringLike", "a?", "a", False),
        ("StringLike", "${aws:userid}/*", "AROA:pod/a", True),
        ("StringNotLike", "a*", "b", True),
        ("ArnLike", "arn:aws:sns:*:111122223333:shop-*", "arn:aws:sns:eu-west-1:111122223333:shop-orders", True),
        ("ArnEquals", "arn:aws:sns:*:shop", "arn:aws:sns:eu-west-1:111122223333:shop", False),
        ("ArnNotLike", "arn:aws:sns:*:*:a", "arn:aws:sns:eu-west-1:111122223333:b", True),
        ("Bool", "false", "false", True),
        ("Bool", "true", "false", False),
        ("NumericLessThan", "10", "9", True),
        ("NumericGreaterThanEquals", "10", "9", False),
        ("DateLessThan", "2026-11-27T00:00:00Z", "2026-11-26T00:00:00Z", True),
        ("IpAddress", "10.0.0.0/16", "10.0.3.4", True),
        ("NotIpAddress", "10.0.0.0/16", "10.0.3.4", False),
        ("Null", "true", None, True),
        ("Null", "false", None, False),
        ("ForAllValues:StringEquals", ["a", "b"], ["a", "b"], True),
        ("ForAllValues:StringEquals", ["a", "b"], ["a", "c"], False),
        ("ForAllValues:StringEquals", "a", None, True),
        ("ForAnyValue:StringEquals", ["a", "b"], ["a", "c"], True),
        ("ForAnyValue:StringNotEquals", "a", None, False),
    ],
)
def test_a_condition_holds_as_its_operator_says(test: str, wanted: Any, seen: Any, *, holds: bool) -> None:
    context = {"aws:userid": "AROA:pod"} | ({} if seen is None else {"Key": seen})
    assert met({test: {"key": wanted}}, context) is holds


def test_an_operator_that_iam_does_not_have_is_no_condition_that_holds() -> None:
    with pytest.raises(KeyError, match="StringIs"):
        met({"StringIs": {"key": "a"}}, {"key": "a"})


def test_all_conditions_have_to_hold_and_one_denial_is_enough() -> None:
    tls = {"Condition": {"Bool": {"aws:SecureTransport": "true"}, "StringEquals": {"aws:PrincipalAccount": "1"}}}
    assert allows([_policy(tls)], Call(SEND, QUEUE, {"aws:SecureTransport": "true", "aws:PrincipalAccount": "1"}))
    assert not allows([_policy(tls)], Call(SEND, QUEUE, {"aws:SecureTransport": "true"}))
    assert not allows([_policy({}), _policy({"Effect": "Deny", "Action": "sqs:*"})], Call(SEND, QUEUE))
    assert not allows([_policy({})], Call("sqs:sendmessagebatch", QUEUE))
    assert allows([_policy({})], Call("SQS:sendMessage", QUEUE))


def test_all_but_some_actions_and_resources() -> None:
    some = {"Effect": "Allow", "NotAction": "iam:*", "NotResource": QUEUE}
    assert allows([{"Statement": some}], Call(SEND, f"{QUEUE}-2"))
    assert not allows([{"Statement": some}], Call(SEND, QUEUE))
    assert not allows([{"Statement": some}], Call("iam:PassRole", f"{QUEUE}-2"))


def _may(policies: Policies, caller: Caller | None = ROLE) -> bool:
    return bool(allowed(caller, policies, QUEUE, {}, [SEND]))


def test_within_an_account_the_policy_of_the_role_or_of_the_resource_is_enough() -> None:
    named = _policy({"Principal": {"AWS": ROLE.name}})
    account = _policy({"Principal": {"AWS": "arn:aws:iam::111122223333:root"}})
    assert _may(Policies((_policy({}),)))
    assert _may(Policies(resource=named))
    assert not _may(Policies(resource=account)), "its own policy has to allow it too"
    assert _may(Policies(resource=_policy({"Principal": "*"})), None)
    assert not _may(Policies((_policy({}),), _policy({"Effect": "Deny", "Principal": "*"})))


def test_a_key_or_a_trust_policy_has_to_allow_the_call_in_any_case() -> None:
    account = _policy({"Principal": {"AWS": "111122223333"}})
    other = _policy({"Principal": {"AWS": "arn:aws:iam::444455556666:root"}})
    assert _may(Policies((_policy({}),), account, asks_resource=True))
    assert not _may(Policies((_policy({}),), other, asks_resource=True))
    assert not _may(Policies((), account, asks_resource=True))
    assert _may(Policies((), _policy({"Principal": {"AWS": ROLE.name}}), asks_resource=True))


def test_from_another_account_both_have_to_allow_it() -> None:
    theirs = Caller("AWS", "arn:aws:iam::444455556666:role/any")
    account = _policy({"Principal": {"AWS": "arn:aws:iam::444455556666:root"}})
    assert _may(Policies((_policy({}),), account, is_ours=False), theirs)
    assert not _may(Policies((), account, is_ours=False), theirs)
    assert not _may(Policies((_policy({}),), is_ours=False), theirs)


def test_an_endpoint_only_narrows() -> None:
    anybody = {"Principal": "*"}
    assert _may(Policies((_policy({}),), endpoint=_policy(anybody)))
    assert not _may(Policies((_policy({}),), endpoint=_policy(anybody | {"Action": "sqs:ReceiveMessage"})))
    assert not _may(Policies(endpoint=_policy(anybody)))


def test_an_aws_service_is_allowed_by_the_resource_alone() -> None:
    topic = Caller("Service", "sns.amazonaws.com")
    assert _may(Policies(resource=_policy({"Principal": {"Service": "sns.amazonaws.com"}})), topic)
    assert not _may(Policies(resource=_policy({"Principal": {"Service": "events.amazonaws.com"}})), topic)
