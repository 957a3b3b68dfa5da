"""`main.py leftovers`: what killed deployments left in AWS and no state holds, with the imports that take it over."""

import argparse

from modules import terminal
from modules.cli.account_of import account_of
from modules.cli.reported import add_json_option
from modules.cli.services_file import add_environment_option, add_file_option, count
from modules.cli.synth import add_out_option
from modules.doctor import leftovers
from modules.doctor.finding import NotChecked
from modules.doctor.leftovers import Leftover
from modules.doctor.subject import Subject
from modules.errors import CommandError


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `leftovers`."""
    parser.epilog = "Exit codes: 0 there is nothing; 2 there is something; 1 AWS or a state does not say."
    add_file_option(parser)
    add_environment_option(parser)
    add_out_option(parser)
    add_json_option(parser)


def run(options: argparse.Namespace) -> int:
    """Returns the exit code; changes nothing."""
    _, spec, account = account_of(options.file, "leftovers", options.env)
    try:
        with terminal.Waiting("Asking AWS what has the system's tags"):
            found = leftovers.find(Subject(spec, options.out, account))
    except NotChecked as reason:
        raise CommandError("leftovers", reason.finding.what, reason.finding.next_step) from None
    options.reported.data["leftovers"] = [_as_json(one) for one in found]
    if not options.json:
        _print(found)
    known = sum(one.resource is not None for one in found)
    what = f"{count(len(found), 'resource')} with the tags of {spec.names.prefix} in no state"
    terminal.say(f"{what}; {known} of them in {options.out.name}/.")
    return 2 if found else 0


def _print(found: list[Leftover]) -> None:
    for one in found:
        print(f"{one.stack or 'no stack'}: {one.arn}")
        if one.command is not None:
            print(f"  {one.command}")
        else:
            print(
                "  generated/ has nothing of this name: delete it where nobody needs it, or take it over by make adopt."
            )


def _as_json(one: Leftover) -> dict[str, str | None]:
    address = one.resource.address if one.resource else None
    return {"arn": one.arn, "stack": one.stack, "address": address, "import": one.import_block, "command": one.command}
