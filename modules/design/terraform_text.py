"""The values of services.yaml as Terraform reads them literally: nothing that is written there is ever evaluated.

A string of Terraform's JSON, of HCL and of a file for `templatefile` is a template
(https://developer.hashicorp.com/terraform/language/expressions/strings#escape-sequences), and before that CDKTF puts
values in place of its tokens. So the spec is changed once, as a whole, before the stacks see it.
"""

import re
from typing import Any

from modules.schema.base import Model
from modules.spec.model import Spec

# A directive that renders as nothing, in a form that YAML neither quotes nor folds.
_NOTHING = "%{if(true)}%{endif}"
# CDKTF's marks of texts, lists and maps, and two texts by which it knows a map (cdktf/lib/tokens/private/encoding.js,
# token.js); broken where _NOTHING is put.
_TOKENS = re.compile(r"(?<=TfToken)(?=\[)|(?<=^String Map)(?= Token Value$)|(?<=^Any Map)(?= Token Value$)")
# What CDKTF takes for numbers in a text, and how JavaScript reads them; a token of a number is about -1.9e+289.
_NUMBER = re.compile(r"([-|\d.+]+)(e[-|\d.eE+]+)", re.ASCII)
_READ = re.compile(r"-(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII)
_LEAST_TOKEN = 1e200


def literal(spec: Spec) -> Spec:
    """The same system, for constructs and for files that Terraform fills in; do not check or print it."""
    changed: Spec = _literal(spec)
    return changed


def text(value: str) -> str:
    """A template of Terraform that renders as `value`, and in which CDKTF finds no token."""
    if "{" in value:
        value = value.replace("${", "$${").replace("%{", "%%{")
    if "Token" in value:
        value = _TOKENS.sub(_NOTHING, value)
    return _NUMBER.sub(_number, value) if "-" in value else value


def _number(found: re.Match[str]) -> str:
    read = _READ.match(found[0])
    is_token = read is not None and float(read[0]) < -_LEAST_TOKEN
    return f"{found[1]}{_NOTHING}{found[2]}" if is_token else found[0]


def _literal(value: Any) -> Any:
    """The value itself where nothing in it changes, as nearly always."""
    match value:
        case str():
            return text(value)
        case tuple():
            items = tuple(_literal(item) for item in value)
            return value if items == value else items
        case dict():
            found = {_literal(key): _literal(inner) for key, inner in value.items()}
            return value if found == value else found
        case Model():
            changed = {name: new for name, inner in value if (new := _literal(inner)) is not inner and new != inner}
            return value.model_copy(update=changed) if changed else value
    return value
