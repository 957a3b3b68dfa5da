"""The tables of the keys of services.yaml, from the model: type, unit, default, example, meaning, what a plan shows."""

import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from pydantic.fields import FieldInfo

from modules.permissions.raw import RawStatement
from modules.schema import docstrings
from modules.schema.base import Model
from modules.spec.container import Sidecar
from modules.spec.egress import Egress
from modules.spec.health import Health
from modules.spec.model import (
    Addons,
    Cache,
    Cluster,
    Database,
    DeployerRoles,
    HcpState,
    LoadBalancer,
    Network,
    Registry,
    S3State,
    Service,
    Spec,
    State,
    Waf,
)
from modules.spec.secret import SecretValue
from tests.support.reference.plan import APART, Path, Plans, everything, value_at
from tests.support.reference.table import code, table
from tests.support.reference.types import type_of

HEAD = ["key", "type", "default", "example", "meaning", "the plan shows"]
# The parts of the page, with the place of each mapping in the example.
MAPPINGS: dict[str, tuple[type[Model], Path]] = {
    "system": (Spec, ()),
    "state": (State, ("state",)),
    "state-s3": (S3State, ("state", "s3")),
    "state-hcp": (HcpState, ("state", "hcp")),
    "deployer": (DeployerRoles, ("deployer",)),
    "registry": (Registry, ("registry",)),
    "network": (Network, ("network",)),
    "cluster": (Cluster, ("cluster",)),
    "addons": (Addons, ("cluster", "addons")),
    "database": (Database, ("database",)),
    "cache": (Cache, ("cache",)),
    "load-balancer": (LoadBalancer, ("load_balancer",)),
    "waf": (Waf, ("load_balancer", "waf")),
    "service": (Service, ("services", "*")),
    "health": (Health, ("services", "*", "health")),
    "secret": (SecretValue, ("services", "*", "secrets", "*")),
    "sidecar": (Sidecar, ("services", "*", "sidecars", "*")),
    "egress": (Egress, ("services", "*", "egress", "*")),
    "statement": (RawStatement, ("services", "*", "statements", "*")),
}


# Keys that are in another example, with their example and what the plan shows.
ELSEWHERE = {
    "state.hcp": (
        "`{organization: acme}`",
        "Nothing, once Terraform has moved the states: [HCP Terraform](../operations/hcp-terraform.md).",
    ),
    "state.hcp.organization": ("`acme`", "As `hcp`."),
    "state.hcp.project": ("`Web shop`", "Nothing: workspaces that are there stay where they are."),
    "state.hcp.hostname": ("`terraform.example.com`", "As `hcp`."),
    "deployer": ("", "`deployer` alone: [roles for pipelines](../production/deployer.md#roles-for-pipelines)."),
    "deployer.oidc_provider": (
        "`arn:aws:iam::111122223333:oidc-provider/gitlab.com`",
        "`deployer`: `aws_iam_role` changed in place.",
    ),
    "deployer.plan": ("`repo:acme/shop:pull_request`", "As `oidc_provider`."),
    "deployer.apply": ("`repo:acme/shop:environment:production`", "As `oidc_provider`."),
    "registry.account": (
        '`"111122223333"`',
        "The services' stacks: `aws_ecr_repository` removed, which [retired](../production/retiring.md) has to name.",
    ),
    "environment": ("`prod`", "Nothing."),
    "environments": (
        "`{dev: {protection: false}}`",
        "Stacks of that environment alone: [environments](../operations/environments.md).",
    ),
}


def option_rows(word: str, options: type[Model]) -> list[list[str]]:
    """Rows of the options of a word under `aws:`."""
    return list(_rows(options, ("services", "*", "aws", word)))


def _rows(model: type[Model], place: Path) -> Iterator[list[str]]:
    texts = docstrings.of(model)
    for name, field in model.model_fields.items():
        key = field.alias or name
        path = _found((*place, key))
        if path is None and (*place, key) in APART:
            path = (*place, key)
        dotted = ".".join((*place, key))
        assert path or dotted in ELSEWHERE, f"{dotted} is not in examples/everything/services.yaml"
        example, plan = (_example(value_at(path)), _plan(path, field)) if path else ELSEWHERE[dotted]
        yield [
            code(key),
            type_of(field),
            _default(field),
            example,
            " ".join((field.description or texts.get(name, "")).split()),
            plan,
        ]


def _found(path: Path, here: Path = ()) -> Path | None:
    """Where the example has it: `*` is the first that has the rest."""
    if not path:
        return here
    value = value_at(here)
    if isinstance(value, list):
        names = list(range(len(value))) if path[0] == "*" else []
    elif isinstance(value, dict):
        names = list(value) if path[0] == "*" else [path[0]] if path[0] in value else []
    else:
        return None
    places = (_found(path[1:], (*here, name)) for name in names)
    return next((place for place in places if place is not None), None)


def _plan(path: Path, field: FieldInfo) -> str:
    if path == ("services",):
        return Plans.of(("services", list(everything()["services"])[-1]))
    if "statements" in path and path[-1] != "statements":
        return "As for `statements`."
    if _is_mapping(field) and path[-1] not in ("partition_key", "sort_key"):
        return "See its keys."
    return Plans.of(path)


def _is_mapping(field: FieldInfo) -> bool:
    return type_of(field) in ("mapping", "mapping or `none`")


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    if field.default_factory is not None:
        return "see meaning"
    value = field.default
    if isinstance(value, Model):
        return "" if len(value.model_fields_set) == 0 else code(_yaml(value.model_dump()))
    return "" if value is None or value in ((), {}) else code(_yaml(value))


def _example(value: Any) -> str:
    return "" if isinstance(value, dict) and len(_yaml(value)) > 60 else code(_yaml(value))


def _yaml(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case dict():
            return f"{{{', '.join(f'{key}: {_yaml(one)}' for key, one in value.items())}}}"
        case list() | tuple():
            return f"[{', '.join(map(_yaml, value))}]"
        case str() if value == "*" or value.replace(".", "").isdigit():
            return json.dumps(value)
    return str(value)


def _table(name: str) -> str:
    return table(HEAD, _rows(*MAPPINGS[name]))


PARTS: dict[str, Callable[[], str]] = {name: partial(_table, name) for name in MAPPINGS}
