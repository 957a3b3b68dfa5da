"""Deploys services.yaml to an emulated AWS and a local Kubernetes control plane, shows it, and leaves it up.

It talks to no AWS and no cluster but its own, and reads nothing of yours but services.yaml: no login, no state/.
`down` ends what is up. Ctrl-C during a run ends all that it had started.
"""

import argparse
import signal
import sys
from pathlib import Path

from modules import terminal
from modules.errors import CommandError
from modules.paths import ROOT
from tests.support.go_tools.build import BuildFailed
from tests.support.tool_missing import ToolMissing

from . import loopback
from .down import down
from .interrupt import Stopped
from .place import Place
from .up import up

INTERRUPTED = 130


def main(arguments: list[str] | None = None) -> int:
    """Runs once; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m demo", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", nargs="?", choices=["up", "down"], default="up", help="default: %(default)s")
    parser.add_argument("--file", type=Path, default=ROOT / "services.yaml", help="default: services.yaml")
    given = parser.parse_args(arguments)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    loopback.forget_the_users_accounts()
    try:
        if given.command == "up":
            up(Place.of_the_user(), given.file)
        else:
            down(Place.of_the_user())
    except (KeyboardInterrupt, Stopped):
        terminal.hide()
        terminal.say("Interrupted; nothing of the demo is left.")
        return INTERRUPTED
    except (CommandError, BuildFailed, ToolMissing) as reason:
        print(reason, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
