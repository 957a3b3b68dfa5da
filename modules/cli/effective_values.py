"""What `explain`, `show` and `compare` read: the values of an environment as they count."""

from typing import Any

from modules.checks.check import Checked
from modules.checks.rules import RULES
from modules.spec.document import Document
from modules.spec.environments import KEY, left_out
from modules.spec.layered import depth
from modules.spec.model import Spec
from modules.spec.parse import normal, parse
from modules.spec.problem import Path
from modules.spec.with_defaults import with_defaults


def document_of(checked: Checked, spec: Spec) -> Document:
    """Where the values of an environment are written."""
    name = spec.names.environment
    return checked.document if name is None else checked.layers[name]


def values(checked: Checked, spec: Spec) -> dict[str, Any]:
    """Of an environment, with defaults: a services.yaml of the same system."""
    document = document_of(checked, spec)
    written, _ = normal(document)
    whole = with_defaults(spec, {key: value for key, value in written.items() if key != KEY})
    # Some defaults can't be written, since they say nothing there: a worker has no protocol.
    while unsaid := [
        path for path in _refused(whole, document) if depth(written, path) < len(path) == depth(whole, path)
    ]:
        for path in unsaid:
            whole = left_out(whole, path)
    return whole


def _refused(whole: dict[str, Any], document: Document) -> list[Path]:
    spec, problems = parse(Document(document.name, whole, reader=document.reader))
    return [problem.path for problem in (*problems, *(one for rule in RULES for one in rule(spec)))]


def leaves(value: Any, path: Path = ()) -> dict[Path, Any]:
    """Each value that is no mapping, by its place; an empty mapping is one."""
    if not isinstance(value, dict) or not value:
        return {path: value}
    return {place: one for key, inner in value.items() for place, one in leaves(inner, (*path, key)).items()}


def text(value: Any) -> str:
    """A value on one line, as YAML."""
    match value:
        case None:
            return "none"
        case bool():
            return str(value).lower()
        case tuple():
            return f"[{', '.join(map(text, value))}]"
        case dict():
            return f"{{{', '.join(f'{key}: {text(one)}' for key, one in value.items())}}}"
    return str(value)
