"""`main.py doctor`: asks this machine and the AWS account whether the system can be built; changes nothing."""

import argparse
import sys

from modules import terminal
from modules.cli.reported import add_json_option, entry
from modules.cli.services_file import add_environment_option, add_file_option, load
from modules.cli.synth import add_out_option
from modules.doctor import examine, report


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `doctor`."""
    add_file_option(parser)
    add_environment_option(parser)
    add_out_option(parser)
    add_json_option(parser)


def run(options: argparse.Namespace) -> int:
    """Returns 1 where there is a problem, else 0."""
    spec = load(options.file, options.reported, options.env)
    if spec is None:
        return 1
    examined = []
    for one in terminal.watched(examine.everything(spec, options.out), "Asking this machine and AWS"):
        examined.append(one)
        if not options.json:
            print(report.line(one, sys.stdout), flush=True)
    options.reported.data["checks"] = report.rows(examined)
    for check, finding in examined:
        found = entry(f"doctor {check}", finding.what, finding.next_step, check)
        if finding.status == "problem":
            options.reported.problems.append(found)
        elif finding.status != "ok":
            options.reported.warnings.append(found)
    terminal.say(report.summary(examined))
    return int(report.has_problems(examined))
