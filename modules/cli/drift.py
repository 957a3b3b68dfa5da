"""`main.py drift`: compares AWS with the states of all stacks, in words; for people, and for a schedule."""

import argparse

from modules import parallel, terminal
from modules.cli.account_of import account_of
from modules.cli.plan import add_forms, print_found
from modules.cli.reported import say_mistake
from modules.cli.services_file import add_environment_option, add_file_option
from modules.cli.synth import add_out_option
from modules.deploy import environments
from modules.deploy.cluster_access import unreachable
from modules.doctor import tools
from modules.errors import CommandError
from modules.plan import drift, system
from modules.plan.system import Question
from modules.state import applied_stacks

EXIT_CODES = (
    "Exit codes: 0 AWS is as the states say; 2 something differs; 3 data is gone, or has lost its protection; "
    "1 a stack could not be compared; 130 interrupted."
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `drift`."""
    add_file_option(parser)
    add_environment_option(parser)
    add_out_option(parser)
    parser.epilog = EXIT_CODES
    parser.add_argument("stacks", nargs="*", metavar="STACK", help="compare these (default: all)")
    parallel.add_option(parser)
    add_forms(parser)


def run(options: argparse.Namespace) -> int:
    """Returns the exit code, one of EXIT_CODES; changes nothing, and locks nothing."""
    at_once = parallel.at_once(options.at_once)
    tools.require_terraform()
    stacks = applied_stacks.read(options.out)
    environments.require_known("drift", () if options.env else options.stacks, stacks)
    checked, _, account = account_of(options.file, "drift", options.env)
    named = environments.asked("drift", checked, options.env, account.id, stacks, options.stacks)
    question = Question(options.out, named, at_once=at_once)
    with terminal.Waiting("Comparing AWS with the states"):
        compared = system.compare(question, unreachable, terminal.say)
    code = print_found(drift.page(compared), drift.as_json(compared), options)
    for result in compared.values():
        if isinstance(result, CommandError):
            options.reported.refused(result)
            say_mistake(str(result))
    return code
