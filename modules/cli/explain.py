"""`main.py explain PLACE`: what counts at a place of services.yaml, where it is written, and what it replaces."""

import argparse
from typing import Any

from modules.checks.check import Checked
from modules.cli.effective_values import document_of, leaves, text, values
from modules.cli.reported import Entry, add_json_option
from modules.cli.services_file import add_environment_option, add_file_option, load_checked
from modules.deploy import environments
from modules.errors import CommandError
from modules.spec.document import Document
from modules.spec.environments import find
from modules.spec.layered import Layered
from modules.spec.model import Spec
from modules.spec.parse import normal
from modules.spec.problem import Path, did_you_mean, render_path


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `explain`."""
    parser.add_argument("place", help="a key of services.yaml, such as services.order-service.cpu")
    add_file_option(parser)
    add_environment_option(parser)
    add_json_option(parser)


def run(options: argparse.Namespace) -> int:
    """Returns the exit code; raises CommandError where there is no such place."""
    checked = load_checked(options.file, options.reported)
    if checked.spec is None:
        return 1
    found = explained(checked, environments.named(checked, options.env), options.place)
    options.reported.data["values"] = found
    for one in [] if options.json else found:
        print(f"{one['place']}: {text(one['value'])}")
        print(f"  {one['from']}")
        if one["replaces"]:
            print(f"  replaces {one['replaces']}")
    return 0


def explained(checked: Checked, spec: Spec, place: str) -> list[Entry]:
    """Each value at the place, or below it; raises CommandError where there is none."""
    whole = values(checked, spec)
    path = find(whole, place)
    if path is None:
        above = place.rpartition(".")[0]
        known = [render_path((*(find(whole, above) or ()), key)) for key in _at(whole, find(whole, above) or ())]
        what = f"{spec.environment_name} has no value there."
        raise CommandError(f"explain {place}", what, did_you_mean(place, known))
    document = document_of(checked, spec)
    return [
        {
            "place": render_path(one),
            "value": value,
            "from": _source(document, one),
            "replaces": _replaced(document, one),
        }
        for one, value in leaves(_at(whole, path), path).items()
    ]


def _at(whole: Any, path: Path) -> Any:
    for part in path:
        whole = whole[part]
    return whole


def _source(document: Document, path: Path) -> str:
    if not document.has(path):
        return "the default"
    return f"{document.file(path)}:{document.line(path)} {render_path(document.place(path))}"


def _replaced(document: Document, path: Path) -> str | None:
    """What the base says there."""
    if not isinstance(document, Layered) or not document.is_own(path) or not document.base.has(path):
        return None
    before, _ = normal(document.base)
    return f"{text(_at(before, path))} ({document.base.name}:{document.base.line(path)})"
