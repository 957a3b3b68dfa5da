"""The calls of every role of a system on every resource, with every action of the resource's AWS service.

They are evaluated on the generated JSON, and held against what services.yaml declares. Besides roles call: topics and
rules that deliver messages, the Kubernetes accounts of pods, a role of another account that may do everything there,
and somebody who signs nothing.
"""

import itertools
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from modules.access.policies import Place
from modules.access.policies import Policies as Generated
from modules.design.deployer import PATH
from modules.facts import iam, vpc
from modules.iam.evaluation import Caller, Policies, allowed
from modules.naming import address
from tests.support import declared_access
from tests.support.declared_access import as_list
from tests.support.matrix_columns import Column, Columns

EVERYTHING = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
STRANGER = "444455556666"
# Prefixes of AWS services that ask the resource's own policy in any case.
_ASKING = ("kms", "sts")


class Row(NamedTuple):
    """Who calls, and what AWS sees of each of its calls."""

    name: str
    kind: str
    caller: Caller | None
    context: Mapping[str, str]
    identity: tuple[Any, ...] = ()


class Cell(NamedTuple):
    """That a row may do something; `column` is its number."""

    row: str
    column: int
    action: str


class Simulation(NamedTuple):
    """A question for iam-simulate, with our own answer to it."""

    place: str
    actions: tuple[str, ...]
    allowed: set[str]
    question: dict[str, Any]


