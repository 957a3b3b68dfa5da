"""Turns a document into the model; what does not fit becomes a problem, and the rules still see the rest."""

from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from modules.spec.document import Document
from modules.spec.model import Spec
from modules.spec.model_mistakes import NONE, problem, short
from modules.spec.problem import Path, Problem, remove
from modules.spec.text_file import READER

# Used for a required key that is missing or wrong, so that all else can be checked in the same run.
_STAND_INS: dict[str, Any] = {"project": "project", "region": "eu-west-1", "services": {}}
MOST = 100
"""Mistakes that are listed: more are not read at once, and each costs time."""
# Keys of a service below which numbers and truth values can be text: variables, status codes, values of conditions.
_AS_WRITTEN = {"env", "health", "init", "sidecars", "statements"}


# Of a default that follows from another key, which has a mistake of its own.
_FOLLOWS = "default_factory_not_called"


def parse(document: Document) -> tuple[Spec, list[Problem]]:
    """The model of as much as fits, and a problem for each place that does not."""
    values, doubled = normal(document)
    unread = {one.path for one in document.problems}
    problems: dict[Path, Problem] = {}
    around: set[Path] = set()  # the places of the problems, and all places around them
    while True:
        try:
            spec = Spec.model_validate(values, context={READER: document.reader})
            named = spec.further(document.environment) if document.environment else spec
            return named, [*doubled, *problems.values()]
        except ValidationError as error:
            details = [one for one in error.errors(include_url=False) if one["type"] != _FOLLOWS]
            wrong = [(_place(values, detail), detail) for detail in details]
            for path, detail in wrong:
                only_follows = path in around
                if not only_follows and not (detail["input"] is None and document.place(path) in unread):
                    listed = len(problems) < MOST
                    problems[path] = problem(path, detail, document) if listed else short(path, detail)
                    around.update(path[:length] for length in range(len(path) + 1))
            for path, _ in wrong:
                _drop(values, path)


def normal(document: Document) -> tuple[dict[str, Any], list[Problem]]:
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
            if isinstance(path := body.get("health"), str) and path not in NONE:
                body["health"] = {"path": path}
                document.moved.setdefault(("services", name, "health", "path"), ("services", name, "health"))
            if "egress" in body:
                body["egress"] = _ways_out(body["egress"], ("services", name, "egress"), document)
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
    is_env = path[2] == "env" or (path[2] in ("init", "sidecars") and path[4:5] == ("env",))
    is_text = is_env or path[3:4] == ("codes",) or path[4:5] == ("conditions",)
    return document.texts.get(path, value) if is_text and isinstance(value, bool | int | float) else value


def _ways_out(value: Any, place: Path, document: Document) -> Any:
    """`internet` is what a mapping says that leaves all to its defaults; one way can be written without a list."""
    if isinstance(value, str | dict):
        document.moved.setdefault((*place, 0), place)
    ways = (value,) if isinstance(value, str | dict) else value
    return tuple({} if way == "internet" else way for way in ways) if isinstance(ways, tuple) else value


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
                problems.append(Problem(place, f'"{key}" is listed twice.', "Remove this one.", edit=remove(place)))
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
