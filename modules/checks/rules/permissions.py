"""Permissions that fit together."""

import re
from collections.abc import Iterator

from modules.design import service_policy
from modules.facts import zones
from modules.permissions.dynamodb import DynamodbOptions
from modules.permissions.kind import SharedOptions
from modules.permissions.redis import RedisOptions
from modules.permissions.redshift import RedshiftOptions
from modules.permissions.secrets import SecretsOptions
from modules.permissions.ses import SesOptions
from modules.permissions.sqs import SqsOptions
from modules.spec.model import Spec
from modules.spec.problem import Path, Problem, listed, remove


def _senders(spec: Spec) -> Iterator[tuple[SesOptions, Path]]:
    for name, service in spec.services.items():
        options = service.permissions.get("ses")
        if isinstance(options, SesOptions):
            yield options, ("services", name, "aws", "ses")


def senders_are_named(spec: Spec) -> Iterator[Problem]:
    """SES sends mail from an identity, which is an address or a domain."""
    for options, place in _senders(spec):
        if (options.sender is None) == (options.domain is None):
            what = "`ses` needs either the address or the domain that mail is sent from."
            next_step = "Write `ses: {from: no-reply@example.com}` or `ses: {domain: example.com}`."
            yield Problem(place, what, next_step, also=((*place, "from"), (*place, "domain")))


def senders_have_one_owner(spec: Spec) -> Iterator[Problem]:
    """An identity exists once per account and region, so exactly one state owns it."""
    owner: dict[str, Path] = {}
    for options, place in _senders(spec):
        # SES compares them without case.
        identity = (options.sender or options.domain or "").lower()
        if identity in owner:
            what = f'"{identity}" already belongs to {owner[identity][1]}.'
            yield Problem(
                place, what, "Let one service send the mail, or give each its own address.", also=(owner[identity],)
            )
        elif identity:
            owner[identity] = place


def keys_differ(spec: Spec) -> Iterator[Problem]:
    """Partition key, sort key and expiry of a DynamoDB table are different attributes."""
    for name, service in spec.services.items():
        options = service.permissions.get("dynamodb")
        if isinstance(options, DynamodbOptions):
            sort_key = options.sort_key.name if options.sort_key else None
            used = [one for one in (options.partition_key.name, sort_key, options.ttl) if one is not None]
            if len(set(used)) < len(used):
                what = "partition_key, sort_key and ttl use the same attribute twice."
                step = "Give each of them its own attribute."
                yield Problem(("services", name, "aws", "dynamodb"), what, step)


def resources_of_others_exist(spec: Spec) -> Iterator[Problem]:
    """`of:`, `subscribe:` and `from:` name a service that owns such a resource."""
    for name, service in spec.services.items():
        for word, options in service.permissions.items():
            place: Path = ("services", name, "aws", word)
            named = [(other, "sns", (*place, "subscribe", index)) for index, other in enumerate(options.subscriptions)]
            if isinstance(options, SqsOptions):
                named += [(one.s3, "s3", (*place, "from", index, "s3")) for index, one in enumerate(options.sources)]
            if other := options.owner:
                named.append((other, word, (*place, "of")))
            for other, wanted, where in named:
                owned = spec.services[other].permissions.get(wanted) if other in spec.services else None
                if other in spec.services and (owned is None or owned.owner):
                    step = f"Add `{wanted}` under `aws:` of {other}, or remove this.{_owners(spec, name, wanted)}"
                    also = (("services", other, "aws"),)
                    yield Problem(where, f"{other} has no {wanted} of its own.", step, also=also)


def _owners(spec: Spec, name: str, word: str) -> str:
    """Who has one instead."""
    owners = [other for other, service in spec.services.items() if other != name and service.owns(word)]
    return f" These have one: {listed(owners)}." if owners else ""


def what_is_shared_belongs_to_its_owner(spec: Spec) -> Iterator[Problem]:
    """With `of:` the resource and its settings are another service's; without it, access can't be limited."""
    for name, service in spec.services.items():
        for word, options in service.permissions.items():
            place: Path = ("services", name, "aws", word)
            if not isinstance(options, SharedOptions | SecretsOptions):
                continue
            if options.of is None and "access" in options.model_fields_set:
                what = "`access` without `of` has no effect: a service has full access to its own resource."
                yield Problem((*place, "access"), what, "Add `of: <service>`, or remove `access`.")
            for key in sorted(
                options.model_fields_set - {"of", "access", *getattr(options, "kept", ())} if options.of else ()
            ):
                written = type(options).model_fields[key].alias or key
                what = f"`{written}` can't be set together with `of`: the resource belongs to {options.of}."
                yield Problem((*place, written), what, f"Move it under `aws:` of {options.of}, or remove `of`.")


