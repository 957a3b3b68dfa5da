"""Deploys services.yaml to an emulated AWS and a local Kubernetes control plane, shows it, and leaves it up.

Nothing leaves this machine, and nothing of yours is read but services.yaml: no login, no kubeconfig, no state/.
`down` ends what is up. Ctrl-C during a run ends all that it had started.
"""

import argparse
import signal
import sys

import pytest

from modules.trouble import Trouble
from tests.binaries.build import BuildFailed

from . import loopback
from .down import down
from .interrupt import Stopped
from .place import Place
from .up import up

INTERRUPTED = 130
COMMANDS = {"up": up, "down": down}


def main(arguments: list[str] | None = None) -> int:
    """Runs once; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.demo", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", nargs="?", choices=list(COMMANDS), default="up", help="default: %(default)s")
    command = parser.parse_args(arguments).command
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    loopback.forget_the_users_accounts()
    try:
        COMMANDS[command](Place.of_the_user())
    except (KeyboardInterrupt, Stopped):
        print("Interrupted; nothing of the demo is left.", file=sys.stderr)
        return INTERRUPTED
    except (Trouble, BuildFailed, pytest.skip.Exception, pytest.fail.Exception) as reason:
        print(reason, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
