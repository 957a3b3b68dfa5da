"""What each permission allows, as pure values: nothing on every resource, and less for who reads than who writes."""

import json
import re
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args

import pytest

from modules.checks.rules.permissions import STATEMENTS_LENGTH
from modules.design import cache, service_policy
from modules.facts import vpc
from modules.iam.evaluation import Call, allows
from modules.iam.statement import Condition, Statement, via_service
from modules.iam.unscoped import EXCEPTIONS
from modules.naming import LIMITS, Names
from modules.permissions import KINDS, rds, redis
from modules.permissions.kind import Access, GrantContext, SharedOptions, UserOptions
from modules.permissions.raw import RawStatement
from modules.permissions.rds import RdsOptions
from modules.permissions.ses import MailIdentity
from modules.spec.model import Spec
from tests.support import permission_calls
from tests.support.iam_simulator import as_iam
from tests.support.iam_simulator import grants as allowed
from tests.unit.conftest import Check, mistakes

REGION = "eu-west-1"
SHARED = [word for word, kind in KINDS.items() if issubclass(kind.options, SharedOptions)]
# What a user of a store may do there is the store's to say: tests/charts/test_sql.py and tests/redis.
BY_IAM = [word for word in SHARED if not issubclass(KINDS[word].options, UserOptions)]


def _resource(word: str) -> Any:
    kind = KINDS[word]
    return kind.resource(*(f"<{field.name}>" for field in fields(kind.resource)))


def _grants(word: str, access: Access = "own") -> tuple[Statement, ...]:
    return KINDS[word].grants(_resource(word), GrantContext(access, REGION))


def _actions(word: str, access: Access) -> set[str]:
    return {action for statement in _grants(word, access) for action in statement.actions}


def test_every_file_of_a_kind_is_listed_under_its_word() -> None:
    files = Path(__file__).parents[2].joinpath("modules", "permissions").glob("*.py")
    with_kind = {file.stem for file in files if "\nKIND = PermissionKind(" in file.read_text(encoding="utf-8")}
    assert with_kind == set(KINDS)
    assert all(word == kind.word for word, kind in KINDS.items())


@pytest.mark.parametrize("word", KINDS)
@pytest.mark.parametrize("access", get_args(Access))
def test_no_statement_is_on_every_resource_but_for_the_listed_exceptions(word: str, access: Access) -> None:
    for statement in _grants(word, access):
        assert statement.effect == "Allow"
        assert not any("*" in action for action in statement.actions)
        if "*" in statement.resources:
            assert statement.resources == ("*",)
            bound = {(exception.actions, (exception.variable,)) for exception in EXCEPTIONS}
            assert (statement.actions, tuple(one.variable for one in statement.conditions)) in bound


@pytest.mark.parametrize("word", KINDS)
def test_every_arn_is_one_of_the_resource_and_every_value_of_the_resource_is_used(word: str) -> None:
    own = {field.name for field in fields(KINDS[word].resource)}
    arns = {arn for statement in _grants(word) for arn in statement.resources} - {"*"}
    assert {arn.split(">")[0].removeprefix("<") for arn in arns} == {name for name in own if name.endswith("_arn")}


def test_statements_and_variables_of_all_kinds_have_names_of_their_own() -> None:
    sids = [statement.sid for word in KINDS for statement in _grants(word)]
    assert len(sids) == len(set(sids))
    variables = [name for word in KINDS for name in KINDS[word].environment(_resource(word))]
    assert len(variables) == len(set(variables))
    assert all(name == name.upper() for name in variables)


@pytest.mark.parametrize("word", KINDS)
def test_a_key_that_encrypts_stores_is_used_through_one_aws_service_only(word: str) -> None:
    uses = [statement for statement in _grants(word) if "<stores_key_arn>" in statement.resources]
    for use in uses:
        assert use.resources == ("<stores_key_arn>",)
        (via,) = use.conditions
        assert (via.test, via.variable) == ("StringEquals", "kms:ViaService")
        assert len(via.values) == 1
        assert via.values[0].endswith(f".{REGION}.amazonaws.com")


