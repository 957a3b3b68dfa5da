"""What IAM knows: actions and condition operators are checked, and ways to more than the service's own are said."""

import re

import pytest

from modules.checks.rules.iam import _meant_action
from modules.facts import iam
from modules.facts.iam_escalation import ASSUME_ROLE, ESCALATIONS, PASS_ROLE, Escalation
from modules.permissions import KINDS
from tests.unit.conftest import Check, mistakes

ARN = "arn:aws:ssm:eu-west-1:111122223333:parameter/a"


def statement(actions: str, resources: str = ARN, conditions: str = "{}") -> str:
    return f"a:\n  statements:\n    X: {{actions: [{actions}], resources: ['{resources}'], conditions: {conditions}}}"


@pytest.mark.parametrize(
    "action",
    ["ssm:GetParameter", "s3:Get*", "s3:GetObject*", "rds-db:connect", "neptune-db:connect", "execute-api:Invoke"],
)
def test_an_action_of_iam_is_accepted(system: Check, action: str) -> None:
    assert system(statement(action)).mistakes == []


@pytest.mark.parametrize(
    ("action", "meant"),
    [
        ("ssm:GetParametr", "ssm:GetParameter"),
        ("ssm:getparameter", "ssm:GetParameter"),
        ("ssmm:GetParameter", "ssm:GetParameter"),
        ("dynamo:GetItem", "dynamodb:GetItem"),
        ("s3:GetObjekt*", "s3:GetObject*"),
        ("rds-db:Connect", "rds-db:connect"),
    ],
)
def test_an_action_that_iam_does_not_know_is_answered_with_the_nearest(system: Check, action: str, meant: str) -> None:
    result = system(statement(action))
    text = mistakes(result)
    assert f'services.a.statements.X.actions[0]\n  "{action}" is not an IAM action.\n  Did you mean "{meant}"?' in text
    (problem,) = result.mistakes
    assert problem.edit is not None
    assert problem.edit.text == meant


def test_an_action_like_no_other_is_answered_with_where_to_look_it_up(system: Check) -> None:
    text = mistakes(system(statement("foo:Bar")))
    assert '"foo:Bar" is not an IAM action.\n  Look it up in https://docs.aws.amazon.com/service-authorization/' in text


def test_the_nearest_of_many_actions_is_found_quickly() -> None:
    assert max(len(iam.actions(prefix)) for prefix in iam.prefixes()) < 1000
    assert _meant_action("ec2:DescribeInstanze") == "ec2:DescribeInstances"


def test_every_endpoint_and_kind_of_the_platform_has_actions() -> None:
    assert {"s3", "sqs", "sns", "dynamodb", "secretsmanager", "kms", "ecr", "sts", "logs"} <= {*iam.prefixes()}
    assert {"s3", "sqs", "sns", "dynamodb", "kms", "athena", "glue", "redshift", "ses"} <= {*iam.prefixes()} & {*KINDS}


@pytest.mark.parametrize(
    ("conditions", "where", "what", "step"),
    [
        (
            "{StringEqual: {k: v}}",
            "StringEqual",
            '"StringEqual" is not a condition operator of IAM.',
            'Did you mean "StringEquals"?',
        ),
        ("{stringlike: {k: v}}", "stringlike", '"stringlike" is not', 'Did you mean "StringLike"?'),
        ("{NullIfExists: {k: true}}", "NullIfExists", '"NullIfExists" is not', 'Did you mean "Null"?'),
        (
            "{'ForAllValue:StringLike': {k: v}}",
            "ForAllValue:StringLike",
            "is not a condition operator",
            'Did you mean "ForAllValues:StringLike"?',
        ),
        ("{Foo: {k: v}}", "Foo", '"Foo" is not', "Valid values: StringEquals, StringNotEquals, "),
        (
            "{StringEqual: {k: v}, StringEquals: {l: v}}",
            "StringEqual",
            '"StringEqual" is not',
            "Move its keys below StringEquals, which is there too.",
        ),
        (
            "{Bool: {'aws:SecureTransport': 'yes'}}",
            "Bool.aws:SecureTransport[0]",
            '"yes" is not true or false, which Bool compares.',
            "Write true or false.",
        ),
        ("{NumericLessThan: {k: soon}}", "NumericLessThan.k[0]", '"soon" is not a number', "such as 3600"),
        ("{DateLessThan: {k: [soon]}}", "DateLessThan.k[0]", '"soon" is not a date', "2027-01-31T00:00:00Z"),
        (
            "{IpAddress: {k: [10.0.0.0/8, 10.0.0.300]}}",
            "IpAddress.k[1]",
            '"10.0.0.300" is not an address range',
            "203.",
        ),
        ("{ArnLikeIfExists: {k: x}}", "ArnLikeIfExists.k[0]", '"x" is not an ARN', "arn:aws:sns"),
        ("{BinaryEquals: {k: 'a b'}}", "BinaryEquals.k[0]", '"a b" is not Base64 text', "aGVsbG8="),
    ],
)
def test_a_condition_that_can_never_hold_is_answered(
    system: Check, conditions: str, where: str, what: str, step: str
) -> None:
    text = mistakes(system(statement("ssm:GetParameter", conditions=conditions)))
    assert text.startswith(f"services.yaml:7 services.a.statements.X.conditions.{where}\n  ")
    assert what in text
    assert step in text


