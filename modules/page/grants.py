"""What each service may do: the statements of its role, by the word of services.yaml that they follow from."""

from collections.abc import Iterator
from dataclasses import fields, replace
from typing import NamedTuple

from modules.design import logins, secrets
from modules.design.service_policy import SECRET_STATEMENTS
from modules.iam.statement import Condition, Statement
from modules.naming import address
from modules.page.system import System
from modules.permissions import KINDS
from modules.permissions.kind import GrantContext, Options
from modules.spec.model import Service

STATEMENTS = "statements"
"""The key of a service's own statements, beside the words under `aws:`."""
VALUES = "secret-values"
"""Stands for what `secrets:`, and a login by password, let the service read."""


class Grant(NamedTuple):
    """One word of a service: what it gives, in short and as statements."""

    service: str
    word: str
    title: str
    short: str
    statements: tuple[Statement, ...]
    reasons: tuple[str, ...] = ()


def grants(system: System) -> dict[str, dict[str, Grant]]:
    """Service -> word -> its grant; `statements` and secret values come last."""
    return {
        name: {grant.word: grant for grant in _of(system, name, service)}
        for name, service in system.spec.services.items()
    }


def columns(found: dict[str, dict[str, Grant]]) -> dict[str, str]:
    """Word -> title of every word that some service has, in the order of KINDS."""
    used = {word for words in found.values() for word in words}
    titles = {word: kind.title for word, kind in KINDS.items()} | {
        STATEMENTS: "own statements",
        VALUES: "secret values",
    }
    return {word: title for word, title in titles.items() if word in used}


def _of(system: System, name: str, service: Service) -> Iterator[Grant]:
    for word, options in service.permissions.items():
        yield Grant(name, word, KINDS[word].title, _short(options), _statements(system, name, word, options))
    if service.statements:
        own = tuple(raw.statement(sid) for sid, raw in service.statements.items())
        reasons = tuple(f"{sid}: {raw.reason}" for sid, raw in service.statements.items() if raw.reason)
        yield Grant(name, STATEMENTS, "Own statements", str(len(own)), own, reasons)
    if values := tuple(_of_secrets(system, name)):
        short = ", ".join([*secrets.origins(service), *(f"login of {word}" for word in logins.words(service))])
        yield Grant(name, VALUES, "Secret values", short, values)


def _of_secrets(system: System, name: str) -> Iterator[Statement]:
    """As they are generated: which secrets there are is known to the stack alone."""
    documents = system.stacks[name].get("data", {}).get("aws_iam_policy_document", {})
    for one in documents.get(address(name, "permissions"), {}).get("statement", ()):
        if one["sid"] in SECRET_STATEMENTS:
            conditions = tuple(
                Condition(each["test"], each["variable"], tuple(system.text(name, value) for value in each["values"]))
                for each in one.get("condition", ())
            )
            resources = tuple(system.text(name, arn) for arn in one["resources"])
            yield Statement(one["sid"], tuple(one["actions"]), resources, conditions=conditions)


def _short(options: Options) -> str:
    words = ["own"] if options.owner is None else [f"{options.access_level} {options.owner}"]
    return ", ".join([*words, *(f"from {topic}" for topic in options.subscriptions), *options.notes])


def _statements(system: System, name: str, word: str, options: Options) -> tuple[Statement, ...]:
    """As the role gets them: a resource's values are outputs of the stack that knows it."""
    kind, owner = KINDS[word], options.read_from or name
    values = {field.name: system.output(owner, field.name) for field in fields(kind.resource)}
    granted = kind.grants(kind.resource(**values), GrantContext(options.access_level, system.spec.region))
    return tuple(replace(one, conditions=tuple(map(_as_iam_reads_it, one.conditions))) for one in granted)


def _as_iam_reads_it(condition: Condition) -> Condition:
    """With IAM's variables, for which Terraform has a spelling of its own."""
    return replace(condition, values=tuple(value.replace("&{", "${") for value in condition.values))
