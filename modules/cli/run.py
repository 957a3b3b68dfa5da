"""`main.py run`: a command in a new pod of a service's kind, which is removed when the command has ended."""

import argparse
import re
import shlex
import sys

from modules.cli.in_cluster import add_options, connected
from modules.errors import CommandError
from modules.operate import run as one_off

_UNITS = {"s": 1, "m": 60, "h": 3600}
_LEAST, _MOST = 10, 24 * 3600


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `run`."""
    add_options(parser)
    parser.epilog = (
        "After `--` come the program and its arguments: main.py run web -- bin/rails console. "
        "Its exit code is passed on."
    )
    parser.add_argument("--command", dest="text", metavar="TEXT", help="the program and its arguments as one text")
    parser.add_argument(
        "--timeout", type=_seconds, default=one_off.SECONDS, metavar="TIME", help="such as 30m or 8h (default: 4h)"
    )
    parser.add_argument("--show-job", action="store_true", help="print the Job that is made, for kubectl, to stderr")


def run(options: argparse.Namespace) -> int:
    """Returns the program's exit code; raises CommandError where it can't be started."""
    words = options.words or _split(options.text or "")
    if not words:
        what = "There is no command to run."
        raise CommandError(
            "run", what, f"Write it after two hyphens: main.py run {options.service} -- bin/rails console."
        )
    spec, _, cluster = connected(options)
    service = spec.services[options.service]
    if service.image is None:
        what = f"{options.service} has no image: its pods are a placeholder, which has no programs."
        raise CommandError(cluster.command, what, f"Give it one: make set-image SERVICE={options.service} IMAGE=v1.")
    # A terminal would change what a file or another program gets.
    attached = sys.stdin.isatty() and sys.stdout.isatty()
    how = one_off.How(options.timeout, attached, options.show_job)
    return one_off.run(cluster, options.service, service, words, how)


def _split(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError as problem:
        raise CommandError("run", f"The command can't be split into words: {problem}.", "Close the quote.") from None


def _seconds(text: str) -> int:
    found = re.fullmatch(r"(\d{1,6})([smh])", text)
    seconds = int(found[1]) * _UNITS[found[2]] if found else 0
    if not _LEAST <= seconds <= _MOST:
        raise argparse.ArgumentTypeError("a time from 10s to 24h, such as 30m")
    return seconds
