"""The columns of the matrix of access: resources of the generated JSON, each with the actions that AWS has for it.

Where a condition decides, a resource has a column for each of its cases: a key by each AWS service that uses it, mail
from each sender, a store without TLS.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from modules.access.policies import Place, Policies
from modules.facts.arns import FORMATS
from modules.naming import PLATFORM_STACKS, address
from tests.support import declared_access
from tests.support.declared_access import Declared, as_list, words

# Type of a resource and what its address has behind the service's name -> what declared_access.py calls it.
THINGS = {
    ("aws_s3_bucket", ""): "bucket",
    ("aws_s3_bucket", "results"): "results bucket",
    ("aws_sqs_queue", "queue"): "queue",
    ("aws_sns_topic", ""): "topic",
    ("aws_dynamodb_table", ""): "table",
    ("aws_secretsmanager_secret", ""): "secret",
    ("aws_kms_key", ""): "key",
    ("aws_kms_key", "stores"): "stores key",
    ("aws_athena_workgroup", ""): "workgroup",
    ("aws_glue_catalog_database", ""): "catalog database",
    ("aws_redshiftserverless_workgroup", ""): "warehouse",
    ("aws_elasticache_user", ""): "cache user",
    ("aws_cloudwatch_log_group", ""): "log group",
}
# What is inside of a resource: the thing, and what its ARN has behind that of the resource.
INSIDE = {
    "bucket": ("objects", "/a/b"),
    "results bucket": ("results objects", "/a/b"),
    "table": ("index", "/index/a"),
    "log group": ("log streams", ":log-stream:a"),
}
# Prefixes of actions besides the one in the ARN.
_PREFIXES = {"rds": ("rds", "rds-data"), "redshift-serverless": ("redshift-serverless", "redshift-data")}
_USING_KEYS = ("dynamodb", "rds", "s3", "secretsmanager", "sns", "sqs")
_STARTED = "redshift-data:statement-owner-iam-userid"


class Column(NamedTuple):
    """Actions with these prefixes on one resource; `policy_of` is the ARN whose policy decides."""

    owner: str
    thing: str
    resource: str
    prefixes: tuple[str, ...]
    context: Mapping[str, Any] = {}
    policy_of: str = ""
    also: tuple[tuple[str, str], ...] = ()

    def fits(self, one: Declared) -> bool:
        """Whether a declaration is about it; `also` are further pairs of an owner and a thing."""
        if one.thing.startswith("any of "):
            return self.prefixes == (one.thing.removeprefix("any of "),)
        pairs = ((self.owner, self.thing), *self.also)
        return (one.owner, one.thing) in pairs or (one.thing.startswith("any ") and one.thing in dict(pairs).values())


class Columns:
    """Those of a system."""

    def __init__(self, system: Mapping[str, Any], policies: Policies) -> None:
        self._policies, self._values = policies, policies.values
        self._services: Mapping[str, Any] = system["services"]
        self._region: str = system["region"]
        self._account = self._values.account(next(iter(policies.stacks)))
        self._own = f"{self._region}:{self._account}"
        self._sources = dict(self._secrets_elsewhere())

    def all(self) -> list[Column]:
        """Each resource, the users of the shared stores, what has no resource, and what raw statements name."""
        found = [*self._resources(), *self._users(), *self._mail(), *self._without_resource()]
        prefixes = {prefix for one in found for prefix in one.prefixes}
        return [*found, *(Column("account", f"all of {one}", "*", (one,)) for one in sorted(prefixes)), *self._raw()]

    def _resources(self) -> Iterator[Column]:
        for place in self._policies.places(*FORMATS):
            owner, thing = self._thing(place)
            arn = str(self._values.arn(*place))
            prefix = arn.split(":")[2]
            if place.kind == "aws_kms_key":
                yield from self._key(owner, thing, arn)
            elif place.kind == "aws_iam_role":
                yield Column(owner, "role", arn, ("iam",))
                yield Column(owner, "role to assume", arn, ("sts",), policy_of=arn)
            elif not place.kind.startswith("aws_sesv2"):
                also = tuple((source, "secret elsewhere") for source, secret in self._sources.items() if secret == arn)
                yield Column(owner, thing, arn, _PREFIXES.get(prefix, (prefix,)), {}, arn, also)
            if prefix in ("s3", "sqs", "sns"):
                yield Column(owner, f"{thing} without TLS", arn, (prefix,), {"aws:SecureTransport": "false"}, arn)
            if thing in INSIDE:
                inside, ending = INSIDE[thing]
                yield Column(owner, inside, f"{arn}{ending}", (prefix,), policy_of=arn)
        yield from self._key("somebody", "key", f"arn:aws:kms:{self._own}:key/of-somebody")
        for source, arn in self._sources.items():  # also those that are a resource here
            yield Column(source, "secret elsewhere", arn, ("secretsmanager",))

    def _thing(self, place: Place) -> tuple[str, str]:
        """Whose it is, and what it is; of the platform by its address."""
        names = [name for name in self._services if re.fullmatch(f"{address(name)}(_.*)?", place.name)]
        if place.stack.endswith(PLATFORM_STACKS) or not names:
            return place.stack, "any cache" if "replication_group" in place.kind else f"{place.kind}.{place.name}"
        name = max(names, key=len)
        ending = place.name.removeprefix(address(name)).removeprefix("_")
        return name, THINGS.get((place.kind, ending), f"{place.kind} {ending}".strip())

    def _key(self, owner: str, thing: str, arn: str) -> Iterator[Column]:
        """Used directly, and by each AWS service for the caller; for a secret made elsewhere, by that secret."""
        anyhow = (owner, f"{thing} in any way")
        yield Column(owner, thing, arn, ("kms",), {}, arn, (anyhow,))
        via = {one: {"kms:ViaService": f"{one}.{self._region}.amazonaws.com"} for one in _USING_KEYS}
        for service, context in via.items():
            yield Column(owner, f"{thing} by {service}", arn, ("kms",), context, arn, (anyhow,))
        reading = f"{thing} by secretsmanager"
        for source, secret in self._sources.items():
            context = via["secretsmanager"] | {"kms:EncryptionContext:SecretARN": secret}
            also = ((owner, reading), anyhow, ("", f"any key for {source}"))
            yield Column(owner, f"{reading} for {source}", arn, ("kms",), context, arn, also)

    def _secrets_elsewhere(self) -> Iterator[tuple[str, str]]:
        """What `secrets:` names, with its ARN; Terraform looks up what has a name only."""
        looked_up = {
            str(block["name"]): (stack, name)
            for stack, whole in self._policies.stacks.items()
            for name, block in whole.get("data", {}).get("aws_secretsmanager_secret", {}).items()
        }
        for name, service in self._services.items():
            for source in declared_access.elsewhere(name, service):
                first = as_list((service or {}).get("renamed_from", name))[0]
                called = next((one for one in looked_up if one.endswith(f"/{first}/logins")), source)
                called = called if source == declared_access.logins(name) else source
                stack, address_ = looked_up.get(called, ("", ""))
                arn = self._values.arn(stack, "aws_secretsmanager_secret", address_) if stack else source
                yield source, str(arn)

    def _users(self) -> Iterator[Column]:
        """Of Aurora, which no resource of Terraform is: those that stacks offer, and the master."""
        for stack, whole in self._policies.stacks.items():
            for service in self._services:
                offered = whole.get("output", {}).get("database_user_arn", {}).get("value")
                if offered and stack.endswith(service):
                    arn = self._values.text(stack, offered)
                    yield Column(service, "database user", arn, ("rds-db",))
                    yield Column("data", "master", f"{arn.rpartition('/')[0]}/postgres", ("rds-db",))

    def _mail(self) -> Iterator[Column]:
        """From each sender by each identity and configuration; in the sandbox SES asks for those of recipients too."""
        arns = {place: str(self._values.arn(*place)) for place in self._policies.places("aws_sesv2_configuration_set")}
        identities = [str(self._values.arn(*one)) for one in self._policies.places("aws_sesv2_email_identity")]
        recipient = f"arn:aws:ses:{self._own}:identity/somebody@example.org"
        for name, service in self._services.items():
            if given := words(service).get("ses"):
                sender = {"ses:FromAddress": given.get("from", f"anybody@{given.get('domain')}")}
                for arn in dict.fromkeys((*identities, recipient)):
                    yield Column(name, "mail", arn, ("ses",), sender)
                for place, arn in arns.items():
                    thing = "mail" if self._thing(place)[0] == name else "mail by another's configuration"
                    yield Column(name, thing, arn, ("ses",), sender)

    def _without_resource(self) -> Iterator[Column]:
        for stack, whole in self._policies.stacks.items():
            for service in self._services:
                offered = whole.get("output", {}).get("metrics_namespace", {}).get("value")
                if offered and stack.endswith(service):
                    yield Column(service, "metrics", "*", ("cloudwatch",), {"cloudwatch:namespace": offered})
        yield Column("somebody", "metrics", "*", ("cloudwatch",), {"cloudwatch:namespace": "another"})
        mine, theirs = {_STARTED: "AROA:pod"}, {_STARTED: "AROA:another"}
        yield Column("account", "any SQL that the caller started", "*", ("redshift-data",), mine)
        yield Column("account", "SQL that another started", "*", ("redshift-data",), theirs)
        glue = f"arn:aws:glue:{self._own}"
        yield Column("account", "any catalog", f"{glue}:catalog", ("glue",))
        yield Column("account", "any default database", f"{glue}:database/default", ("glue",))
        for place in self._policies.places("aws_glue_catalog_database"):
            table = str(self._values.arn(*place)).replace(":database/", ":table/")
            yield Column(self._thing(place)[0], "catalog tables", f"{table}/a", ("glue",))
        yield Column("somebody", "catalog tables", f"{glue}:table/another/a", ("glue",))

    def _raw(self) -> Iterator[Column]:
        """What `statements:` name, with their conditions met and not."""
        for service in self._services.values():
            for raw in ((service or {}).get("statements") or {}).values():
                prefixes = tuple(sorted({action.partition(":")[0] for action in as_list(raw["actions"])}))
                met = {key: value for keys in raw.get("conditions", {}).values() for key, value in keys.items()}
                for resource in as_list(raw["resources"]):
                    named = (
                        resource if resource == "*" else resource.replace("*", "a").replace("${aws:userid}", "AROA:pod")
                    )
                    yield Column("account", "named by a statement", named, prefixes)
                    if met:
                        yield Column("account", "named by a statement, condition met", named, prefixes, met)
