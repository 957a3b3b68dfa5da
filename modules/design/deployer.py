"""What the role that deploys may do: two sets of statements, of one that only plans and of one that also applies.

Pure, so that a command prints them and a construct can make policies of them.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from modules.design import state_location
from modules.facts import deployer as facts
from modules.facts import regions
from modules.facts.deployer import SERVICES, Service
from modules.iam.statement import Condition, Statement
from modules.naming import DEPLOYER
from modules.spec.model import DeployerRoles, Spec

ANY_ACCOUNT = "*"
PATH = f"/{DEPLOYER}/"
"""Of the roles of stack `deployer` and their policies: none of what the roles may change is below it."""
LOOK, CHANGE = "Look", "Change"
# Their reads list, and a list is of no resource.
LISTING = ("cloudwatch", "elasticache", "rds")


class Deployer:
    """Of one environment; `types` are Terraform's types that it has, with `data.` before those that are only read.

    `boundary` is the ARN of the permissions boundary that every role has to carry, where there is one.
    """

    def __init__(self, spec: Spec, types: Collection[str], boundary: str | None = None) -> None:
        self._spec, self._types, self._boundary = spec, types, boundary
        self._known = {
            "project": spec.names.prefix,
            "project_": spec.names.prefix.replace("-", "_"),
            "region": spec.region,
            "account": spec.account or _account_of(spec.deployer) or ANY_ACCOUNT,
        }

    def plan(self) -> list[Statement]:
        """Reads only, and no value of a secret: those of a plan."""
        return [*self._reads(), *self._state("s3:GetObject")]

    def apply(self) -> list[Statement]:
        """Those of an apply and of a destroy, which plan too."""
        written = [one for name, service in self._services() for one in self._of(name, service, CHANGE, service.writes)]
        dependent = Statement("Dependent", facts.DEPENDENT, ("*",))
        state = self._state("s3:GetObject", "s3:PutObject", "s3:DeleteObject")
        return [*self._reads(), *written, *self._roles(), *self._keys(), dependent, *state, *self._own_state()]

    def _services(self) -> Iterator[tuple[str, Service]]:
        for name, service in SERVICES.items():
            if self._of_service(service):
                yield name, service

    def _reads(self) -> Iterator[Statement]:
        for name, service in self._services():
            yield from self._of(name, service, LOOK, service.reads)
        roles = (*_actions("iam", facts.ROLE_READS), *_actions("iam", facts.PROVIDER_READS))
        yield Statement("LookIam", roles, (*self._role_arns(), self._providers()))
        yield Statement("LookKms", _actions("kms", facts.KEY_READS), ("*",), conditions=(self._in_region(),))
        yield Statement("LookAccount", facts.ACCOUNT_READS, ("*",))
        if self._spec.deployer:  # their plan has their own stack in it
            kinds = ("policy", "role")
            own = tuple(self._arn(f"iam::{{account}}:{kind}{PATH}{{project}}-*") for kind in kinds)
            yield Statement("LookDeployer", _actions("iam", f"{facts.ROLE_READS} {facts.POLICY_READS}"), own)

    def _of(self, name: str, service: Service, verb: str, words: str) -> Iterator[Statement]:
        sid = f"{verb}{''.join(part.capitalize() for part in name.split('-'))}"
        arns = tuple(self._arn(one) for one in service.named) or ("*",)
        is_of_others = verb == LOOK and any(one.startswith("data.") for one in self._of_service(service))
        resources = ("*",) if is_of_others or (verb == LOOK and name in LISTING) else arns
        bound = () if service.is_global else (self._in_region(),)
        actions, without = _actions(name, words), () if resources == ("*",) else facts.WITHOUT_RESOURCE
        yield Statement(sid, tuple(one for one in actions if one not in without), resources, conditions=bound)
        if left := tuple(one for one in actions if one in without):
            yield Statement(f"{sid}Any", left, ("*",), conditions=bound)

    def _of_service(self, service: Service) -> list[str]:
        return [one for one in self._types if re.fullmatch(service.types, one)]

    def _roles(self) -> Iterator[Statement]:
        yield Statement("ChangeRoles", _actions("iam", facts.ROLE_WRITES), self._role_arns())
        carries = (Condition("StringEquals", "iam:PermissionsBoundary", (self._boundary,)),) if self._boundary else ()
        yield Statement("MakeRoles", _actions("iam", facts.BOUND_WRITES), self._role_arns(), conditions=carries)
        yield Statement("ChangeLogin", _actions("iam", facts.PROVIDER_WRITES), (self._providers(),))
        to = Condition("StringEquals", "iam:PassedToService", _domains(facts.PASSED_TO))
        yield Statement("PassRoles", ("iam:PassRole",), self._role_arns(), conditions=(to,))
        linked = self._arn("iam::{account}:role/aws-service-role/*")
        by = Condition("StringEquals", "iam:AWSServiceName", _domains(facts.LINKED))
        yield Statement("LinkRoles", ("iam:CreateServiceLinkedRole",), (linked,), conditions=(by,))

    def _keys(self) -> Iterator[Statement]:
        region = self._in_region()
        yield Statement("ChangeKms", _actions("kms", facts.KEY_WRITES), ("*",), conditions=(region,))
        for_aws = Condition("Bool", facts.GRANT_FOR_AWS, ("true",))
        yield Statement("GrantKeys", ("kms:CreateGrant",), ("*",), conditions=(region, for_aws))
        domain = regions.dns_suffix(self._spec.region)
        via = Condition("StringLike", "kms:ViaService", (f"*.{self._spec.region}.{domain}",))
        yield Statement("UseKeys", _actions("kms", facts.KEY_USES), ("*",), conditions=(via,))

    def _state(self, *actions: str) -> Iterator[Statement]:
        """The states in S3; in a plan without the lock, as `make plan` reads them."""
        state = self._spec.state
        if state is None or state.s3 is None:
            return
        bucket = self._arn(f"s3:::{state.s3.bucket}")
        folder = state.s3.prefix or self._spec.project
        yield Statement("StateBucket", ("s3:ListBucket",), (bucket,))
        yield Statement("States", actions, (f"{bucket}/{folder}/*",))
        if state.s3.kms_key:
            writes = ("kms:GenerateDataKey",) if "s3:PutObject" in actions else ()
            yield Statement("StateKey", ("kms:Decrypt", *writes), (state.s3.kms_key,))

    def _own_state(self) -> Iterator[Statement]:
        """What the stack of these roles has is an administrator's to say."""
        state = self._spec.state
        if self._spec.deployer and state and state.s3:
            key = state_location.s3_key(self._spec, state.s3, self._spec.names.state(DEPLOYER))
            own = (self._arn(f"s3:::{state.s3.bucket}/{key}*"),)  # with its lock
            yield Statement("OwnState", ("s3:DeleteObject", "s3:PutObject"), own, effect="Deny")

    def _role_arns(self) -> tuple[str, ...]:
        return (self._arn("iam::{account}:role/{project}-*"),)

    def _providers(self) -> str:
        return self._arn("iam::{account}:oidc-provider/oidc.eks.{region}.*")

    def _in_region(self) -> Condition:
        return Condition("StringEquals", "aws:RequestedRegion", (self._spec.region,))

    def _arn(self, form: str) -> str:
        return f"arn:{regions.partition(self._spec.region)}:{form.format_map(self._known)}"


