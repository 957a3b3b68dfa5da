"""`main.py doctor`: asks this machine and the AWS account whether the system can be built; changes nothing."""

import argparse
import sys

from modules.cli.services_file import add_file_option, load
from modules.cli.synth import add_out_option
from modules.doctor import examine, report


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `doctor`."""
    add_file_option(parser)
    add_out_option(parser)
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")


def run(options: argparse.Namespace) -> int:
    """Returns 1 where there is a problem, else 0."""
    spec = load(options.file)
    if spec is None:
        return 1
    examined = []
    for one in examine.everything(spec, options.out):
        examined.append(one)
        if not options.json:
            print(report.line(one), flush=True)
    if options.json:
        print(report.as_json(examined))
    print(report.summary(examined), file=sys.stderr)
    return int(report.has_problems(examined))