@pytest.mark.parametrize("word", SHARED)
def test_another_service_is_allowed_no_more_than_the_owner(word: str) -> None:
    assert _actions(word, "read") <= _actions(word, "own")
    assert _actions(word, "write") <= _actions(word, "own")


@pytest.mark.parametrize("word", KINDS)
def test_every_endpoint_of_a_kind_is_known(word: str) -> None:
    unknown = set(KINDS[word].endpoints) - set(vpc.ENDPOINTS)
    assert not unknown, f"ENDPOINTS of modules/facts/vpc.py lacks {', '.join(sorted(unknown))}"


# First words of actions that change nothing, and what a reader may do besides, with the reason.
READING = ("Get", "BatchGet", "List", "Describe", "Query", "Scan", "ConditionCheck", "Receive", "Decrypt", "Filter")
READERS_CHANGE = {
    "sqs:DeleteMessage": "whoever receives a message deletes it, or it comes again",
    "sqs:ChangeMessageVisibility": "whoever needs longer for a message asks for it",
}


@pytest.mark.parametrize("word", BY_IAM)
def test_the_access_levels_of_a_kind_differ_and_read_changes_nothing(word: str) -> None:
    levels = get_args(KINDS[word].options.model_fields["access"].annotation)
    given = {level: _actions(word, level) for level in levels}
    assert len({frozenset(actions) for actions in given.values()}) == len(levels), (
        f"{word}: every level allows the same"
    )
    changing = {action for action in given.get("read", ()) if not action.split(":")[1].startswith(READING)}
    assert changing <= READERS_CHANGE.keys(), f"`access: read` of {word} allows {', '.join(sorted(changing))}"


@pytest.mark.parametrize("word", KINDS)
def test_the_example_of_a_kind_is_a_valid_declaration_so_that_random_systems_can_have_it(
    word: str, system: Check
) -> None:
    result = system(f"a:\n  aws: {json.dumps({word: dict(KINDS[word].example)})}")
    assert result.spec, f"KIND of modules/permissions/{word}.py needs an `example` that is valid:\n{mistakes(result)}"


@pytest.mark.parametrize("word", KINDS)
def test_a_kind_allows_exactly_the_calls_that_the_walk_makes(word: str) -> None:
    assert word in permission_calls.CALLS, f"CALLS of tests/support/permission_calls.py lacks {word}"
    # The address of a sender has an @, so each value has one.
    outputs = {field.name: f"{field.name}@test" for field in fields(KINDS[word].resource)}
    statements = KINDS[word].grants(KINDS[word].resource(**outputs), GrantContext("own", permission_calls.REGION))
    policy: dict[str, Any] = {"Statement": [as_iam(statement) for statement in statements]}
    calls = permission_calls.of([word], outputs)
    assert [call for call in calls if not allows([policy], call)] == []
    assert [
        grant
        for grant in allowed([policy])
        if not any(call.action == grant["Action"] and allows([{"Statement": grant}], call) for call in calls)
    ] == []


@pytest.mark.parametrize("word", ["s3", "dynamodb", "kms"])
def test_who_writes_reads_and_who_reads_does_not_write(word: str) -> None:
    assert _actions(word, "read") < _actions(word, "write")


def test_keys_are_used_by_either_name_of_a_service_in_china() -> None:
    values = via_service("sqs", "cn-north-1").values
    assert values == ("sqs.cn-north-1.amazonaws.com", "sqs.cn-north-1.amazonaws.com.cn")
    assert via_service("sqs", "eu-west-1").values == ("sqs.eu-west-1.amazonaws.com",)


def test_who_sends_to_a_queue_does_not_receive_from_it() -> None:
    assert "sqs:ReceiveMessage" not in _actions("sqs", "write")
    assert "sqs:SendMessage" not in _actions("sqs", "read")


def test_mail_goes_from_the_address_or_from_any_of_the_domain() -> None:
    for name, pattern, variable in (
        ("a@example.com", "a@example.com", "MAIL_FROM"),
        ("example.com", "*@example.com", "MAIL_DOMAIN"),
    ):
        mail = MailIdentity("identity", name, "identity/*", "configuration", "shop-a")
        (statement,) = KINDS["ses"].grants(mail, GrantContext("own", REGION))
        assert statement.conditions == (Condition("StringLike", "ses:FromAddress", (pattern,)),)
        assert KINDS["ses"].environment(mail)[variable] == name


