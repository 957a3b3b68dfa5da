"""`main.py matrix`: who may connect to whom, and which service may use what, to stdout."""

import argparse
import sys

from modules import terminal
from modules.cli.reported import add_json_option
from modules.cli.services_file import add_environment_option, add_file_option, load
from modules.reports import matrix


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `matrix`."""
    add_file_option(parser)
    add_environment_option(parser)
    add_json_option(parser)


def run(options: argparse.Namespace) -> int:
    """Returns the exit code."""
    spec = load(options.file, options.reported, options.env)
    if spec is None:
        return 1
    if options.json:
        options.reported.data = matrix.as_json(spec)
    else:
        print(matrix.render(spec, terminal.columns(sys.stdout)))
    return 0
