"""`main.py status`: how the services of an environment are."""

import argparse
from datetime import UTC, datetime

from modules import terminal
from modules.cli.in_cluster import connected
from modules.cli.reported import add_json_option
from modules.cli.services_file import add_environment_option, add_file_option
from modules.operate import status, status_lines


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `status`."""
    parser.add_argument("service", nargs="?", metavar="SERVICE", help="of this one only")
    add_file_option(parser)
    add_environment_option(parser)
    add_json_option(parser)


def run(options: argparse.Namespace) -> int:
    """Returns the exit code, which is 0 whatever it finds; raises CommandError where the cluster does not say."""
    spec, account, cluster = connected(options)
    services = [options.service] if options.service else list(spec.services)
    with terminal.Waiting("Asking the cluster and AWS"):
        found = status.gather(spec, services, cluster, account)
    options.reported.data["services"] = found
    if not options.json:
        for line in status_lines.lines(found, datetime.now(UTC)):
            print(line)
    return 0