def types(stacks: Iterable[Mapping[str, Any]]) -> set[str]:
    """Terraform's types in these configurations, with `data.` before those that are only read."""
    found: set[str] = set()
    for one in stacks:
        found |= {*one.get("resource", {}), *(f"data.{kind}" for kind in one.get("data", {}))}
    return found


def trust(roles: DeployerRoles, subjects: Collection[str]) -> Statement:
    """That in jobs whose token has one of these subjects."""
    provider = roles.oidc_provider.partition(":oidc-provider/")[2]
    audience = facts.GITHUB_AUDIENCE if re.fullmatch(facts.GITHUB, provider) else f"https://{provider}"
    test = "StringLike" if any(re.search(r"[*?]", one) for one in subjects) else "StringEquals"
    return Statement(
        "Jobs",
        ("sts:AssumeRoleWithWebIdentity",),
        principals=(("Federated", (roles.oidc_provider,)),),
        conditions=(
            Condition("StringEquals", f"{provider}:aud", (audience,)),
            Condition(test, f"{provider}:sub", tuple(subjects)),
        ),
    )


def _account_of(roles: DeployerRoles | None) -> str | None:
    """A role can trust a provider of its own account alone."""
    return roles.oidc_provider.split(":")[4] if roles else None


def _actions(prefix: str, words: str) -> tuple[str, ...]:
    return tuple(f"{prefix}:{word}" for word in words.split())


def _domains(services: Collection[str]) -> tuple[str, ...]:
    return tuple(f"{one}.amazonaws.com" for one in services)
