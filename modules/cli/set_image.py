"""`main.py set-image SERVICE IMAGE`: writes an image into services.yaml, then generated/, and says what that does."""

import argparse
from datetime import UTC, datetime

from modules import terminal
from modules.checks.check import check
from modules.cli import service_values, synth
from modules.cli.service_values import Change
from modules.cli.services_file import add_environment_option, add_file_option, load
from modules.deploy import environments
from modules.deploy.image_digests import pinned
from modules.errors import CommandError
from modules.spec.problem import did_you_mean

COMMAND = "set-image"


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `set-image`."""
    parser.add_argument("service", metavar="SERVICE", help="a service of services.yaml")
    parser.add_argument("image", metavar="IMAGE", help="its image, as `image:` takes it: v1.5, or with a registry")
    add_environment_option(parser)
    add_file_option(parser)
    synth.add_out_option(parser)
    parser.add_argument("--markdown", action="store_true", help="print what it does for a comment on a pull request")


def run(options: argparse.Namespace) -> int:
    """Returns the exit code; raises CommandError where there is no such service, or the file can't be edited."""
    checked = check(options.file, datetime.now(UTC).date())
    if checked.spec is None:
        load(options.file, options.reported)  # says the mistakes
        return 1
    spec = environments.chosen(COMMAND, checked, options.env, [])
    if options.service not in spec.services:
        what = f"{spec.environment_name} has no service of this name."
        raise CommandError(f"SERVICE={options.service}", what, did_you_mean(options.service, list(spec.services)))
    image = options.image
    if spec.image_digests:
        image = pinned(image, options.service, spec)
    change = Change(options.service, "image", image, spec.services[options.service].image)
    where = f"{change.service} in {spec.environment_name}" if checked.further else change.service
    if change.value == change.was:
        terminal.say(f"Nothing to do: the image of {where} is {change.value}.")
        return 0
    facts = service_values.write([change], checked, spec, options)
    if facts is None:
        return 1
    terminal.say(f"{where}: {change.was or 'the placeholder'} -> {change.value}")
    service_values.say([change], checked, spec, options)
    service_values.print_facts(facts, options)
    return 0
