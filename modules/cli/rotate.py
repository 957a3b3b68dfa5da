"""`main.py rotate`: a service gets another password; its running pods keep theirs until they are replaced."""

import argparse

from modules import terminal
from modules.cli.services_file import add_environment_option, add_file_option, load
from modules.deploy import rotation
from modules.deploy import run as stacks
from modules.paths import ROOT

COMMAND = "rotate"


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds its options."""
    add_file_option(parser)
    add_environment_option(parser)
    parser.add_argument("service", metavar="SERVICE", help="name of the service, which has `login: password`")
    parser.add_argument("--auto-approve", action="store_true", help="do not ask before a change")


def run(options: argparse.Namespace) -> int:
    """Returns the exit code, which is that of deploy; raises CommandError where there is no password to change."""
    if (spec := load(options.file, environment=options.env)) is None:
        return 1
    rotation.request(spec, options.service)
    names = [spec.names.stack("platform"), spec.names.stack(options.service)]
    terminal.say(
        f"Asked for another password of {options.service}. Applying {' and '.join(names)} makes it and uses it."
    )
    return stacks.run("deploy", names, ROOT, options.env, auto_approve=options.auto_approve)
