"""What each word under `aws:` makes, sets and allows, from modules/permissions."""

from dataclasses import fields
from typing import Any, get_args

from modules.permissions import KINDS
from modules.permissions.kind import Access, GrantContext, Options, PermissionKind, SharedOptions, UserOptions
from tests.support.reference.keys import option_rows
from tests.support.reference.plan import Plans
from tests.support.reference.table import code, codes, table

HEAD = ["key", "type", "default", "example", "meaning", "the plan shows"]


def _overview() -> str:
    rows = [[f"[`{word}`](#{word})", kind.makes, _options(kind)] for word, kind in KINDS.items()]
    return table(["word", "makes", "options"], rows)


def _options(kind: PermissionKind[Any]) -> str:
    """Its own first, then those that kinds share."""
    shared = [name for base in kind.options.__mro__[1:] if issubclass(base, Options) for name in base.model_fields]
    found = sorted(kind.options.model_fields.items(), key=lambda item: item[0] in shared)
    return ", ".join(code(field.alias or name) for name, field in found)


def _words() -> str:
    return "\n".join(_word(word, kind) for word, kind in KINDS.items())


def _word(word: str, kind: PermissionKind[Any]) -> str:
    resource = kind.resource(*(f"<{one.name}>" for one in fields(kind.resource)))
    variables = codes(kind.environment(resource)) or "none"
    lines = [
        f"### {word}\n",
        f"**{kind.title}**: {kind.makes}.\n",
        f"Where a service gets it, the plan shows: {Plans.of_word(word)}\n",
        f"Variables of the pods: {variables}. Private endpoints of its traffic: {codes(kind.endpoints) or 'none'}.\n",
        table(["access", "allows"], [[level, _actions(kind, resource, level)] for level in _levels(kind)]),
    ]
    if rows := option_rows(word, kind.options):
        lines.append(table(HEAD, rows))
    return "\n".join(lines)


def _levels(kind: PermissionKind[Any]) -> tuple[Access, ...]:
    if not issubclass(kind.options, SharedOptions) or issubclass(kind.options, UserOptions):
        return ("own",)
    return ("own", *get_args(kind.options.model_fields["access"].annotation))


def _actions(kind: PermissionKind[Any], resource: object, level: Access) -> str:
    statements = kind.grants(resource, GrantContext(level, "eu-west-1"))
    return codes(dict.fromkeys(action for statement in statements for action in statement.actions))


PARTS = {"overview": _overview, "words": _words}
