"""Turns a document into the model; what does not fit becomes a problem, and the rules still see the rest."""

import typing
from collections.abc import Iterator
from types import UnionType
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from modules.permissions import KINDS
from modules.schema import patterns
from modules.schema.base import Model, OneOrMany
from modules.spec.document import Document
from modules.spec.model import Service, Spec
from modules.spec.problem import Path, Problem, did_you_mean, known_here

# Stand in for a required key that is missing or wrong, so that all else can be checked in the same run.
_STAND_INS: dict[str, Any] = {"project": "project", "region": "eu-west-1", "services": {}}
_TOO_MANY_KEYS = 8
# Keys of a service below which numbers and truth values can be text: variables, and values of conditions.
_AS_WRITTEN = {"env", "statements"}
MOST = 100
"""Mistakes that are listed; nobody reads more at once, and each costs time."""
_TYPES = {
    "int": "a whole number",
    "float": "a number",
    "string": "text",
    "bool": "true or false",
    "tuple": "a list",
    "dict": "a mapping",
    "model": "a mapping",
}


def parse(document: Document) -> tuple[Spec, list[Problem]]:
    """The model of as much as fits, and a problem for each place that does not."""
    values, doubled = _normal(document)
    unread = {problem.path for problem in document.problems}
    problems: dict[Path, Problem] = {}
    around: set[Path] = set()  # the places of the problems, and all places around them
    while True:
        try:
            return Spec.model_validate(values), [*doubled, *problems.values()]
        except ValidationError as error:
            wrong = [(_place(values, detail), detail) for detail in error.errors(include_url=False)]
            for path, detail in wrong:
                only_follows = path in around
                if not only_follows and not (detail["input"] is None and document.place(path) in unread):
                    listed = len(problems) < MOST
                    problems[path] = _problem(path, detail, document) if listed else _short_problem(path, detail)
                    around.update(path[:length] for length in range(len(path) + 1))
            for path, _ in wrong:
                _drop(values, path)


def _normal(document: Document) -> tuple[dict[str, Any], list[Problem]]:
    """A copy in which a service without a body is an empty mapping and `aws: [a, b]` is `aws: {a: {}, b: {}}`.

    The document gets where it has such words. With the copy comes a problem for each word that a list holds twice.
    """
    problems: list[Problem] = []
    copy = _copied(document.values)
    if isinstance(services := copy.get("services"), dict):
        copy["services"] = {
            name: dict(body) if isinstance(body, dict) else {} if body is None else body
            for name, body in services.items()
        }
        for name, body in copy["services"].items():
            if not isinstance(body, dict):
                continue
            if isinstance(words := body.get("aws"), tuple | str):
                permissions, doubled = _permissions(("services", name, "aws"), words, document.moved)
                body["aws"] = permissions
                problems += doubled
            body |= {
                key: _as_written(body[key], ("services", name, key), document) for key in _AS_WRITTEN & body.keys()
            }
    return copy, problems


def _as_written(value: Any, path: Path, document: Document) -> Any:
    """With the source text of each number and truth value: a program's environment has `1.10`, and not 1.1."""
    if isinstance(value, dict):
        return {key: _as_written(inner, (*path, key), document) for key, inner in value.items()}
    if isinstance(value, tuple):
        return tuple(_as_written(inner, (*path, index), document) for index, inner in enumerate(value))
    is_text = path[2] == "env" or path[4:5] == ("conditions",)
    return document.texts.get(path, value) if is_text and isinstance(value, bool | int | float) else value


def _permissions(
    aws: Path, words: tuple[Any, ...] | str, moved: dict[Path, Path]
) -> tuple[dict[str, Any], list[Problem]]:
    """The mapping that a word or a list of words under `aws:` is short for."""
    mapping: dict[str, Any] = {}
    problems: list[Problem] = []
    for index, word in enumerate((words,) if isinstance(words, str) else words):
        place = aws if isinstance(words, str) else (*aws, index)
        for key, options in word.items() if isinstance(word, dict) else [(str(word), {})]:
            if key in mapping:
                problems.append(Problem(place, f'"{key}" is listed twice.', "Keep one of the two."))
            mapping.setdefault(key, options)
            moved.setdefault((*aws, key), place)
    return mapping, problems


def _place(values: Any, detail: ErrorDetails) -> Path:
    """Where the file is wrong: pydantic's location, cut where a word stands in place of a list."""
    path: list[str | int] = []
    for part in detail["loc"]:
        path.append(part)
        in_list = isinstance(values, tuple) and isinstance(part, int) and part < len(values)
        if not in_list and not (isinstance(values, dict) and part in values):
            return tuple(path) if detail["type"] == "missing" else tuple(path[:-1])
        values = values[part]
    return tuple(path)


def _drop(values: dict[str, Any], path: Path) -> None:
    """Takes a wrong place out of `values`, or the nearest place around it that can be left out, unless it is gone."""
    around: list[dict[str, Any]] = [values]
    for part in path[:-1]:
        if isinstance(part, str) and part not in around[-1]:
            return
        inner = around[-1].get(part) if isinstance(part, str) else None
        if not isinstance(inner, dict):
            break
        around.append(inner)
    key = path[len(around) - 1] if path else ""
    if key in around[-1]:
        del around[-1][key]
    elif len(around) > 1:
        around[-2].pop(path[len(around) - 2], None)  # type: ignore[arg-type]
    for name, value in _STAND_INS.items():
        values.setdefault(name, value)


def _copied(value: Any) -> Any:
    """A copy of the mappings, so that wrong places can be taken out of it."""
    return {key: _copied(inner) for key, inner in value.items()} if isinstance(value, dict) else value


