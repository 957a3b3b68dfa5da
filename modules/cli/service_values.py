"""How `set-image` and `promote` change values of services in one environment, and say what that does."""

import argparse
from collections.abc import Sequence
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from modules import terminal
from modules.checks.check import Checked, check
from modules.cli import diff, edit_and_synth
from modules.cli.plan import print_page
from modules.cli.services_edit import check_content
from modules.cli.services_file import count, say_problems
from modules.errors import CommandError
from modules.plan.page import Facts
from modules.reports.changes import held
from modules.scaffold import nested_key
from modules.scaffold.nested_key import Value
from modules.scaffold.services_text import NotEditableError
from modules.spec import yaml_text
from modules.spec.document import Document, Reader
from modules.spec.model import Spec
from modules.spec.text_file import beside
from modules.state import applied_stacks


class Change(NamedTuple):
    """A value that a service gets; `was` is None where it had none."""

    service: str
    key: str
    value: Value
    was: Value | None


class Target(NamedTuple):
    """The file that has the values of an environment, and the path of its services there."""

    file: Path
    path: tuple[str, ...]


def target(checked: Checked, spec: Spec, file: Path) -> Target:
    """Where the values of an environment of `file` are."""
    name = spec.names.environment
    if name is None:
        return Target(file, ("services",))
    layer = checked.layers[name]
    above = tuple(str(part) for part in layer.prefix)
    return Target(file if above else file.parent / layer.own.name, (*above, "services"))


def write(changes: Sequence[Change], checked: Checked, spec: Spec, options: argparse.Namespace) -> Facts | None:
    """Writes the changes and generated/, or nothing; what that does to the stacks, None where it was refused.

    Raises CommandError where the file can't be edited.
    """
    where = target(checked, spec, options.file)
    original = where.file.read_bytes()
    text = _edited(original.decode("utf-8"), changes, where)
    after = _checked(text, where, options.file)
    if not after.spec:
        options.reported.checked(after)
        say_problems(after)
        terminal.say(f"{count(len(after.mistakes), 'mistake')} in {where.file.name} with it; nothing was changed.")
        return None
    before = held(options.out)
    if edit_and_synth.write(where.file, text, original, options, quietly=True):
        return None
    costs = diff.cost_between(checked.specs, after.specs, datetime.now(UTC).date())
    return diff.facts(list(applied_stacks.read(options.out)), before, held(options.out), costs)


def say(changes: Sequence[Change], checked: Checked, spec: Spec, options: argparse.Namespace) -> None:
    """Says which other environments get the values too, since they have none of their own."""
    now = check(options.file, datetime.now(UTC).date())
    after = {one.environment_name: one for one in now.specs}
    for change in changes:
        for one in checked.specs:
            name = one.environment_name
            if name == spec.environment_name or change.service not in one.services:
                continue
            if _value(one, change) != _value(after[name], change):
                terminal.say(f"{name} has no {change.key} of its own for {change.service}, and gets it too.")


def print_facts(facts: Facts, options: argparse.Namespace) -> None:
    """What the change does, as `main.py diff` says it."""
    options.json = False
    print_page(facts, options)


def _value(spec: Spec, change: Change) -> Any:
    return getattr(spec.services[change.service], change.key)


def _edited(text: str, changes: Sequence[Change], where: Target) -> str:
    """The text with the changes; raises CommandError where another value would change with them."""
    expected = _values(text)
    by_hand = ", ".join(f"{'.'.join((*where.path, one.service, one.key))}: {one.value}" for one in changes)
    step = f"Write it by hand, and run make synth: {by_hand}"
    for change in changes:
        path = (*where.path, change.service, change.key)
        try:
            text = nested_key.write(text, path, change.value)
        except NotEditableError as problem:
            raise CommandError(f"{where.file.name} {'.'.join(path)}", f"It can't be edited. {problem}", step) from None
        _set(expected, path, change.value)
    if _values(text) != expected:
        raise CommandError(where.file.name, "It can't be edited without a change of another value.", step)
    return text


def _values(text: str) -> dict[str, Any]:
    document = Document("")
    yaml_text.parse(text, document)
    return deepcopy(document.values)


def _set(values: dict[str, Any], path: Sequence[str], value: Value) -> None:
    *above, last = path
    for key in above:
        if not isinstance(values.get(key), dict):
            values[key] = {}
        values = values[key]
    values[last] = value


def _checked(text: str, where: Target, file: Path) -> Checked:
    """The whole file with this text in its place, or in that of the file that it names."""
    today, content = datetime.now(UTC).date(), text.encode("utf-8")
    if where.file == file:
        return check_content(content, file, today)
    return check_content(file.read_bytes(), file, today, _with(where.file, content, beside(file.parent)))


def _with(edited: Path, content: bytes, reader: Reader) -> Reader:
    return lambda source: content if source == edited.name else reader(source)