@pytest.mark.parametrize(
    "conditions",
    [
        "{Bool: {a: true, b: [False, 'true']}, 'Null': {c: false}, NumericGreaterThanEquals: {d: [1, -2.5]}}",
        "{DateGreaterThan: {a: [2027-01-31, '2027-01-31T00:00:00Z', 1798675200]}, BinaryEquals: {b: aGVsbG8=}}",
        "{NotIpAddress: {a: [10.0.0.1, 10.0.0.0/8, '2001:db8::/32']}}",
        "{'ForAnyValue:ArnLikeIfExists': {a: 'arn:aws:sns:*:111122223333:*', b: '${aws:PrincipalArn}'}}",
    ],
)
def test_values_of_an_operators_kind_are_accepted(system: Check, conditions: str) -> None:
    assert system(statement("ssm:GetParameter", conditions=conditions)).mistakes == []


ROLES = "arn:aws:iam::111122223333:role/shop-x"
ACCOUNT = 'account: "111122223333"\n'


def said(system: Check, services: str, platform: str = ACCOUNT) -> list[str]:
    """The warnings `privilege-escalation`, as they are printed."""
    result = system(services, platform=platform)
    assert result.spec is not None, mistakes(result)
    return [result.render(problem) for problem in result.warnings if problem.code == "privilege-escalation"]


# An action of each row of the table, in its order.
OF_ROWS = [
    PASS_ROLE,
    "iam:PutRolePolicy",
    "kms:CreateGrant",
    "eks:CreateAccessEntry",
    "eks:CreatePodIdentityAssociation",
    "lambda:UpdateFunctionCode",
    "codebuild:StartBuild",
    "lambda:CreateFunction",
    "ssm:SendCommand",
]


@pytest.mark.parametrize(("escalation", "action"), [*zip(ESCALATIONS, OF_ROWS, strict=True)], ids=OF_ROWS)
def test_a_way_to_more_permissions_is_said_with_what_it_allows(
    system: Check, escalation: Escalation, action: str
) -> None:
    *_, text = said(system, statement(f"{action}, {PASS_ROLE}" if escalation.needs else action, ROLES))
    assert "services.a.statements.X.actions[0]\n  warning [privilege-escalation]: " in text
    assert f"With {action}, a can {escalation.can}." in text
    assert f'or accept it by name: `accept_escalations: {{a: {{{action}: "{ROLES}"}}}}`.' in text
    if escalation.needs:
        assert said(system, statement(action, ROLES)) == []
    if escalation.unless:
        assert said(system, statement(action, ROLES, f"{{Bool: {{'{escalation.unless}': true}}}}")) == []


@pytest.mark.parametrize("escalation", ESCALATIONS, ids=OF_ROWS)
def test_every_action_that_the_table_names_is_one_of_iam(escalation: Escalation) -> None:
    everything = [f"{prefix}:{action}" for prefix in iam.prefixes() for action in iam.actions(prefix)]
    for alternative in re.findall(r"[a-z0-9-]+:(?:\((?:[^()]|\([^()]*\))*\)|[^|()]|\([^()]*\))+", escalation.actions):
        assert [action for action in everything if re.fullmatch(alternative, action)], alternative


@pytest.mark.parametrize(
    ("action", "is_said"),
    [
        ("iam:P*", True),
        ("iam:Get*", False),
        ("iam:CreateServiceLinkedRole", False),
        ("s3:PutBucketPolicy", True),
        ("s3:Put*", True),
        ("sqs:SetQueueAttributes", True),
        ("sqs:SendMessage", False),
        ("kms:Decrypt", False),
        ("lakeformation:GrantPermissions", True),
        ("lambda:InvokeFunction", False),
    ],
)
def test_an_action_with_a_wildcard_is_all_that_it_stands_for(system: Check, action: str, *, is_said: bool) -> None:
    assert bool(said(system, statement(action, "arn:aws:s3:::shop-x"))) == is_said


@pytest.mark.parametrize(
    ("resource", "account", "words"),
    [
        ("arn:aws:iam::444455556666:role/x", ACCOUNT, "which is not a role of this system's account 111122223333."),
        ("arn:aws:iam::*:role/x", ACCOUNT, "is not a role of this system's account"),
        (ROLES, "", "which is not a role of an account that `account:` names."),
        (ROLES, ACCOUNT, ""),
    ],
)
def test_a_role_of_another_account_is_said(system: Check, resource: str, account: str, words: str) -> None:
    found = said(system, statement(ASSUME_ROLE, resource), account)
    assert len(found) == bool(words)
    assert all(f"With sts:AssumeRole, a can act as {resource}, {words}" in one or words in one for one in found)


