"""A stack of Terraform's JSON as HCL that `terraform fmt` leaves alone.

CDKTF has a writer of HCL too. It does not escape quotes beside an expression nor backslashes, ends strings of several
lines with one more line, and writes strings that begin with a bracket as code; so only the kind of each value is asked
of CDKTF (bindings/hcl_blocks.py).
"""

from collections.abc import Iterator, Set
from typing import Any

from modules.bindings.loader.node import HCL_VARIABLE
from modules.synth.hcl_expression import assignments, expression, indented, reference

VARIABLE = HCL_VARIABLE
"""Of the environment: with `true`, cdktf asks for HCL."""
Content = dict[str, Any]
Path = tuple[str, ...]
"""Keys that lead to a value, without the names of resources: ("resource", "aws_lb", "access_logs")."""
SECTIONS = ("terraform", "provider", "locals", "moved", "removed", "import", "data", "ephemeral", "resource", "output")
# Arguments and blocks of Terraform's own: the first lead, the last end what they are written in.
_FIRST = ("count", "for_each", "provider")
_LAST = ("depends_on", "lifecycle")
_LISTS_OF_REFERENCES = {"depends_on", "ignore_changes", "replace_triggered_by"}
_REFERENCES = {("moved", "from"), ("moved", "to"), ("removed", "from"), ("import", "to")}
_BLOCKS: frozenset[Path] = frozenset(
    {
        ("terraform", "required_providers"),
        ("terraform", "cloud"),
        ("terraform", "cloud", "workspaces"),
        ("removed", "lifecycle"),
    }
)
# The bindings leave its type out for its size, so they know no blocks in it; there, all that holds arguments is one:
# https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/wafv2_web_acl#statement-block.
_UNTYPED: Path = ("resource", "aws_wafv2_web_acl", "rule", "statement")
# Below the kind of a resource.
_META_BLOCKS = {("lifecycle",), ("lifecycle", "precondition"), ("lifecycle", "postcondition")}


def render(content: Content, blocks: Set[Path]) -> str:
    """The text of a .tf file; `content` without CDKTF's notes."""
    if unknown := content.keys() - {*SECTIONS}:
        raise AssertionError(f"hcl.py can't write these sections of a stack yet: {', '.join(sorted(unknown))}")
    known = _BLOCKS | blocks
    return "\n".join("\n".join(lines) + "\n" for name in SECTIONS for lines in _section(name, content.get(name), known))


def _section(name: str, section: Any, blocks: Set[Path]) -> Iterator[list[str]]:
    if not section:
        return
    path: Path = (name,)
    match name:
        case "terraform" | "locals":
            yield _block(name, section, path, blocks)
        case "provider":
            for kind, providers in sorted(section.items()):
                yield from (_block(f'provider "{kind}"', one, (*path, kind), blocks) for one in providers)
        case "moved" | "removed" | "import":
            yield from (_block(name, one, path, blocks) for one in section)
        case "output":
            yield from (_block(f'output "{key}"', one, path, blocks) for key, one in sorted(section.items()))
        case _:
            for kind, resources in sorted(section.items()):
                for address, one in sorted(resources.items()):
                    yield _block(f'{name} "{kind}" "{address}"', one, (*path, kind), blocks)


def _block(head: str, body: Content, path: Path, blocks: Set[Path]) -> list[str]:
    lines = _body(body, path, blocks)
    return [f"{head} {{", *indented(lines), "}"] if lines else [f"{head} {{}}"]


def _body(body: Content, path: Path, blocks: Set[Path]) -> list[str]:
    arguments: list[tuple[str, list[str]]] = []
    nested: list[list[str]] = []
    for name in sorted(body, key=_order):
        inner, value = (*path, name), body[name]
        if inner == ("terraform", "backend"):
            nested += [_block(f'backend "{kind}"', one, inner, blocks) for kind, one in value.items()]
        elif inner in blocks or inner[2:] in _META_BLOCKS or _is_untyped_block(inner, value):
            nested += [_block(name, one, inner, blocks) for one in (value if isinstance(value, list) else [value])]
        else:
            arguments.append((name, _argument(inner, value)))
    lines = assignments(arguments)
    for block in nested:
        lines += [*([""] if lines else []), *block]
    return lines


def _is_untyped_block(path: Path, value: Any) -> bool:
    items = value if isinstance(value, list) else [value]
    return path[: len(_UNTYPED)] == _UNTYPED and all(isinstance(item, dict) for item in items)


def _argument(path: Path, value: Any) -> list[str]:
    if path[-1] in _LISTS_OF_REFERENCES and isinstance(value, list) and value:
        return ["[", *indented(f"{reference(item)}," for item in value), "]"]
    if path in _REFERENCES or (path[-1] == "ignore_changes" and value == "all"):
        return [reference(value)]
    return expression(value)


def _order(name: str) -> tuple[int, str]:
    return (0 if name in _FIRST else 2 if name in _LAST else 1, name)
