"""Environments besides the base: for each a document with the base's values, and its own in their place.

Mappings are merged, lists and other values replaced, as they are after `aws: [s3]` has become `{s3: {}}`. Each value
keeps the line that it is from.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from modules.schema import patterns
from modules.spec import yaml_file
from modules.spec.document import Document
from modules.spec.layered import Layered
from modules.spec.model_mistakes import shown
from modules.spec.parse import normal
from modules.spec.problem import Path, Problem, did_you_mean, remove

KEY, WITHOUT = "environments", "without"
# They are the whole file's: names and states of all environments begin with the first.
_OF_ALL = ("project", "environment", KEY)


def layered(document: Document) -> tuple[dict[str, Layered], list[Problem]]:
    """A document for each environment that the file names, and what is wrong with how they are written."""
    declared = document.values.get(KEY)
    found: dict[str, Layered] = {}
    problems: list[Problem] = []
    base = _base(document) if declared else document
    for name, value in declared.items() if isinstance(declared, dict) else ():
        if not re.fullmatch(patterns.ENVIRONMENT, name):
            continue  # a mistake of the model
        own, prefix = _own(document, name, value, problems)
        if own is not None:
            found[name] = _layered(base, name, own, prefix, problems)
    return found, problems


def unchanged(document: Layered) -> Iterator[Path]:
    """Places, without the outer ones, at which the environment says what the base says."""
    yield from _unchanged((), document.own.values, document.base.values)


def _unchanged(path: Path, own: Any, base: Any) -> Iterator[Path]:
    if isinstance(own, dict) and isinstance(base, dict) and own:
        for key, value in own.items():
            if key in base:
                yield from _unchanged((*path, key), value, base[key])
    elif path and (own == base or (own == {} and isinstance(base, dict))):
        yield path


def _own(document: Document, name: str, value: Any, problems: list[Problem]) -> tuple[Document | None, Path]:
    """The environment's own values as a document, and where they are in the file that has them."""
    place: Path = (KEY, name)
    match value:
        case str() if re.fullmatch(patterns.REPOSITORY_FILE, value):
            return _of_file(document, value, place, problems), ()
        case dict() | None:
            own = Document(document.name, dict(value or {}), reader=document.reader)
            own.lines = {path[2:]: line for path, line in document.lines.items() if path[:2] == place}
            own.texts = {path[2:]: text for path, text in document.texts.items() if path[:2] == place}
            return own, place
    what = f"{shown(value)} is not what differs in an environment."
    problems.append(
        Problem(place, what, "Write the keys that differ, or the name of a file beside this one: dev.yaml.")
    )
    return None, place


def _of_file(document: Document, source: str, place: Path, problems: list[Problem]) -> Document | None:
    own = Document(source, reader=document.reader)
    try:
        assert document.reader is not None
        yaml_file.fill(document.reader(source), own)
    except OSError as error:
        what = f"{source} can't be read: {error.strerror}."
        problems.append(Problem(place, what, "Create it beside this file, or write the keys here."))
        return None
    except UnicodeDecodeError:
        problems.append(Problem(place, f"{source} is not UTF-8 text.", "Save it as UTF-8."))
        return None
    for one in own.problems:
        line = one.line or own.line(one.path)
        problems.append(Problem(one.path, one.what, one.next_step, line=line, file=source))
    return None if own.problems else own


def _base(document: Document) -> Document:
    """The file as it is for an environment: its values, but what is of the whole file."""
    values, _ = normal(document)
    kept = {key: value for key, value in values.items() if key not in _OF_ALL[1:]}
    found = Document(document.name, kept, reader=document.reader)
    found.lines, found.texts, found.moved = document.lines, document.texts, document.moved
    return found


def _layered(base: Document, name: str, own: Document, prefix: Path, problems: list[Problem]) -> Layered:
    def problem(path: Path, what: str, step: str, *, removes: bool = False) -> None:
        is_first = own.name == base.name
        edit = remove((*prefix, *path)) if removes and is_first else None
        file = None if is_first else own.name
        problems.append(Problem((*prefix, *path), what, step, line=own.line(path), edit=edit, file=file))

    for key in _OF_ALL:
        if own.values.pop(key, None) is not None:
            problem((key,), f'"{key}" is one for all environments.', "Remove it here.", removes=True)
    words = own.values.pop(WITHOUT, ())
    own.values, doubled = normal(own)
    for one in doubled:
        problem(one.path, one.what, one.next_step)
    left = replace(base, values=_what_is_left(base, words, problem))
    values = _merged(left.values, own.values)
    return Layered(base.name, values, reader=base.reader, environment=name, base=left, own=own, prefix=prefix)


def _what_is_left(base: Document, words: Any, problem: Callable[[Path, str, str], None]) -> dict[str, Any]:
    """The base's values without what `without:` names."""
    values = base.values
    if not isinstance(words, str | tuple):
        problem((WITHOUT,), f"{shown(words)} is not a list.", "Write a list, such as [services.web.env.DEBUG].")
        return values
    for index, word in enumerate((words,) if isinstance(words, str) else words):
        place: Path = (WITHOUT,) if isinstance(words, str) else (WITHOUT, index)
        if isinstance(word, str) and (path := find(values, word)) is not None:
            values = left_out(values, path)
        else:
            known = list(_paths(values, str(word)))
            problem(place, f"{shown(word)} is not in {base.name}.", did_you_mean(str(word), known))
    return values


def _merged(base: Any, own: Any) -> Any:
    if not (isinstance(base, dict) and isinstance(own, dict)):
        return own
    return {**base, **{key: _merged(base[key], value) if key in base else value for key, value in own.items()}}


def find(values: Any, word: str) -> Path | None:
    """The place that a dotted path names; keys may have dots themselves."""
    if not isinstance(values, dict):
        return None
    for key, inner in values.items():
        if word == key:
            return (key,)
        if word.startswith(f"{key}.") and (rest := find(inner, word.removeprefix(f"{key}."))) is not None:
            return (key, *rest)
    return None


def _paths(values: Any, word: str, above: str = "") -> Iterator[str]:
    """Places beside the one that a word names as far as it can be followed."""
    for key, inner in values.items() if isinstance(values, dict) else ():
        place = f"{above}{key}"
        if word.startswith(f"{place}.") and isinstance(inner, dict) and inner:
            yield from _paths(inner, word, f"{place}.")
            return
    for key in values if isinstance(values, dict) else ():
        yield f"{above}{key}"


def left_out(values: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """The values without what is at a place, where that is there."""
    key, *rest = path
    if not rest:
        return {name: inner for name, inner in values.items() if name != key}
    return {name: left_out(inner, tuple(rest)) if name == key else inner for name, inner in values.items()}
