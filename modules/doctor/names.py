"""Whether names of the system are in use by something that its Terraform states do not hold."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from modules.doctor.account import Account
from modules.doctor.finding import Finding, NotChecked, ok, problem
from modules.doctor.subject import Subject

_SHOWN = 5
_OF_AWS = "/aws/"


class Kind(NamedTuple):
    """A Terraform type, what people call it, the argument with its name, and how the account lists such names."""

    type: str
    title: str
    argument: str
    listed: Callable[[Subject], set[str]]


def _roles(subject: Subject) -> set[str]:
    return {role["RoleName"] for role in subject.account.pages("iam", "list_roles", "Roles")}


def _buckets(subject: Subject) -> set[str]:
    return {bucket["Name"] for bucket in subject.account.ask("s3", "list_buckets").get("Buckets", ())}


def _log_groups(subject: Subject) -> set[str]:
    """Without those that AWS makes again after a destroy, which have no tags: `make deploy` imports them."""
    declared = subject.names("aws_cloudwatch_log_group", "name")
    prefixes = sorted({pattern.rstrip("*") for pattern in subject.spec.names.log_group_patterns})
    groups = {name: arn for prefix in prefixes for name, arn in _log_groups_with(subject.account, prefix)}
    return {
        name
        for name, arn in groups.items()
        if name in declared and not (name.startswith(_OF_AWS) and not _tags(subject.account, arn))
    }


def _log_groups_with(account: Account, prefix: str) -> Iterator[tuple[str, str]]:
    for group in account.pages("logs", "describe_log_groups", "logGroups", logGroupNamePrefix=prefix):
        yield group["logGroupName"], group["arn"].removesuffix(":*")


def _tags(account: Account, arn: str) -> dict[str, str]:
    return dict(account.ask("logs", "list_tags_for_resource", resourceArn=arn).get("tags", {}))


def _aliases(subject: Subject) -> set[str]:
    return {alias["AliasName"] for alias in subject.account.pages("kms", "list_aliases", "Aliases")}


KINDS = (
    Kind("aws_iam_role", "role", "name", _roles),
    Kind("aws_s3_bucket", "bucket", "bucket", _buckets),
    Kind("aws_cloudwatch_log_group", "log group", "name", _log_groups),
    Kind("aws_kms_alias", "KMS alias", "name", _aliases),
)


def names(subject: Subject) -> Iterator[Finding]:
    """A finding for each kind of name that is in use, and for each that could not be looked at."""
    for kind in KINDS:
        try:
            yield _of(kind, subject)
        except NotChecked as reason:
            yield Finding("not checked", f"{kind.title}s: {reason.finding.what}", reason.finding.next_step)


def _of(kind: Kind, subject: Subject) -> Finding:
    declared = subject.names(kind.type, kind.argument)
    held = {attributes.get(kind.argument) for attributes in subject.held(kind.type)}
    used = sorted(name for name in kind.listed(subject) if name in declared and name not in held)
    if not used:
        return ok(f"no other {kind.title} has one of {len(declared)} names")
    shown = ", ".join(used[:_SHOWN]) + (f" and {len(used) - _SHOWN} more" if len(used) > _SHOWN else "")
    named, has = (f"{kind.title} {shown} exists", "it") if len(used) == 1 else (f"{kind.title}s {shown} exist", "them")
    what = f"The {named}, and no Terraform state of the system has {has}."
    first = declared[used[0]]
    adopt = f"terraform -chdir=generated/stacks/{first.stack} import {first.address} {used[0]}"
    return problem(
        what,
        f"Delete what is left of an earlier system, or take it over ({adopt}), or choose another `project:`.",
    )
