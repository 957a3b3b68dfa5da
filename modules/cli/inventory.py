"""`main.py inventory`: counts what generated/ holds."""

import argparse

from modules.cli import tables
from modules.cli.reported import add_json_option
from modules.cli.services_file import add_environment_option, add_file_option, load
from modules.cli.synth import add_out_option
from modules.reports import inventory


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `inventory`."""
    add_file_option(parser)
    add_environment_option(parser)
    add_out_option(parser)
    add_json_option(parser)


def run(options: argparse.Namespace) -> int:
    """Returns the exit code."""
    spec = load(options.file, options.reported, options.env)
    if spec is None:
        return 1
    held = inventory.holds(options.out, spec)
    if options.json:
        options.reported.data = inventory.as_json(held)
    else:
        tables.console().print(inventory.table(held))
    return 0
