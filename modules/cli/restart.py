"""`main.py restart`: a service gets new pods of what is deployed; nothing else changes."""

import argparse

from modules.cli.in_cluster import add_options, connected
from modules.cli.services_file import count
from modules.operate import restart


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `restart`."""
    add_options(parser)


def run(options: argparse.Namespace) -> int:
    """Returns the exit code; raises CommandError where the new pods do not become ready."""
    ready = restart.restart(connected(options).cluster, options.service)
    print(f"{options.service}: {count(ready, 'new pod')} {'is' if ready == 1 else 'are'} ready.")
    return 0
