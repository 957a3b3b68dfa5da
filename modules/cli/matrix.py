"""`main.py matrix`: who may connect to whom, and which service may use what, to stdout."""

import argparse

from modules.cli.services_file import add_file_option, load
from modules.reports import matrix


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `matrix`."""
    add_file_option(parser)


def run(options: argparse.Namespace) -> int:
    """Returns the exit code."""
    spec = load(options.file)
    if spec is None:
        return 1
    print(matrix.render(spec))
    return 0
