"""`main.py logs`: what the pods of a service have written."""

import argparse

from modules import terminal
from modules.cli.in_cluster import add_options, connected
from modules.operate import logs, pods


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `logs`."""
    add_options(parser)
    parser.add_argument("--follow", action="store_true", help="print lines as they come, until ctrl-C (needs kubectl)")


def run(options: argparse.Namespace) -> int:
    """Returns the exit code; raises CommandError where neither the cluster nor the log group can be read."""
    service = options.service
    spec, account, cluster = connected(options)
    found = [pod for pod in pods.of_service(cluster, service) if pods.begun(pod)]
    if found and options.follow:
        return logs.follow(cluster, service, found)
    if found:
        lines = logs.of_pods(cluster, service, found)
    else:
        terminal.say(f"No pod of {service} has a log now. Its log group has of the last hour:")
        lines = logs.of_log_group(spec, service, account, cluster.command)
    for line in lines:
        print(line)
    return 0
