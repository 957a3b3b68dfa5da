"""`main.py cost`: what the system costs in a month, or what a change of services.yaml adds to that; writes nothing."""

import argparse
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime

from modules import terminal
from modules.cli import tables
from modules.cli.reported import add_json_option
from modules.cli.services_at_commit import load_at
from modules.cli.services_file import add_environment_option, add_file_option, load
from modules.naming import PLATFORM_STACKS
from modules.reports import cost, cost_report
from modules.reports.cheaper import variants
from modules.reports.cost_json import as_json
from modules.reports.cost_report import Report, Saving
from modules.spec.model import Spec


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `cost`."""
    add_file_option(parser)
    add_environment_option(parser)
    parser.add_argument("--base", metavar="COMMIT", help="show what changed against services.yaml in this commit")
    add_json_option(parser)
    parser.add_argument("--region", help="count with the prices of this region (default: that of services.yaml)")


def run(options: argparse.Namespace) -> int:
    """Returns the exit code; raises CommandError where the base can't be read."""
    spec = load(options.file, options.reported, options.env)
    if spec is None:
        return 1
    with terminal.Waiting("Counting what it costs"):
        found = _found(options, spec)
    if options.json:
        options.reported.data = as_json(found)
    else:
        console = tables.console()
        for part in cost_report.text(found):
            console.print(part)
    return 0


def _found(options: argparse.Namespace, spec: Spec) -> Report:
    today = datetime.now(UTC).date()
    region = options.region or spec.region
    if options.base:
        base = load_at(options.file, options.base, today, options.env)
        before = cost.bill(stacks_of(base), base, today, options.region or base.region)
        return _report(spec, today, region)._replace(base=(options.base, before.lines))
    found = _report(spec, today, region)
    return found._replace(savings=list(_savings(spec, found.bill, today, region)))


def _report(spec: Spec, today: date, region: str) -> Report:
    stacks = stacks_of(spec)
    return Report(spec, region, stacks, cost.bill(stacks, spec, today, region), [])


def _savings(spec: Spec, bill: cost.Bill, today: date, region: str) -> Iterator[Saving]:
    """Of the variants, those that save something."""
    for variant in variants(spec, today):
        other = cost.bill(stacks_of(variant.spec), variant.spec, today, region)
        pairs = cost.differences(other.lines, bill.lines)
        saves = cost.sum_of(cost.change(was, now) for was, now in pairs)
        if pairs:
            yield Saving(variant.write, variant.gives_up, saves)


def stacks_of(spec: Spec) -> cost.Stacks:
    """What generated/ would hold; what the folder holds may be older than services.yaml."""
    from modules.synth.build import build

    files = build(spec, cached=True)
    manifest = json.loads(files["manifest.json"])["stacks"]
    return {
        stack: json.loads(files[manifest[stack]["synthesizedStackPath"]]).get("resource", {})
        for stack in map(spec.names.stack, (*PLATFORM_STACKS, *spec.order))
        if stack in manifest
    }