def _short_problem(path: Path, detail: ErrorDetails) -> Problem:
    """Beyond the most that is listed, no nearest word is looked for: with 20,000 of them that would take a minute."""
    return Problem(path, f"{_shown(detail['input'])} is not allowed here.", "Compare it with docs/services.md.")


def _problem(path: Path, detail: ErrorDetails, document: Document) -> Problem:
    value, context = detail["input"], detail.get("ctx", {})
    match detail["type"].split("_"):
        case ["missing"]:
            return Problem(path, f'"{path[-1]}" is missing.', f"Write `{path[-1]}: …` here.")
        case ["extra", "forbidden"] if path[:1] == ("services",) and path[2:3] == ("aws",) and len(path) == 4:
            if path[-1] in _keys(Service):
                what = f'"{path[-1]}" is a key of the service, not a permission.'
                return Problem(path, what, "Write it beside `aws:`.")
            return Problem(path, f'"{path[-1]}" is not a known permission.', did_you_mean(str(path[-1]), list(KINDS)))
        case ["extra", "forbidden"]:
            return Problem(
                path, f'"{path[-1]}" is not a known key here.', did_you_mean(str(path[-1]), _known(path[:-1]))
            )
        case ["literal", "error"]:
            return _no_choice(path, value, context["expected"].replace("'", "").replace(" or ", ", ").split(", "))
        case ["string", "pattern", "mismatch"]:
            name, example = patterns.EXAMPLES[context["pattern"]]
            step = f"Write one such as {_example(path, value, context['pattern']) or example}."
            return Problem(path, f"{_shown(value)} is not {name}.", step)
        case ["string", "type"] if isinstance(value, int | float) and document.place(path) in document.texts:
            text = document.texts[document.place(path)]
            read_as = _TYPES["bool"] if isinstance(value, bool) else "a number"
            step = (
                "Write it with its unit, such as 512MB." if path[-1] == "memory" else f'Write it in quotes: "{text}".'
            )
            return Problem(path, f"{text} is read as {read_as} here, but text is asked for.", step)
        case [kind, "type"] if kind in _TYPES:
            found = "The value is empty" if value is None else f"{_shown(value)} stands here"
            asked = "text or a list" if kind == "tuple" and _can_be_a_word(path) else _TYPES[kind]
            keys = _known(path) if kind == "model" else []
            with_keys = f" with the keys {', '.join(keys)}" if 0 < len(keys) < _TOO_MANY_KEYS else ""
            return Problem(
                path, f"{found}, but {asked} is asked for.", f"Write {asked}{with_keys}, or leave the key out."
            )
        case ["int", "from", "float"]:
            return Problem(
                path, f"{_shown(value)} stands here, but a whole number is asked for.", "Write a whole number."
            )
        case _:
            message = detail["msg"].replace("Input", "It").replace("String", "It")
            return Problem(path, f"{_shown(value)} can't stand here. {message}.", "Write a value within these limits.")


def _no_choice(path: Path, value: Any, choices: list[str]) -> Problem:
    step = did_you_mean(value, choices) if isinstance(value, str) else known_here(choices)
    if path[:1] == ("accept",):
        return Problem(path, f"There is no warning {_shown(value)}.", step)
    return Problem(path, f"{_shown(value)} is not known here.", step)


def _example(path: Path, value: str, pattern: str) -> str | None:
    """An example that is nearer to what was written than the pattern's own."""
    if pattern == patterns.CIDR:
        return f"{value}/32" if patterns.is_address(value) else "203.0.113.7/32" if "api_access" in path else None
    return f"{value}:v1.4" if pattern == patterns.IMAGE and "/" in value else None


def _shown(value: Any) -> str:
    match value:
        case str():
            return f'"{value}"' if len(value) <= 80 else f'"{value[:77]}…"'
        case bool():
            return str(value).lower()
        case tuple():
            return "A list"
        case dict():
            return "A mapping"
        case _:
            return str(value)


def _known(path: Path) -> list[str]:
    """The keys that a mapping can have, as services.yaml writes them; none where the file gives them their names."""
    models = (one for one in _alternatives(_annotation(path)) if _is_model(one))
    return next((_keys(model) for model in models), [])


def _keys(model: type[Model]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]


def _can_be_a_word(path: Path) -> bool:
    """Whether a single word can stand for this list."""
    annotation = _annotation(path)
    metadata = typing.get_args(annotation)[1:] if typing.get_origin(annotation) is typing.Annotated else ()
    return any(isinstance(one, OneOrMany) for one in metadata)


def _annotation(path: Path) -> Any:
    """Type of a place in the model; Any where the model has no such place."""
    annotation: Any = Spec
    for part in path:
        annotation = _annotation_in(annotation, part)
    return annotation


def _annotation_in(annotation: Any, part: str | int) -> Any:
    for one in _alternatives(annotation):
        if _is_model(one):
            fields = {field.alias or name: field for name, field in one.model_fields.items()}
            if (field := fields.get(str(part))) is not None:
                return typing.Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
        elif typing.get_origin(one) is dict:
            return typing.get_args(one)[1]
        elif typing.get_origin(one) is tuple:
            return typing.get_args(one)[0]
    return Any


def _alternatives(annotation: Any) -> Iterator[Any]:
    """What a value of this type can be: the parts of a union, without what pydantic is told about them."""
    if typing.get_origin(annotation) is typing.Annotated:
        yield from _alternatives(typing.get_args(annotation)[0])
    elif typing.get_origin(annotation) in (typing.Union, UnionType):
        for one in typing.get_args(annotation):
            yield from _alternatives(one)
    else:
        yield annotation


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, Model)
