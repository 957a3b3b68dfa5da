"""Builds the programs that tests run, and prints where they are."""

import argparse
import sys

from tests.support.tool_missing import ToolMissing

from . import DEFAULT, NIGHTLY, PROGRAMS, VERSIONS, binaries
from .build import BuildFailed

GATE = [name for name in PROGRAMS if name not in NIGHTLY]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.support.go_tools", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"default: {', '.join(GATE)}")
    parser.add_argument("--version", choices=VERSIONS, default=DEFAULT, help="of Kubernetes; default: %(default)s")
    options = parser.parse_args()
    if unknown := set(options.names) - set(PROGRAMS):
        parser.error(f"no such program: {', '.join(sorted(unknown))}; there are {', '.join(PROGRAMS)}")
    try:
        for name, path in binaries(options.names or GATE, options.version).items():
            print(f"{name}\t{path}")
    except (BuildFailed, ToolMissing) as reason:
        sys.exit(str(reason))
    except KeyboardInterrupt:
        sys.exit("Interrupted: what was built is kept, what was not starts again.")


if __name__ == "__main__":
    main()
