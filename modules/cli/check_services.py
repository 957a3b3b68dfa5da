"""`main.py check-services`: what a pipeline runs: services.yaml has no mistake, and generated/ is what it says."""

import argparse

from modules.cli.reported import add_json_option
from modules.cli.services_file import add_file_option, load_checked
from modules.cli.synth import add_out_option, build, compare, records
from modules.deploy import validate


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `check-services`."""
    add_file_option(parser)
    add_out_option(parser)
    add_json_option(parser)
    parser.add_argument(
        "--validate", action="store_true", help="also let Terraform validate every stack (needs its providers)"
    )


def run(options: argparse.Namespace) -> int:
    """Returns the exit code."""
    specs = load_checked(options.file, options.reported).specs
    if not specs:
        return 1
    code = compare(build(specs, options.out, records(specs, options.out)), options)
    if code == 0 and options.validate:
        validate.every_stack(options.out)
    return code
