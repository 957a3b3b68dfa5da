"""`main.py shell`: a shell, or another program, in a running pod of a service."""

import argparse
import sys

from modules.cli.in_cluster import add_options, connected
from modules.deploy.pod_diagnosis import is_ready
from modules.errors import CommandError
from modules.operate import pods


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `shell`."""
    add_options(parser)
    parser.epilog = "After `--` comes the program: main.py shell web -- bash (default: sh). Its exit code is passed on."
    parser.add_argument("--container", default=pods.SERVER, metavar="NAME", help="a sidecar (default: server)")


def run(options: argparse.Namespace) -> int:
    """Returns the program's exit code; raises CommandError where no pod runs."""
    if not sys.stdin.isatty():
        what = "A shell needs a terminal, and there is none."
        raise CommandError("shell", what, f"Run one program instead: main.py run {options.service} -- PROGRAM.")
    service = options.service
    cluster = connected(options).cluster
    running = [pod for pod in pods.of_service(cluster, service, pods.SERVER) if pod["status"].get("phase") == "Running"]
    if not running:
        step = f"make status SERVICE={service} says why; make run SERVICE={service} starts a pod for one program."
        raise CommandError(cluster.command, f"No pod of {service} runs.", step)
    pod = next((one for one in running if is_ready(one)), running[0])
    where = (f"--namespace={service}", f"--container={options.container}")
    tty = ("--stdin", "--tty") if sys.stdout.isatty() else ("--stdin",)
    return cluster.kubectl("exec", *where, *tty, pod["metadata"]["name"], "--", *(options.words or ["sh"]))
