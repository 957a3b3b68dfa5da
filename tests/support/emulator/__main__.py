"""Runs the emulated AWS until it is told to stop; its first line on stdout is the address."""

import argparse
import os
import signal
import sys
import threading
from typing import NoReturn

from .server import make


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.support.emulator", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="default: any free one")
    parser.add_argument("--with-stdin", action="store_true", help="end when stdin does, and so with who started it")
    options = parser.parse_args()
    server = make(options.port)
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    if options.with_stdin:
        threading.Thread(target=end_with_stdin, daemon=True).start()
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()


def stop(*_: object) -> NoReturn:
    sys.exit(0)


def end_with_stdin() -> None:
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main()
