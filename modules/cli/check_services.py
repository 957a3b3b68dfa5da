"""`main.py check-services`: what a pipeline runs: services.yaml has no mistake, and generated/ is what it says."""

import argparse

from modules.cli.reported import add_json_option
from modules.cli.services_file import add_file_option, load
from modules.cli.synth import add_out_option, build, compare
from modules.deploy import validate
from modules.design import lifelong_keys
from modules.state import record


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
    spec = load(options.file, options.reported)
    if spec is None:
        return 1
    before = record.read(options.out, lifelong_keys.FILE, earlier=spec.earlier_names)
    code = compare(build(spec, options.out, before), options)
    if code == 0 and options.validate:
        validate.every_stack(options.out)
    return code
