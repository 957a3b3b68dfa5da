"""`main.py service NAME`: adds a service to services.yaml, all other text as it is, and writes generated/ from it."""

import argparse
from datetime import UTC, datetime

from modules import terminal
from modules.checks.check import Checked, check
from modules.checks.rules.names import services_have_valid_names
from modules.cli import edit_and_synth, synth
from modules.cli.reported import add_json_option
from modules.cli.services_edit import check_content
from modules.cli.services_file import add_file_option, count, load, say_problems
from modules.errors import CommandError
from modules.scaffold import service_block, services_text
from modules.spec.model import Service, Spec
from modules.spec.problem import did_you_mean

_BY_HAND = "Add it by hand: docs/reference/services.md has the keys, and README.md shows a service."


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `service`."""
    parser.add_argument("name", help="name of the new service, such as billing-service")
    parser.add_argument("--copy", metavar="SERVICE", help="start from this service instead of the usual keys")
    add_file_option(parser)
    synth.add_out_option(parser)
    add_json_option(parser)


def run(options: argparse.Namespace) -> int:
    """Returns the exit code; raises CommandError where the name or the file does not allow it. Nothing is lost."""
    today = datetime.now(UTC).date()
    before = check(options.file, today)
    if before.spec is None:
        load(options.file, options.reported)  # says the mistakes
        return 1
    _refuse(before, before.spec, options.name, options.copy)
    original = options.file.read_bytes()
    text = _added(original.decode("utf-8"), before.spec, options)
    after = check_content(text.encode("utf-8"), options.file, today)
    if after.spec is None:
        options.reported.checked(after)
        say_problems(after)
        what = count(len(after.mistakes), "mistake")
        terminal.say(f"{what} in {options.file.name} with {options.name} in it; nothing was changed.")
        if options.copy:
            terminal.say("Without COPY= the new service starts from the usual keys.")
        return 1
    _require_the_rest(before, after, options)
    if code := edit_and_synth.write(options.file, text, original, options):
        return code
    line = after.document.lines["services", options.name]
    options.reported.data |= {"service": options.name, "line": line}
    terminal.say(
        f"{options.name} is on line {line} of {options.file.name}. Next: edit it, run make synth after each edit, and\n"
        "review git add -N generated && git diff generated. make cost BASE=HEAD says what it costs."
    )
    return 0


def _refuse(before: Checked, spec: Spec, name: str, source: str | None) -> None:
    """Names that there are, that no service can have, or that are to be copied and are not there."""
    where = f"SERVICE={name}"
    if name in spec.services:
        line = before.document.lines["services", name]
        what = f"{before.document.name} has a service of this name, on line {line}."
        raise CommandError(where, what, "Edit it there, or use another name.")
    for problem in services_have_valid_names(spec.model_copy(update={"services": {name: Service()}})):
        raise CommandError(where, problem.what, problem.next_step)
    if source is not None and source not in spec.services:
        what = f"{before.document.name} has no service of this name."
        step = did_you_mean(source, list(spec.services)) if spec.services else "Leave out COPY: it has no service yet."
        raise CommandError(f"COPY={source}", what, step)


def _added(text: str, spec: Spec, options: argparse.Namespace) -> str:
    """The whole text with the new service; raises CommandError where no line can be added to its services."""
    name, source = options.name, options.copy
    path = service_block.free_path(spec, name)
    try:
        services = services_text.find(text)
    except services_text.NotEditableError as problem:
        what = f"The new service can't be added to the services there. {problem}"
        raise CommandError(f"{options.file.name} services", what, _BY_HAND) from None
    if source is None:
        lines = service_block.new(name, path, services.step)
    else:
        copied = spec.services[source]
        lines = service_block.copy(text, services.entries[source], copied, name, path if copied.path else None)
    return services_text.add(text, services, lines)


def _require_the_rest(before: Checked, after: Checked, options: argparse.Namespace) -> None:
    """All other values are the same: were the text read wrongly, this would be where it shows."""
    values = dict(after.document.values)
    values["services"] = {name: one for name, one in values["services"].items() if name != options.name}
    if values != before.document.values or not after.spec or options.name not in after.spec.services:
        what = "The new service can't be added there without a change of another value."
        raise CommandError(f"{options.file.name} services", what, _BY_HAND)
