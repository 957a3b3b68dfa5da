"""`main.py access`: who gains and loses what in AWS since a commit, evaluated on generated/, escalations first."""

import argparse
from datetime import UTC, datetime

from modules.checks.check import check
from modules.cli import committed_files
from modules.cli.plan import add_forms, print_found
from modules.cli.services_file import add_file_option
from modules.cli.synth import add_out_option
from modules.errors import CommandError
from modules.plan import file_changes, page_json
from modules.plan.access_lines import AccessLines
from modules.plan.page import CHANGES, NOTHING, Page, Section
from modules.plan.words import number
from modules.reports.changes import held

ESCALATES = 3
EXIT_CODES = "Exit codes: 0 nothing changes; 2 changes; 3 an escalation that `accept:` does not name; 1 an error."
CODE = "privilege-escalation"


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `access`."""
    add_file_option(parser)
    add_out_option(parser)
    parser.epilog = EXIT_CODES
    parser.add_argument("--base", default="HEAD", metavar="COMMIT", help="compare with this commit (default: HEAD)")
    add_forms(parser)


def run(options: argparse.Namespace) -> int:
    """Returns the exit code, one of EXIT_CODES; raises CommandError where a file or the commit can't be read."""
    specs = check(options.file, datetime.now(UTC).date()).specs
    if not specs:
        raise CommandError(str(options.file), "It has a mistake.", "Run make synth, which says where.")
    before = committed_files.of_today(options.out, options.base, specs)
    lines = AccessLines(file_changes.configurations(before), file_changes.configurations(held(options.out)))
    found = page(lines, is_accepted=all(CODE in spec.accept for spec in specs))
    parts = {"escalations": lines.escalations, "gained": lines.gained, "lost": lines.lost}
    data = {name: [dict(one.data) for one in part] for name, part in parts.items()}
    return print_found(found, {**page_json.of_page(found), **data}, options)


def page(lines: AccessLines, *, is_accepted: bool) -> Page:
    """All of it in words, by who gains and who loses."""
    sections: dict[str, list[str]] = {}
    for line in lines.escalations:
        sections.setdefault("Escalations" if is_accepted else "Escalations, not accepted", []).append(line.text)
    if lines.escalations and not is_accepted:
        step = f"Remove what the service does not need; list `{CODE}` under `accept:` if it needs all of this."
        sections["Escalations, not accepted"].append(step)
    for line in (*lines.gained, *lines.lost):
        sections.setdefault(line.who, []).append(line.text)
    changes = len(lines.gained) + len(lines.lost)
    code = ESCALATES if lines.escalations and not is_accepted else CHANGES if changes else NOTHING
    return Page(_headline(lines), [Section(*one) for one in sections.items()], code)


def _headline(lines: AccessLines) -> str:
    if not (lines.gained or lines.lost):
        return "Nobody gains or loses anything."
    found = (number(len(lines.escalations), "escalation"), f"{len(lines.gained)} gained", f"{len(lines.lost)} lost")
    return f"{', '.join(found)}."
