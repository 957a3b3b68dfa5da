"""`main.py diff`: what generated/ says of a change since a commit, from files alone: no login, no Terraform."""

import argparse
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

from modules.checks.check import check
from modules.cli import committed_files
from modules.cli.cost import stacks_of
from modules.cli.plan import EXIT_CODES, add_forms, print_page
from modules.cli.services_at_commit import checked_at
from modules.cli.services_file import add_file_option
from modules.cli.synth import add_out_option
from modules.errors import CommandError
from modules.plan import cost_lines, file_changes
from modules.plan.page import Facts
from modules.reports import cost
from modules.reports.changes import held
from modules.spec.model import Spec
from modules.state import applied_stacks

LIMITS = (
    "What AWS holds: files were compared, so what only may change or be replaced depends on values that only "
    "`make plan` sees."
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `diff`."""
    add_file_option(parser)
    add_out_option(parser)
    parser.epilog = EXIT_CODES
    parser.add_argument("--base", default="HEAD", metavar="COMMIT", help="compare with this commit (default: HEAD)")
    add_forms(parser)


def run(options: argparse.Namespace) -> int:
    """Returns the exit code, that of `plan`; raises CommandError where the commit or the folder can't be read."""
    order = list(applied_stacks.read(options.out))
    before = committed_files.of_today(options.out, options.base, check(options.file, datetime.now(UTC).date()).specs)
    lacking: list[str] = []
    try:
        costs = _cost(options)
    except CommandError as error:
        costs, lacking = [], [f"The cost: {error.where}: {error.what.splitlines()[0]}"]
    return print_page(facts(order, before, held(options.out), costs, lacking), options)


def facts(
    order: Sequence[str],
    before: Mapping[str, bytes],
    after: Mapping[str, bytes],
    costs: Sequence[str],
    lacking: Sequence[str] = (),
) -> Facts:
    """What two contents of generated/ tell, stacks in this order; `lacking` are sentences on what is not told."""
    old, new = file_changes.configurations(before), file_changes.configurations(after)
    stacks = [*order, *(stack for stack in sorted(old) if stack not in order)]
    changes = sorted(file_changes.changes(before, after), key=lambda one: stacks.index(one.stack))
    notes = file_changes.notes(before, after)
    left_out = [*([LIMITS] if changes or notes else []), *lacking]
    return Facts(stacks, changes, {**old, **new}, notes, costs, left_out, old, new, "compared")


def _cost(options: argparse.Namespace) -> list[str]:
    """What the change of services.yaml adds to the bill; both are counted as this generator would build them."""
    today = datetime.now(UTC).date()
    specs = check(options.file, today).specs
    if not specs:
        raise CommandError(str(options.file), "It has a mistake.", "Run make synth, which says where.")
    return cost_between(checked_at(options.file, options.base, today).specs, specs, today)


def cost_between(bases: Sequence[Spec], specs: Sequence[Spec], today: date) -> list[str]:
    """What one state of services.yaml adds to the bill of another."""
    if bases == specs:
        return []
    before, after = ([line for one in all_ for line in _bill(one, today)] for all_ in (bases, specs))
    return cost_lines.between(before, after)


def _bill(spec: Spec, today: date) -> list[cost.Line]:
    return cost.bill(stacks_of(spec), spec, today, spec.region).lines
