"""`main.py access`: who gains and loses what in AWS since a commit, evaluated on generated/, escalations first."""

import argparse
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

from modules.checks import escalation
from modules.checks.check import check
from modules.cli import committed_files
from modules.cli.plan import add_forms, print_found
from modules.cli.services_file import add_file_option
from modules.cli.synth import add_out_option
from modules.design.deployer import PATH
from modules.errors import CommandError
from modules.iam.conditions import is_like
from modules.naming import PLATFORM_ROLES
from modules.plan import file_changes, page_json
from modules.plan.access_lines import AccessLines, Line
from modules.plan.page import CHANGES, NOTHING, Page, Section
from modules.plan.unreachable import Configurations
from modules.plan.words import number
from modules.reports.changes import held
from modules.spec.model import Spec

ESCALATES = 3
EXIT_CODES = (
    "Exit codes: 0 nothing changes; 2 changes; 3 an escalation that `accept_escalations:` does not name; 1 an error."
)
STEP = (
    "Remove what the service does not need; if it needs all of this, accept each by name, as in "
    "`accept_escalations: {orders: {iam:PassRole: <ARN>}}`."
)
Accepts = Callable[[Line], bool]


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
    after = file_changes.configurations(held(options.out))
    lines = AccessLines(file_changes.configurations(before), after)
    accepts = accepted_by(specs)
    found = page(lines, accepts, list(unneeded(specs, after)))
    parts = {"escalations": lines.escalations, "gained": lines.gained, "lost": lines.lost}
    data = {name: [dict(one.data) for one in part] for name, part in parts.items()}
    for one, line in zip(data["escalations"], lines.escalations, strict=True):
        one["is_accepted"] = accepts(line)
    return print_found(found, {**page_json.of_page(found), **data}, options)


def accepted_by(specs: Sequence[Spec]) -> Accepts:
    """Whether services.yaml names an escalation, in the environment whose role it is of.

    That a role of `deployer` makes roles is what it is for.
    """
    owners = {spec.names.role(name): (spec, name) for spec in specs for name in (*spec.services, *PLATFORM_ROLES)}

    def accepts(line: Line) -> bool:
        if f":role{PATH}" in line.data["who"]:
            return True
        owner = owners.get(line.data["who"].rpartition("/")[2])
        return owner is not None and escalation.is_accepted(*owner, line.data["actions"], [line.data["resource"]])

    return accepts


def unneeded(specs: Sequence[Spec], after: Configurations) -> Iterator[str]:
    """What is accepted of roles of the platform, and not there; of services, `make synth` says so."""
    entries = [
        (spec.names.role(name), name, action, arn)
        for spec in specs
        for name in PLATFORM_ROLES
        for action, arns in spec.accept_escalations.get(name, {}).items()
        for arn in arns
    ]
    there = [one.data for one in AccessLines({}, after).escalations] if entries else []
    for role, name, action, arn in entries:
        if not any(
            one["who"].endswith(f"/{role}") and is_like(arn, one["resource"], {})
            for one in there
            if any(is_like(action, each, {}) for each in one["actions"])
        ):
            yield f"`accept_escalations` accepts {action} on {arn} of {name}, which {role} can't do: remove it."


def page(lines: AccessLines, accepts: Accepts, unneeded_: Sequence[str] = ()) -> Page:
    """All of it in words: escalations that are not accepted, those that are, then by who gains and who loses."""
    refused = [one.text for one in lines.escalations if not accepts(one)]
    accepted = [one.text for one in lines.escalations if accepts(one)]
    sections: dict[str, list[str]] = {}
    if refused:
        sections["Escalations, not accepted"] = [*refused, STEP]
    if unneeded_:
        sections["Accepted, and not there"] = list(unneeded_)
    if accepted:
        sections["Escalations"] = accepted
    for line in (*lines.gained, *lines.lost):
        sections.setdefault(line.who, []).append(line.text)
    changes = len(lines.gained) + len(lines.lost)
    return Page(
        _headline(lines),
        [Section(*one) for one in sections.items()],
        ESCALATES if refused or unneeded_ else CHANGES if changes else NOTHING,
    )


def _headline(lines: AccessLines) -> str:
    if not (lines.gained or lines.lost):
        return "Nobody gains or loses anything."
    found = (number(len(lines.escalations), "escalation"), f"{len(lines.gained)} gained", f"{len(lines.lost)} lost")
    return f"{', '.join(found)}."
