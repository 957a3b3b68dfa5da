"""`main.py deploy` and `destroy`: Terraform by cdktf-cli, one stack or all."""

import argparse

from modules.cli.services_file import add_environment_option
from modules.deploy import run as stacks
from modules.deploy.empty_secrets import SECRET_EMPTY
from modules.deploy.first_image import IMAGE_MISSING
from modules.paths import ROOT

EXIT_CODES = (
    f"Exit codes: 0 done; 1 a mistake, or something is missing here or in AWS; {IMAGE_MISSING} where the image of a "
    f"service has to be pushed first, {SECRET_EMPTY} where a secret has to be filled first (the commands are printed; "
    "run deploy again then); 130 interrupted; else that of cdktf."
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options of both."""
    parser.epilog = EXIT_CODES
    parser.add_argument("stacks", nargs="*", metavar="STACK", help="folders of generated/stacks (default: all)")
    add_environment_option(parser)
    parser.add_argument("--auto-approve", action="store_true", help="do not ask before a change")
    parser.add_argument(
        "--ignore-problems", action="store_true", help="begin although a check of make doctor finds a problem"
    )


def run(options: argparse.Namespace) -> int:
    """Returns the exit code, one of EXIT_CODES."""
    return stacks.run(
        options.command,
        options.stacks,
        ROOT,
        options.env,
        auto_approve=options.auto_approve,
        ignore_problems=options.ignore_problems,
    )
