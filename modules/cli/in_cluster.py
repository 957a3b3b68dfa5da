"""What commands share that are about a running service: its name, the environment, and the cluster."""

import argparse
from typing import NamedTuple

from modules.cli.account_of import account_of
from modules.cli.services_file import add_environment_option, add_file_option
from modules.doctor.account import Account
from modules.operate import pods
from modules.operate.cluster import Cluster, connect
from modules.spec.model import Spec


class Connected(NamedTuple):
    """An environment, the account of this machine's login, and its cluster."""

    spec: Spec
    account: Account
    cluster: Cluster


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds SERVICE and the options of the file and the environment."""
    parser.add_argument("service", metavar="SERVICE", help="name of the service")
    add_file_option(parser)
    add_environment_option(parser)


def connected(options: argparse.Namespace) -> Connected:
    """Raises CommandError for an unknown service, and where there is no login or no cluster."""
    command = f"{options.command} {options.service or ''}".strip()
    _, spec, account = account_of(options.file, options.command, options.env)
    if options.service:
        pods.require_service(spec, options.service, command)
    return Connected(spec, account, connect(spec, account, command))