@pytest.mark.parametrize(
    ("action", "resource", "words"),
    [
        (
            "secretsmanager:GetSecretValue",
            "arn:aws:secretsmanager:eu-west-1:111122223333:secret:*",
            "every secret of the account",
        ),
        ("elasticache:Connect", "arn:aws:elasticache:eu-west-1:111122223333:user:*", "every user of the account"),
        ("rds-db:connect", "arn:aws:rds-db:eu-west-1:111122223333:dbuser:cluster-X/*", "every dbuser of the account"),
        ("s3:GetObject", "arn:aws:s3:::*/*", "every bucket of the account"),
        (
            "sqs:SendMessage",
            "arn:aws:sqs:eu-west-1:111122223333:shop-*",
            "each queue of bb and c whose name starts with shop-.",
        ),
        (
            "sqs:SendMessage",
            "arn:aws:sqs:eu-west-1:111122223333:shop-b?",
            "each queue of bb whose name starts with shop-b.",
        ),
        (
            "secretsmanager:GetSecretValue",
            "arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/*",
            "each secret of bb and c",
        ),
        ("sqs:SendMessage", "arn:aws:sqs:eu-west-1:111122223333:shop-a-*", ""),
        ("sqs:SendMessage", "arn:aws:sqs:eu-west-1:111122223333:other-*", ""),
        ("sqs:SendMessage", "arn:aws:sqs:eu-west-1:111122223333:shop-bb", ""),
        ("s3:GetObject", "arn:aws:s3:::shop-x/*", ""),
        ("s3:GetObject", "arn:aws:secretsmanager:eu-west-1:111122223333:secret:*", ""),
        ("ssm:GetParameter", "arn:aws:ssm:eu-west-1:111122223333:parameter/shop/*", ""),
        ("ssm:GetParameter", "arn:aws:ssm:eu-west-1:111122223333:*ter/shop", "every resource of the account"),
        ("bedrock:InvokeModel", "arn:aws:bedrock:eu-west-1::foundation-model/*", ""),
    ],
)
def test_a_wildcard_that_reaches_what_others_own_is_said(system: Check, action: str, resource: str, words: str) -> None:
    services = f"{statement(action, resource)}\nbb: {{}}\nc: {{}}"
    found = said(system, services)
    assert len(found) == bool(words)
    assert all(f'"{resource}" allows {action} on {words}' in one for one in found)
    by_tag = statement(action, resource, "{StringEquals: {'aws:ResourceTag/Service': a}}")
    assert said(system, f"{by_tag}\nbb: {{}}\nc: {{}}") == []


def _whole(*keys: str, resource: str = ROLES) -> str:
    indented = statement(PASS_ROLE, resource).replace("\n", "\n  ")
    return "\n".join(["project: shop", "region: eu-west-1", *keys, f"services:\n  {indented}\n  b: {{}}"])


def test_the_warning_is_accepted_by_name(checked: Check) -> None:
    codes = {problem.code for problem in checked(_whole()).warnings}
    assert "privilege-escalation" in codes
    named = _whole(f"accept_escalations: {{a: {{{PASS_ROLE}: {ROLES}}}}}")
    assert codes - {problem.code for problem in checked(named).warnings} == {"privilege-escalation"}


def test_another_resource_is_not_accepted_with_it(checked: Check) -> None:
    text = _whole(f"accept_escalations: {{a: {{{PASS_ROLE}: {ROLES}}}}}", resource=ROLES + "y")
    (mistake,) = checked(text).mistakes
    assert mistake.what == f"No statement of a gives it {PASS_ROLE} on {ROLES} as a way to more than its own."
    both = f"accept_escalations: {{a: {{{PASS_ROLE}: ['{ROLES}', '{ROLES}y']}}}}"
    assert [one.path[-1] for one in checked(_whole(both)).mistakes] == [1]


def test_an_acceptance_of_a_service_that_is_misspelt_is_given_the_right_word(checked: Check) -> None:
    text = _whole(f"accept_escalations: {{order: {{{PASS_ROLE}: {ROLES}}}}}").replace("  a:", "  orders:")
    (mistake,) = checked(text).mistakes
    assert (mistake.path, mistake.next_step) == (("accept_escalations", "order"), 'Did you mean "orders"?')


def test_the_code_of_the_warning_accepts_nothing_and_says_what_does(checked: Check) -> None:
    (mistake,) = checked(_whole("accept: [privilege-escalation]")).mistakes
    assert mistake.path == ("accept", 0)
    assert mistake.what == "`privilege-escalation` would accept every escalation that comes later, too."
    written = f'`accept_escalations: {{a: {{{PASS_ROLE}: "{ROLES}"}}}}`'
    assert mistake.next_step == f"Accept by name what there is: {written}, in place of the code."


def test_the_code_without_an_escalation_is_to_be_removed(checked: Check) -> None:
    text = "project: shop\nregion: eu-west-1\naccept: [http-only, privilege-escalation]\nservices: {}\n"
    assert [(one.path, one.next_step) for one in checked(text).mistakes] == [
        (("accept", 1), "Remove it: there is none.")
    ]
