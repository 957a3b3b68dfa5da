"""Runs a control plane until ctrl-C; the first line on stdout is the KUBECONFIG to use."""

import argparse
import signal
import sys

from tests.support.go_tools import DEFAULT, VERSIONS
from tests.support.go_tools.build import BuildFailed
from tests.support.tool_missing import ToolMissing

from . import ControlPlane


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.support.control_plane", description=__doc__)
    parser.add_argument("--version", choices=VERSIONS, default=DEFAULT, help="default: %(default)s")
    options = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM):  # SIGINT too: a shell's background job ignores it
        signal.signal(number, signal.default_int_handler)
    try:
        with ControlPlane(options.version) as plane:
            print(f"KUBECONFIG={plane.kubeconfig}", flush=True)
            print(f"Ready in {plane.seconds_to_start:.1f} s; ctrl-C ends it.", file=sys.stderr)
            signal.pause()
    except KeyboardInterrupt:
        pass
    except (BuildFailed, ToolMissing) as reason:
        sys.exit(str(reason))


if __name__ == "__main__":
    main()
