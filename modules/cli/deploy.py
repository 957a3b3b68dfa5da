"""`main.py deploy` and `destroy`: one stack after another by cdktf-cli, or several at once by Terraform itself."""

import argparse
from collections.abc import Sequence

from modules import parallel
from modules.cli.reported import entry
from modules.cli.services_file import add_environment_option
from modules.deploy import outcome
from modules.deploy import run as stacks
from modules.deploy.empty_secrets import SECRET_EMPTY
from modules.deploy.first_image import IMAGE_MISSING
from modules.deploy.outcome import Outcome
from modules.errors import CommandError
from modules.paths import ROOT

EXIT_CODES = (
    f"Exit codes: 0 done; 1 a mistake, or something is missing here or in AWS; {IMAGE_MISSING} where the image of a "
    f"service has to be pushed first, {SECRET_EMPTY} where a secret has to be filled first (the commands are printed; "
    "run deploy again then); 130 interrupted; else that of the first stack, in order of apply, that failed."
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options of both."""
    parser.epilog = EXIT_CODES
    parser.add_argument("stacks", nargs="*", metavar="STACK", help="folders of generated/stacks (default: all)")
    add_environment_option(parser)
    parser.add_argument(
        "--auto-approve", action="store_true", help="do not ask before a change; several stacks are applied at once"
    )
    parallel.add_option(parser)
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print what became of each stack, as one JSON object")
    form.add_argument("--markdown", action="store_true", help="print it for a comment on a pull request")
    parser.add_argument(
        "--ignore-problems", action="store_true", help="begin although a check of make doctor finds a problem"
    )


def run(options: argparse.Namespace) -> int:
    """Returns the exit code, one of EXIT_CODES; raises CommandError where it can't begin or go on."""
    reports = options.json or options.markdown
    if reports and not options.auto_approve:
        what = "With --json or --markdown nothing can be asked."
        raise CommandError(options.command, what, "Run it with --auto-approve too, or without them.")

    def found(outcomes: Sequence[Outcome]) -> None:
        options.reported.data = {"stacks": [one.json() for one in outcomes]}
        again = f"Correct what it names, and run make {options.command} again, which goes on from there."
        failed = [one for one in outcomes if one.status == "failed"]
        options.reported.problems += [
            entry(f"{options.command} {one.stack}", "\n".join(one.error), again) for one in failed
        ]
        if options.markdown:
            print(outcome.markdown(outcomes))

    return stacks.run(
        options.command,
        options.stacks,
        ROOT,
        options.env,
        auto_approve=options.auto_approve,
        ignore_problems=options.ignore_problems,
        at_once=options.at_once,
        found=found if reports else None,
    )
