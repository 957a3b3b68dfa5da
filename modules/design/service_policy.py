"""The sum of a service's permissions: the statements of its role, and the environment of its pods."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from modules.iam.statement import Statement
from modules.permissions import KINDS
from modules.permissions.kind import GrantContext
from modules.spec.model import Service


def statements(service: Service, resources: Mapping[str, Any], region: str) -> list[Statement]:
    """Statements on the resources of its kinds, by word, and then its own `statements:`."""
    granted = [
        statement
        for word, options in service.permissions.items()
        for statement in KINDS[word].grants(resources[word], GrantContext(options.access_level, region))
    ]
    return [*granted, *(raw.statement(sid) for sid, raw in service.statements.items())]


def environment(resources: Mapping[str, Any]) -> dict[str, str]:
    """Variables that say where the resources of its kinds are; no secret is among them."""
    return {
        name: value for word, resource in resources.items() for name, value in KINDS[word].environment(resource).items()
    }


def env_var_names(word: str) -> set[str]:
    """Names of the environment variables of a kind."""
    return set(KINDS[word].environment(_sample(word)))


def statement_ids(word: str) -> set[str]:
    """Names of the statements of a kind."""
    return {statement.sid for statement in KINDS[word].grants(_sample(word), GrantContext("own", "region"))}


def _sample(word: str) -> Any:
    resource = KINDS[word].resource
    return resource(*(field.name for field in fields(resource)))