class Matrix:
    """That of a system; `stacks` are its configurations by name."""

    def __init__(self, system: Mapping[str, Any], stacks: Mapping[str, Any]) -> None:
        self.system, self._generated = system, Generated(stacks)
        self._values = self._generated.values
        self._services: Mapping[str, Any] = system["services"]
        self._account = self._values.account(next(iter(stacks)))
        self.columns = Columns(system, self._generated).all()
        self.rows = list(self._rows())

    def evaluated(self, names: Collection[str] = ()) -> tuple[dict[str, Counter[str]], set[Cell]]:
        """How many calls of each row, or of those with these names, are allowed and denied; and which are allowed."""
        rows = [row for row in self.rows if not names or row.name in names]
        counts = {row.name: Counter(allowed=0, denied=0) for row in rows}
        found: set[Cell] = set()
        for row in rows:
            for number in self._asked(row):
                actions = _actions(self.columns[number].prefixes)
                granted = self._allowed(row, self.columns[number], actions)
                counts[row.name].update(allowed=len(granted), denied=len(actions) - len(granted))
                found |= {Cell(row.name, number, action) for action in granted}
        return counts, found

    def simulations(self) -> Iterator[Simulation]:
        """The same questions for another evaluator, which drops claims of tokens and encryption contexts."""
        rows = [row for row in self.rows if row.kind != "pods"]
        for row, column in itertools.product(rows, self.columns):
            if column.resource == "*" or "EncryptionContext" in str(column.context):
                continue
            context = {**self._context(column), **row.context}
            resource = {"resource": column.resource, "accountId": self._account}
            identity = [{"name": str(number), "policy": _dated(one)} for number, one in enumerate(row.identity)]
            simulation: dict[str, Any] = {
                "request": {
                    "principal": row.caller.name if row.caller else None,
                    "resource": resource,
                    "contextVariables": context,
                },
                "identityPolicies": identity,
                "serviceControlPolicies": [],
                "resourceControlPolicies": [],
            }
            if policy := self._generated.of_resources.get(column.policy_of):
                simulation["resourcePolicy"] = _dated(policy)
            place = f"{row.name} on {column.thing} of {column.owner} ({column.resource})"
            for prefix in column.prefixes:
                asked = simulation
                if way := self._ways_of(row, column, prefix)[0]:
                    asked = {**simulation, "vpcEndpointPolicies": [{"name": "endpoint", "policy": _dated(way)}]}
                actions = _actions((prefix,))
                yield Simulation(place, actions, self._allowed(row, column, actions), asked)

    def declared(self) -> set[Cell]:
        """The same calls, as services.yaml says it."""
        return {*self._by_words(), *self._by_statements(), *self._by_pull_accounts(), *self._by_accounts()}

    def said(self, cells: set[Cell]) -> list[str]:
        """Calls in words."""
        columns = self.columns
        return sorted(
            f"{one.row}: {one.action} on {columns[one.column].thing} of {columns[one.column].owner}"
            f" ({columns[one.column].resource})"
            for one in cells
        )

    def _asked(self, row: Row) -> Iterator[int]:
        """Roles of the platform are asked for what is of services: their own needs are in no services.yaml. What AWS
        does for itself is not done for a caller."""
        for number, column in enumerate(self.columns):
            is_asked = row.kind != "delivery" or "kms:ViaService" not in column.context
            if is_asked and (row.kind != "platform" or column.owner in self._services):
                yield number

    def _by_words(self) -> Iterator[Cell]:
        asked = {row.name: list(self._asked(row)) for row in self.rows}
        for one in declared_access.all_of(self.system):
            assert one.role in asked, f"generated/ has no {one.role}"
            numbers = [number for number in asked[one.role] if self.columns[number].fits(one)]
            assert numbers or one.thing.startswith("any of "), (
                f"generated/ has no {one.thing} of {one.owner}, which {one.role} is to reach"
            )
            yield from (Cell(one.role, number, one.action) for number in numbers)

    def _by_statements(self) -> Iterator[Cell]:
        for name, service in self._services.items():
            for raw in ((service or {}).get("statements") or {}).values():
                statement = {
                    "Effect": "Allow",
                    "Action": as_list(raw["actions"]),
                    "Resource": as_list(raw["resources"]),
                }
                policy = {"Statement": [statement | {"Condition": raw.get("conditions", {})}]}
                for number, column in enumerate(self.columns):
                    context = self._context(column)
                    actions = _actions(column.prefixes)
                    for action in allowed(None, Policies((policy,)), column.resource, context, actions):
                        yield Cell(name, number, action)

    def _by_pull_accounts(self) -> Iterator[Cell]:
        if STRANGER in self.system.get("registry", {}).get("pull_accounts", []):
            pull = ("BatchCheckLayerAvailability", "BatchGetImage", "GetDownloadUrlForLayer")
            for number, column in enumerate(self.columns):
                if column.thing == "aws_ecr_repository" and column.policy_of in self._generated.of_resources:
                    yield from (Cell("another account", number, f"ecr:{action}") for action in pull)

    def _by_accounts(self) -> Iterator[Cell]:
        for number, column in enumerate(self.columns):
            if column.thing == "role to assume" and column.owner in self._services:
                yield Cell(f"pods of {column.owner}", number, "sts:AssumeRoleWithWebIdentity")

    def _rows(self) -> Iterator[Row]:
        ours = {"aws:PrincipalAccount": self._account, "kms:CallerAccount": self._account}
        for place in self._generated.places("aws_iam_role"):
            if self._generated.block(place).get("path") == PATH:
                continue  # who deploys has nearly all rights: tests/synth/test_deployer_stack.py
            arn = str(self._values.arn(*place))
            service = next((name for name in self._services if address(name) == place.name), None)
            policies = tuple(self._generated.of_roles[arn])
            yield Row(service or place.name, "service" if service else "platform", Caller("AWS", arn), ours, policies)
        for kind, principal in (("aws_sns_topic", "sns"), ("aws_cloudwatch_event_rule", "events")):
            for place in self._generated.places(kind):
                source = {"aws:SourceArn": str(self._values.arn(*place)), "aws:SourceAccount": self._account}
                yield Row(self._sender(place), "delivery", Caller("Service", f"{principal}.amazonaws.com"), source)
        theirs = {"aws:PrincipalAccount": STRANGER, "kms:CallerAccount": STRANGER}
        stranger = Caller("AWS", f"arn:aws:iam::{STRANGER}:role/any")
        yield Row("another account", "stranger", stranger, theirs, (EVERYTHING,))
        yield Row("nobody", "stranger", None, {})
        for place in self._generated.places("aws_iam_openid_connect_provider"):
            issuer = self._values.text(place.stack, "${aws_eks_cluster.main.identity[0].oidc[0].issuer}")
            token = issuer.removeprefix("https://")
            for name in self._services:
                claims = {f"{token}:sub": f"system:serviceaccount:{name}:{name}", f"{token}:aud": "sts.amazonaws.com"}
                caller = Caller("Federated", str(self._values.arn(*place)))
                yield Row(f"pods of {name}", "pods", caller, claims)

    def _sender(self, place: Place) -> str:
        for name in self._services:
            if place.stack.endswith(name) and place.name == address(name):
                return f"topic of {name}"
            for other, service in self._services.items():
                if place.name == address(name, as_list((service or {}).get("renamed_from", other))[0]):
                    return f"rule of {name} for {other}"
        return f"topic {place.name}"

    def _context(self, column: Column) -> dict[str, Any]:
        region = self.system["region"]
        seen = {"aws:SecureTransport": "true", "aws:userid": "AROA:pod", "aws:RequestedRegion": region}
        return {**seen, **column.context}

    def _allowed(self, row: Row, column: Column, actions: tuple[str, ...]) -> set[str]:
        found: set[str] = set()
        context = {**self._context(column), **row.context}
        for way, asked in self._ways(row, column, actions):
            policies = Policies(
                row.identity,
                self._generated.of_resources.get(column.policy_of),
                way,
                asks_resource=column.prefixes[0] in _ASKING and column.policy_of in self._generated.of_resources,
                is_ours=row.kind != "stranger",
            )
            found |= allowed(row.caller, policies, column.resource, context, asked)
        return found

    def _ways(self, row: Row, column: Column, actions: tuple[str, ...]) -> Iterator[tuple[Any, tuple[str, ...]]]:
        """Policies of private endpoints, each with those of the actions that it is asked of; None for no endpoint."""
        for prefix in column.prefixes:
            own = tuple(one for one in actions if one.partition(":")[0] == prefix)
            for way in self._ways_of(row, column, prefix) if own else ():
                yield way, own

    def _ways_of(self, row: Row, column: Column, prefix: str) -> list[Any]:
        if row.kind not in ("service", "platform") or "kms:ViaService" in column.context:
            return [None]
        words = {word.replace("-", "_") for word in vpc.endpoints_of(prefix)}
        return [policy for word, policy in self._generated.of_endpoints.items() if word in words] or [None]


def _dated(policy: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"Version": "2012-10-17", **policy}


@cache
def _actions(prefixes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{prefix}:{action}" for prefix in prefixes for action in iam.actions(prefix))
