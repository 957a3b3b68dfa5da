"""`main.py compare ONE OTHER`: where two environments differ, with defaults."""

import argparse

from rich.table import Table
from rich.text import Text

from modules import terminal
from modules.cli import tables
from modules.cli.effective_values import leaves, text, values
from modules.cli.reported import add_json_option
from modules.cli.services_file import add_file_option, count, load_checked
from modules.deploy import environments
from modules.spec.problem import render_path

_NOTHING = "—"


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `compare`."""
    parser.add_argument("one", metavar="ENVIRONMENT")
    parser.add_argument("other", metavar="ENVIRONMENT")
    add_file_option(parser)
    add_json_option(parser)


def run(options: argparse.Namespace) -> int:
    """Returns the exit code; raises CommandError where there is no such environment."""
    checked = load_checked(options.file, options.reported)
    if checked.spec is None:
        return 1
    names = (options.one, options.other)
    one, other = (leaves(values(checked, environments.named(checked, name))) for name in names)
    places = [path for path in {**one, **other} if one.get(path) != other.get(path)]
    options.reported.data["differences"] = [
        {"place": render_path(path), options.one: one.get(path), options.other: other.get(path)} for path in places
    ]
    if options.json:
        return 0
    table = Table("place", *names, box=None, pad_edge=False)
    for path in places:
        shown = (text(each[path]) if path in each else _NOTHING for each in (one, other))
        table.add_row(*map(Text, (render_path(path), *shown)))
    if places:
        tables.console().print(table)
    terminal.say(f"{count(len(places), 'place')} of {len({**one, **other})} differ.")
    return 0
