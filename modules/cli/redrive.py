"""`main.py redrive`: what a service could not process goes back into its queue, and is tried again."""

import argparse
from typing import Any

from modules import terminal
from modules.cli.account_of import account_of
from modules.cli.in_cluster import add_options
from modules.cli.services_file import count
from modules.errors import CommandError
from modules.operate import pods, redrive


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `redrive`."""
    add_options(parser)
    parser.add_argument(
        "--rate",
        type=_rate,
        metavar="N",
        help=f"messages a second at most, up to {redrive.MOST_A_SECOND} (default: SQS's)",
    )


def run(options: argparse.Namespace) -> int:
    """Returns the exit code; raises CommandError where the messages are not moved."""
    command = f"redrive {options.service}"
    _, spec, account = account_of(options.file, "redrive", options.env)
    pods.require_service(spec, options.service, command)
    letters = redrive.find(spec, options.service, account, command)
    if letters.waiting == 0:
        print(f"{letters.name} is empty; nothing was moved.")
        return 0
    about = f"About {count(letters.waiting, 'message')} of {letters.name}"
    print(f"{about} to {letters.queue}: the service receives them again.")
    print("One that fails again comes back after as many receives as `max_receives` says.", flush=True)
    seen = [0]

    def told(task: dict[str, Any]) -> None:
        moved = int(task.get("ApproximateNumberOfMessagesMoved") or 0)
        if moved > seen[0]:
            seen[0] = moved
            terminal.say(f"{moved} of about {task.get('ApproximateNumberOfMessagesToMove', letters.waiting)} moved.")

    task = redrive.move(letters, account, command, options.rate, told)
    moved = int(task.get("ApproximateNumberOfMessagesMoved") or 0)
    if task["Status"] != "COMPLETED":
        why = task.get("FailureReason", "SQS gives no reason")
        what = f"The task ended as {task['Status']} after {count(moved, 'message')}: {why}."
        raise CommandError(
            command, what, "The others are still in the dead-letter queue: correct that, and run this again."
        )
    print(f"Moved {count(moved, 'message')}.")
    return 0


def _rate(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= redrive.MOST_A_SECOND:
        raise argparse.ArgumentTypeError(f"a number from 1 to {redrive.MOST_A_SECOND}")
    return int(text)
