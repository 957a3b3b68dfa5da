"""A value of Terraform's JSON as an expression of HCL, laid out as `terraform fmt` does.

In both languages a string is a template: `${…}` holds an expression, `$${` is a literal `${`. Only HCL reads a
backslash in it as an escape: https://developer.hashicorp.com/terraform/language/syntax/json#expression-mapping.
"""

import json
import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

INDENT = "  "
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
# An object that starts with `for` is a `for` expression; the others are values.
_KEYWORDS = {"for", "true", "false", "null"}
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def expression(value: Any) -> list[str]:
    """The lines of an expression, the first of which follows the equals sign."""
    if isinstance(value, str):
        return [_string(value)]
    if isinstance(value, list) and value:
        items = [expression(item) for item in value]
        return ["[", *indented(line for item in items for line in (*item[:-1], f"{item[-1]},")), "]"]
    if isinstance(value, dict) and value:
        return ["{", *indented(assignments((_key(key), expression(value[key])) for key in sorted(value))), "}"]
    return [json.dumps(value)]


def reference(text: str) -> str:
    """What HCL takes as a bare reference and JSON as a string, such as an item of `depends_on`."""
    return _string(text) if "${" in text else text


def assignments(pairs: Iterable[tuple[str, list[str]]]) -> list[str]:
    """Lines of `name = expression`; equals signs of neighbours of one line are below each other."""
    lines: list[str] = []
    for single, run in groupby(pairs, key=lambda pair: len(pair[1]) == 1):
        neighbours = list(run)
        width = max(len(name) for name, _ in neighbours) if single else 0
        for name, (first, *rest) in neighbours:
            lines += [f"{name:{width}} = {first}" if single else f"{name} = {first}", *rest]
    return lines


def indented(lines: Iterable[str]) -> list[str]:
    """One level deeper; an empty line stays empty."""
    return [f"{INDENT}{line}" if line else line for line in lines]


def _key(key: str) -> str:
    return key if _IDENTIFIER.fullmatch(key) and key not in _KEYWORDS else _quoted(_parts(key))


def _string(template: str) -> str:
    parts = list(_parts(template))
    match parts:
        case [(True, inner)] if inner.startswith("${"):
            return _spaced(inner[2:-1])
    return _quoted(parts)


def _quoted(parts: Iterable[tuple[bool, str]]) -> str:
    return f'"{"".join(_spaced(part) if is_code else _escaped(part) for is_code, part in parts)}"'


def _parts(template: str) -> Iterator[tuple[bool, str]]:
    """Literal parts (False), and parts with what is evaluated (True), with its braces."""
    at = start = 0
    while at < len(template):
        if template.startswith(("$${", "%%{"), at):
            at += 3
        elif template.startswith(("${", "%{"), at):
            if start < at:
                yield False, template[start:at]
            start, at = at, _after_brace(template, at + 2)
            yield True, template[start:at]
            start = at
        else:
            at += 1
    if start < at:
        yield False, template[start:]


def _after_brace(text: str, at: int) -> int:
    """Behind the brace that closes the expression which is open at `at`."""
    while at < len(text):
        if text[at] == "}":
            return at + 1
        if text[at] == '"':
            at = _after_quote(text, at + 1)
        else:
            at = _after_brace(text, at + 1) if text[at] == "{" else at + 1
    raise ValueError(f"A template of Terraform does not end: {text!r}")


def _after_quote(text: str, at: int) -> int:
    while at < len(text):
        if text[at] == '"':
            return at + 1
        if text.startswith(("$${", "%%{"), at):
            at += 3
        elif text.startswith(("${", "%{"), at):
            at = _after_brace(text, at + 2)
        else:
            at += 2 if text[at] == "\\" else 1
    raise ValueError(f"A string in a template of Terraform does not end: {text!r}")


def _spaced(code: str) -> str:
    """With a space inside the braces of objects; all other spaces are there, as CDKTF's functions write them."""
    spaced, at = "", 0
    if code.startswith(("${", "%{")):
        return f"{code[:2]}{_spaced(code[2:-1])}}}"
    while at < len(code):
        end = _after_quote(code, at + 1) if code[at] == '"' else at + 1
        spaced, at = spaced + code[at:end], end
        after = code[at : at + 1]
        opens = spaced.endswith("{") and after not in ("", " ", "}")
        closes = after == "}" and not spaced.endswith((" ", "{"))
        spaced += " " * (opens or closes)
    return spaced


def _escaped(literal: str) -> str:
    return "".join(_ESCAPES.get(char) or (char if char.isprintable() else f"\\U{ord(char):08x}") for char in literal)
