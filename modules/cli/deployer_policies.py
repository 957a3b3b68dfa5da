"""`main.py deployer-policies`: what a role that plans, and one that deploys, has to be allowed, as IAM's JSON."""

import argparse
import json

from modules.cli.reported import add_json_option
from modules.cli.services_file import add_environment_option, add_file_option, load
from modules.cli.synth import add_out_option
from modules.design.managed_policies import TooLarge
from modules.errors import CommandError
from modules.reports import deployer_policies


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `deployer-policies`."""
    add_file_option(parser)
    add_environment_option(parser)
    add_out_option(parser)
    parser.add_argument(
        "--boundary",
        metavar="ARN",
        help="policy that every role of the system must have as boundary (default: `permissions_boundary`)",
    )
    add_json_option(parser)


def run(options: argparse.Namespace) -> int:
    """Returns the exit code; raises CommandError where the policies fit no role."""
    spec = load(options.file, options.reported, options.env)
    if spec is None:
        return 1
    try:
        found = deployer_policies.policies(spec, options.out, options.boundary or spec.permissions_boundary)
    except TooLarge as error:
        raise CommandError("deployer-policies", str(error), "Give the role AWS's own policies in part.") from None
    named = {
        f"{spec.names.prefix}-{word}-{number}": document
        for word, documents in found.items()
        for number, document in enumerate(documents, 1)
    }
    if options.json:
        options.reported.data = {"policies": named}
    else:
        print(json.dumps(named, indent=2))
    return 0
