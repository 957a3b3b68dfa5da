"""Runs the emulated AWS until it is told to stop; its first line on stdout is the address."""

import argparse
import signal
import sys
from typing import NoReturn

from .server import make


def stop(*_: object) -> NoReturn:
    sys.exit(0)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.emulator", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="default: any free one")
    server = make(parser.parse_args().port)
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