@pytest.mark.parametrize(
    ("name", "own", "others"),
    [
        ("a@example.com", ["a@example.com"], ["b@example.com", "a@example.com.evil.org", "ceo@example.org"]),
        ("example.com", ["a@example.com", "b@example.com"], ["a@mail.example.com", "a@example.org"]),
    ],
)
def test_whoever_gets_it_mail_names_no_other_sender(name: str, own: list[str], others: list[str]) -> None:
    """In the sandbox SES asks for the recipient's identity as well, which the account may have confirmed."""
    mail = MailIdentity("identity/own", name, "identity/*", "configuration", "shop-a")
    (statement,) = KINDS["ses"].grants(mail, GrantContext("own", REGION))
    policies: list[dict[str, Any]] = [{"Statement": [as_iam(statement)]}]
    for resource in ("identity/own", "identity/reader@example.org", "configuration"):
        sent = {
            sender: allows(policies, Call("ses:SendEmail", resource, {"ses:FromAddress": sender}))
            for sender in (*own, *others)
        }
        assert sent == {**dict.fromkeys(own, True), **dict.fromkeys(others, False)}
        assert not allows(policies, Call("ses:SendEmail", resource))


def test_a_redis_user_touches_only_keys_with_its_prefix() -> None:
    rule = redis.access_string("order-service:").split()
    assert rule[:4] == ["on", "~order-service:*", "resetchannels", "-@all"]
    assert not {"~*", "allkeys", "+@all", "+keys", "+scan", "+randomkey"} & set(rule)
    assert rule.index("-@dangerous") > max(rule.index(word) for word in rule if word.startswith("+@"))


def test_a_user_of_another_services_keys_has_the_prefix_of_their_owner(system: Check) -> None:
    spec = system(
        "web: {aws: {redis: {prefix: none, pubsub: true}}}\n"
        "worker: {aws: {redis: {of: web, access: write, pubsub: true}}}\nreader: {aws: {redis: {of: web}}}"
    ).spec
    assert isinstance(spec, Spec)
    rules = {
        name: cache.access_string(spec, name, service.permissions["redis"]).split()
        for name, service in spec.services.items()
    }
    assert [name for name, rule in rules.items() if "~*" in rule] == ["web", "worker", "reader"]
    assert [name for name, rule in rules.items() if "&*" in rule] == ["web", "worker"]
    assert [name for name, rule in rules.items() if "+@write" in rule] == ["web", "worker"]
    users = {redis.user_name(spec.names, "worker", " ".join(rule)) for rule in rules.values()}
    assert len(users) == len(rules)


def test_a_database_user_needs_no_quotes_in_sql() -> None:
    assert rds.user_name(Names("shop"), "order-service", RdsOptions()) == "shop_order_service"
    long = rds.user_name(Names("p" * 20), "s" * 45, RdsOptions())
    assert len(long) <= LIMITS["postgresql"]
    assert "-" not in long


def test_another_owner_or_another_access_is_another_database_user() -> None:
    options = [RdsOptions(of=of, access=access) for of in ("web", "w" * 45) for access in get_args(Access)[1:]]
    users = [rds.user_name(Names("shop"), "worker", one) for one in options]
    assert users[:2] == ["shop_worker__reads_web", "shop_worker__writes_web"]
    assert len(set(users)) == len(users)
    assert all(re.fullmatch(r"[a-z0-9_]{1,56}", user) for user in users)


def test_a_raw_statement_keeps_the_variables_of_iam() -> None:
    raw = RawStatement(
        actions=("ssm:GetParameter",),
        resources=("arn:aws:ssm:eu-west-1:111122223333:parameter/${aws:userid}",),
        conditions={"StringLike": {"aws:PrincipalTag/team": ("%{x}",)}},
    )
    assert raw.statement("Read") == Statement(
        "Read",
        ("ssm:GetParameter",),
        ("arn:aws:ssm:eu-west-1:111122223333:parameter/${aws:userid}",),
        conditions=(Condition("StringLike", "aws:PrincipalTag/team", ("%{x}",)),),
    )