def all_keys_are_those_of_one_service(spec: Spec) -> Iterator[Problem]:
    """Keys without a prefix are apart from those of others only where there are no others."""
    owners = [name for name, service in spec.services.items() if service.owns("redis")]
    for name in owners:
        others = [other for other in owners if other != name]
        options = spec.services[name].permissions["redis"]
        if isinstance(options, RedisOptions) and options.prefix and others:
            verb = "has" if len(others) == 1 else "have"
            what = f"`prefix: none` opens every key of the cache, and {listed(others)} {verb} keys of their own there."
            place = ("services", name, "aws", "redis", "prefix")
            step = f"Remove `prefix`, or write `redis: {{of: {name}}}` for the others."
            also = tuple(("services", other, "aws") for other in others)
            yield Problem(place, what, step, also=also, edit=remove(place))


# Endings of the AWS names of a service's resources, after the service's own name.
_ENDINGS = ("dead-letters", "results", "stores", "warehouse")


def names_do_not_meet(spec: Spec) -> Iterator[Problem]:
    """The dead-letter queue of `a` would have the same name as the queue of `a-dead-letters`."""
    services = {spec.names.first(name): name for name in spec.services}
    for first, name in services.items():
        for ending in _ENDINGS:
            base = services.get(first.removesuffix(f"-{ending}"), name)
            if base != name:
                what = f'AWS names of "{name}" would clash with those of {base}.'
                yield Problem(("services", name), what, "Use another name.", also=(("services", base),))


# https://docs.aws.amazon.com/redshift/latest/mgmt/serverless-usage-considerations.html; the region has two zones only.
_WAREHOUSE_ZONES, _EXCEPTION = 3, "us-west-1"


def warehouses_have_their_zones(spec: Spec) -> Iterator[Problem]:
    """Redshift Serverless needs subnets in three zones."""
    if len(spec.zones) >= _WAREHOUSE_ZONES or spec.region == _EXCEPTION:
        return
    for name, service in spec.services.items():
        if "redshift" in service.permissions:
            what = f"Redshift Serverless needs {_WAREHOUSE_ZONES} zones, and `zones:` has {len(spec.zones)}."
            usual = zones.default(spec.region)
            wider = f"Write `zones: [{', '.join(usual)}]`" if len(usual) >= _WAREHOUSE_ZONES else "Use another region"
            step = f"{wider}, or remove `redshift`."
            yield Problem(("services", name, "aws", "redshift"), what, step, also=(("zones",),))


def warehouses_have_room(spec: Spec) -> Iterator[Problem]:
    """Redshift refuses a most that is less than what it runs with at rest."""
    for name, service in spec.services.items():
        options = service.permissions.get("redshift")
        if isinstance(options, RedshiftOptions) and options.most_capacity < options.base_capacity:
            what = f"max_capacity, {options.max_capacity}, is less than base_capacity, {options.base_capacity}."
            place = ("services", name, "aws", "redshift")
            step = "Raise max_capacity or lower base_capacity."
            yield Problem((*place, "max_capacity"), what, step, also=((*place, "base_capacity"),))


def statements_are_narrow(spec: Spec) -> Iterator[Problem]:
    """A statement for every resource gives its reason."""
    for name, service in spec.services.items():
        for sid, raw in service.statements.items():
            for index, arn in enumerate(raw.resources):
                if not raw.reason and not re.search("[^*]", arn.split(":", 5)[-1]):
                    place = ("services", name, "statements", sid, "resources", index)
                    step = "List the ARNs; or, where IAM has no ARNs for these actions, add `reason: …`."
                    yield Problem(place, f'"{arn}" allows these actions on every resource.', step)


def statements_have_names_of_their_own(spec: Spec) -> Iterator[Problem]:
    """They share a policy with the statements of the permissions."""
    for name, service in spec.services.items():
        ours = {sid: word for word in service.permissions for sid in service_policy.statement_ids(word)}
        for sid in service.statements:
            if sid in ours:
                what = f'`{ours[sid]}` already has a statement with the name "{sid}".'
                yield Problem(("services", name, "statements", sid), what, "Use another name.")


# The policies in a role have 10,240 characters, and all kinds of permission together leave more than this:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html.
STATEMENTS_LENGTH = 2500


def statements_fit(spec: Spec) -> Iterator[Problem]:
    """They fit into the role's policies together with those of the permissions."""
    for name, service in spec.services.items():
        written = (
            f'"Sid":"{sid}","Effect":"Allow",{raw.model_dump_json(exclude={"reason"})}'
            for sid, raw in service.statements.items()
        )
        if (length := sum(map(len, written))) > STATEMENTS_LENGTH:
            what = f"These statements have {length} characters, and the role has room for {STATEMENTS_LENGTH}."
            yield Problem(("services", name, "statements"), what, "List fewer ARNs: select them by a path or a tag.")
