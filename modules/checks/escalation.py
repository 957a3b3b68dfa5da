"""What statements under `statements:` allow beyond the service itself: the warnings `privilege-escalation`."""

import re
from collections.abc import Iterator

from modules.facts import iam, iam_escalation
from modules.facts.iam_escalation import ASSUME_ROLE
from modules.permissions.raw import RawStatement
from modules.spec.model import Spec
from modules.spec.problem import Path, Problem, listed

EVERYTHING = "*"
_STEP = "Remove what the service does not need; accept `privilege-escalation` if it needs all of this."
_NARROWER = "Write the names in full, or select the resources by a tag in a condition."


def ways_out(spec: Spec) -> Iterator[Problem]:
    """Ways by which a service gets more than its own resources: by some actions, and by wildcards in names."""
    for name, service in spec.services.items():
        held = {action for raw in service.statements.values() for _, action in _expanded(raw)}
        for sid, raw in service.statements.items():
            base = ("services", name, "statements", sid)
            for escalation in iam_escalation.ESCALATIONS:
                if escalation.needs in (None, *held) and not _has_condition(raw, escalation.unless):
                    yield from _by_actions(base, raw, escalation.actions, escalation.can)
            yield from _by_actions(base, raw, _giving(raw), iam_escalation.GIVING_CAN)
            yield from _by_assumed_roles(spec, base, raw)
            yield from _by_wildcards(spec, name, base, raw)


def _expanded(raw: RawStatement) -> Iterator[tuple[int, str]]:
    """The actions that IAM knows under each action of a statement, with its place in the list."""
    for index, action in enumerate(raw.actions):
        prefix, _, word = action.partition(":")
        for one in iam.actions(prefix):
            if one == word or (word.endswith("*") and one.startswith(word[:-1])):
                yield index, f"{prefix}:{one}"


def _has_condition(raw: RawStatement, key: str | None) -> bool:
    return key is not None and any(key in keys for keys in raw.conditions.values())


def _giving(raw: RawStatement) -> str:
    """A pattern of the statement's actions that give permissions on its resources."""
    already = "|".join(escalation.actions for escalation in iam_escalation.ESCALATIONS)
    found = [
        action
        for _, action in _expanded(raw)
        if action.partition(":")[2] in iam.permissions_management(action.partition(":")[0])
        and re.fullmatch(iam_escalation.GIVES, action.partition(":")[2])
        and not re.fullmatch(already, action)
    ]
    return "|".join(found) or "(?!)"


def _by_actions(base: Path, raw: RawStatement, actions: str, can: str) -> Iterator[Problem]:
    found = [(index, action) for index, action in _expanded(raw) if re.fullmatch(actions, action)]
    if found:
        what = f"With {listed([action for _, action in found])}, {base[1]} can {can}."
        yield Problem((*base, "actions", found[0][0]), what, _STEP)


def _by_assumed_roles(spec: Spec, base: Path, raw: RawStatement) -> Iterator[Problem]:
    if ASSUME_ROLE not in {action for _, action in _expanded(raw)}:
        return
    for index, arn in enumerate(raw.resources):
        account = "" if arn == EVERYTHING else arn.split(":")[4]
        if spec.account is None or account != spec.account:
            ours = f"this system's account {spec.account}" if spec.account else "an account that `account:` names"
            what = f"With {ASSUME_ROLE}, {base[1]} can act as {arn}, which is not a role of {ours}."
            yield Problem((*base, "resources", index), what, _STEP)


def _by_wildcards(spec: Spec, name: str, base: Path, raw: RawStatement) -> Iterator[Problem]:
    if any("ResourceTag/" in key for keys in raw.conditions.values() for key in keys):
        return
    for index, arn in enumerate(raw.resources):
        services = {arn.split(":")[2], *(["sts"] if ":iam:" in arn else [])} if arn != EVERYTHING else set()
        actions = [action for action in raw.actions if action.partition(":")[0] in services]
        if actions and (reached := _reached(spec, name, arn)):
            yield Problem((*base, "resources", index), f'"{arn}" allows {listed(actions)} on {reached}.', _NARROWER)


def _reached(spec: Spec, name: str, arn: str) -> str:
    """What of others an ARN with a wildcard reaches, as a phrase; "" if nothing, or if the ARN needs a reason."""
    _, _, prefix, region, account, rest = arn.split(":", 5)
    is_of_aws = account == "aws" or (region and not account)
    if is_of_aws or not rest.strip("*"):
        return ""
    kind, _, of = re.sub(":", "/", rest, count=1).partition("/")
    if prefix in iam_escalation.WITHOUT_KIND:
        kind, of = iam_escalation.WITHOUT_KIND[prefix], rest
    elif re.search("[*?]", kind):
        kind, of = "resource", "*"
    if prefix in iam_escalation.NAME_IS_LAST:
        of = of.rpartition("/")[2]
    fixed, wildcard, _ = re.sub("[*?].*", "\0", of.lstrip("/")).partition("\0")
    if not wildcard:
        return ""
    if not fixed:
        return f"every {kind} of the account"
    if prefix not in iam_escalation.OWNED:
        return ""
    own = [f"{spec.names.prefix}{sign}" for sign in "-/_"]
    others = [other for other in spec.services if other != name]
    found = [other for other in others if any(f"{start}{other}".startswith(fixed) for start in own)]
    return f"each {kind} of {listed(found)} whose name starts with {fixed}" if found else ""
