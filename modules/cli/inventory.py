"""`main.py inventory`: counts what generated/ holds."""

import argparse

from rich.console import Console

from modules.cli.services_file import add_file_option, load
from modules.paths import ROOT
from modules.reports import inventory


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `inventory`."""
    add_file_option(parser)


def run(options: argparse.Namespace) -> int:
    """Returns the exit code."""
    spec = load(options.file)
    if spec is None:
        return 1
    Console(width=100).print(inventory.table(inventory.holds(ROOT / "generated", spec)))
    return 0
