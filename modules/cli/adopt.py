"""`main.py adopt`: a service takes over a bucket, table, queue, topic, key, secret or repository that is there."""

import argparse
from datetime import UTC, datetime
from typing import Any

from modules import terminal
from modules.adopt import arn as arns
from modules.adopt.arn import REPOSITORY, Arn
from modules.adopt.ask import Found, Question, ask
from modules.checks.check import Checked, check
from modules.cli import edit_and_synth, synth
from modules.cli.reported import add_json_option
from modules.cli.services_edit import check_content
from modules.cli.services_file import add_file_option, load, say_problems
from modules.doctor.finding import NotChecked
from modules.doctor.login import log_in
from modules.errors import CommandError
from modules.scaffold import service_word
from modules.scaffold.services_text import NotEditableError
from modules.spec.model import Spec
from modules.spec.problem import did_you_mean

_BY_HAND = "Write it by hand: docs/reference/services.md has the keys."


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `adopt`."""
    parser.add_argument("service", help="the service that takes it over, such as order-service")
    parser.add_argument(
        "arn", help="what it takes over: the ARN of a bucket, table, queue, topic, key, secret, repository"
    )
    add_file_option(parser)
    synth.add_out_option(parser)
    add_json_option(parser)


def run(options: argparse.Namespace) -> int:
    """Returns the exit code; raises CommandError where it can't be adopted. Changes nothing in AWS."""
    today = datetime.now(UTC).date()
    before = check(options.file, today)
    if before.spec is None:
        load(options.file, options.reported)  # says the mistakes
        return 1
    arn = arns.parse(options.arn)
    if options.service not in before.spec.services:
        what = f"{options.file.name} has no service of this name."
        step = did_you_mean(options.service, list(before.spec.services))
        raise CommandError(f"SERVICE={options.service}", what, step)
    found = _ask(arn, before.spec, options.service)
    original = options.file.read_bytes()
    text = _written(original.decode("utf-8"), arn, found, options)
    after = check_content(text.encode("utf-8"), options.file, today)
    if after.spec is None:
        options.reported.checked(after)
        say_problems(after)
        terminal.say(f"{options.file.name} was not changed.")
        return 1
    _require_the_rest(before, after, arn, options)
    if code := edit_and_synth.write(options.file, text, original, options):
        return code
    _say(after, arn, found, options)
    return 0


def _ask(arn: Arn, spec: Spec, service: str) -> Found:
    account, finding = log_in(spec)
    if account is None:
        raise CommandError("login", finding.what, finding.next_step)
    arns.require_here(arn, spec, account.id)
    try:
        return ask(Question(arn, spec, service, account))
    except NotChecked as reason:
        raise CommandError(f"FROM={arn.text}", reason.finding.what, reason.finding.next_step) from None


def _written(text: str, arn: Arn, found: Found, options: argparse.Namespace) -> str:
    path = (REPOSITORY,) if arn.word == REPOSITORY else (service_word.AWS, arn.word)
    try:
        return service_word.write(text, options.service, path, found.options)
    except NotEditableError as problem:
        where = f"{options.file.name} services.{options.service}.{'.'.join(path)}"
        raise CommandError(where, f"It can't be written there. {problem}", _BY_HAND) from None


def _require_the_rest(before: Checked, after: Checked, arn: Arn, options: argparse.Namespace) -> None:
    """All other values are the same: were the text read wrongly, this would be where it shows."""

    def rest(spec: Spec | None) -> Any:
        assert spec
        values = spec.model_dump()
        service = values["services"][options.service]
        (service if arn.word == REPOSITORY else service["aws"]).pop(arn.word)
        return values

    if rest(before.spec) != rest(after.spec):
        where = f"{options.file.name} services.{options.service}"
        raise CommandError(where, "It can't be written there without a change of another value.", _BY_HAND)


def _say(after: Checked, arn: Arn, found: Found, options: argparse.Namespace) -> None:
    assert after.spec
    stack = after.spec.names.stack(options.service)
    options.reported.data |= {"adopted": found.options, "notes": found.notes}
    for note in found.notes:
        terminal.say(note)
    terminal.say(
        f"{options.service} adopts {arn.text}: {options.file.name} says what would replace it, and what it keeps.\n"
        f"Next: review git add -N {options.out.name} && git diff {options.out.name}. make plan STACK={stack}\n"
        "shows the imports, and what changes in place. Another Terraform state that holds it lets go of it first."
    )
