"""`main.py diff`: what generated/ says of a change since a commit, from files alone: no login, no Terraform."""

import argparse
from datetime import UTC, datetime

from modules.checks.check import check
from modules.cli import committed_files
from modules.cli.cost import stacks_of
from modules.cli.plan import EXIT_CODES, add_forms, print_page
from modules.cli.services_at_commit import load_at
from modules.cli.services_file import add_file_option
from modules.cli.synth import add_out_option
from modules.design.renaming import MADE_ANEW
from modules.errors import CommandError
from modules.plan import cost_lines, file_changes
from modules.plan.page import Facts
from modules.reports import cost
from modules.reports.changes import held
from modules.state import applied_stacks, renamed_files

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
    spec = check(options.file, datetime.now(UTC).date()).spec
    earlier = spec.earlier_names if spec else {}
    before = renamed_files.of_today(committed_files.read(options.out, options.base), earlier, MADE_ANEW)
    after = held(options.out)
    old, new = file_changes.configurations(before), file_changes.configurations(after)
    stacks = [*order, *(stack for stack in sorted(old) if stack not in order)]
    changes = sorted(file_changes.changes(before, after), key=lambda one: stacks.index(one.stack))
    notes = file_changes.notes(before, after)
    left_out = [LIMITS] if changes or notes else []
    try:
        costs = _cost(options)
    except CommandError as error:
        costs, left_out = [], [*left_out, f"The cost: {error.where}: {error.what.splitlines()[0]}"]
    return print_page(Facts(stacks, changes, {**old, **new}, notes, costs, left_out, old, "compared"), options)


def _cost(options: argparse.Namespace) -> list[str]:
    """What the change of services.yaml adds to the bill; both are counted as this generator would build them."""
    today = datetime.now(UTC).date()
    spec = check(options.file, today).spec
    if spec is None:
        raise CommandError(str(options.file), "It has a mistake.", "Run make synth, which says where.")
    base = load_at(options.file, options.base, today)
    if base == spec:
        return []
    before, after = (cost.bill(stacks_of(one), one, today, one.region).lines for one in (base, spec))
    return cost_lines.between(before, after)