STATEMENT = "a:\n  statements:\n    Read:\n      actions: [%s]\n      resources: [%s]\n"
PARAMETER = '"arn:aws:ssm:eu-west-1:111122223333:parameter/a"'


@pytest.mark.parametrize(
    ("services", "where", "what", "step"),
    [
        (
            STATEMENT % ("ssm", PARAMETER),
            "8 services.a.statements.Read.actions[0]",
            '"ssm" is not an IAM action.',
            "ssm:",
        ),
        (STATEMENT % ('"ssm:*"', PARAMETER), "8 services.a", '"ssm:*" is not an IAM action.', "ssm:GetParameter"),
        (STATEMENT % ("ssm:GetParameter", "shop"), "9 services.a", '"shop" is not an ARN.', "arn:aws:ssm"),
        (
            STATEMENT % ("ssm:GetParameter", '"*"'),
            "9 services.a",
            '"*" allows these actions on every resource.',
            "`reason: …`",
        ),
        (
            STATEMENT % ("s3:GetObject", '"arn:aws:s3:::*"'),
            "9 services.a",
            "allows these actions on every resource.",
            "List the ARNs",
        ),
        (
            STATEMENT.replace("Read", "Queue") % ("sqs:ListQueues", PARAMETER) + "  aws: [sqs]",
            "7 services.a.statements.Queue",
            '`sqs` already has a statement with the name "Queue".',
            "another name",
        ),
        (
            STATEMENT % ("ssm:GetParameter", ", ".join([PARAMETER] * 80)),
            "6 services.a.statements",
            f"the role has room for {STATEMENTS_LENGTH}",
            "fewer ARNs",
        ),
        (
            "a:\n  aws: {sqs: {of: b, max_receives: 3}}\nb:\n  aws: [sqs]",
            "6 services.a.aws.sqs.max_receives",
            "the resource belongs to b",
            "under `aws:` of b",
        ),
        ("a:\n  aws: {s3: {access: write}}", "6 services.a.aws.s3.access", "without `of`", "Add `of: <service>`"),
        (
            "a:\n  aws: {sns: {of: b, access: read}}\nb:\n  aws: [sns]",
            "6 services.a.aws.sns.access",
            '"read" is not a valid value.',
            "Valid values: write.",
        ),
        (
            STATEMENT % ("ssm:GetParameter", PARAMETER) + "      recource: x",
            "10 services.a.statements.Read.recource",
            '"recource" is not a valid key.',
            'Did you mean "resources"?',
        ),
        ("a: {}\na-results: {}", "6 services.a-results", "would clash with those of a. (see line 5)", "another name"),
    ],
)
def test_a_mistake_in_permissions_is_answered(system: Check, services: str, where: str, what: str, step: str) -> None:
    text = mistakes(system(services))
    assert text.startswith(f"services.yaml:{where}")
    assert what in text
    assert step in text


def test_a_warehouse_wants_three_zones(system: Check) -> None:
    text = mistakes(system("a:\n  aws: [redshift]", platform="zones: [a, b]\n"))
    assert text.startswith(
        "services.yaml:7 services.a.aws[0]\n  Redshift Serverless needs 3 zones, and `zones:` has 2."
    )


def test_a_statement_on_everything_passes_with_a_reason(system: Check) -> None:
    assert system(STATEMENT % ("xray:PutTraceSegments", '"*"') + "      reason: X-Ray has no resources.").spec


def test_a_service_has_its_own_statements_after_those_of_its_kinds(system: Check) -> None:
    spec = system(STATEMENT % ("ssm:GetParameter", PARAMETER) + "  aws: [sns]").spec
    assert spec is not None
    found = service_policy.statements(spec.services["a"], {"sns": _resource("sns")}, REGION)
    assert [statement.sid for statement in found] == ["Topic", "TopicKey", "Read"]
