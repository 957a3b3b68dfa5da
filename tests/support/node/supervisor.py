"""Holds a node's namespaces, relays and control groups until its standard input ends, then ends and removes them all.

It is a process of its own, so that it outlives whoever started it, however that ends.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, suppress
from pathlib import Path

from . import cgroups, files
from .order import Order
from .relay import Side, relay

HERE = Path("/proc/self/ns/net")
SECONDS = 30
# The child of unshare is the first process of its namespaces, and all in them end with it; it ends with unshare, and
# unshare with this process.
UNSHARE = (
    "setpriv --pdeathsig KILL unshare --mount --net --pid --fork --kill-child=KILL --mount-proc --propagation private"
)


def main() -> None:
    order = Order(**json.loads(sys.argv[1]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with ExitStack() as held:
        held.callback(shutil.rmtree, order.folder)
        cgroups.make(order.cgroup)
        held.callback(cgroups.remove, order.cgroup)
        namespaces = _unshare(order)
        held.callback(_end, namespaces)
        _connect(order, namespaces)
        print("connected", flush=True)
        sys.stdin.read()


def _unshare(order: Order) -> subprocess.Popen[bytes]:
    folder = Path(order.folder)
    with (folder / "inside.log").open("wb") as log:
        script = Path(__file__).with_name("inside.sh")
        return subprocess.Popen(
            [*UNSHARE.split(), "sh", script, folder],
            env={"PATH": order.path, "HOME": "/"},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )


def _connect(order: Order, namespaces: subprocess.Popen[bytes]) -> None:
    folder = Path(order.folder)
    end = time.monotonic() + SECONDS
    while not (folder / "progress").exists():
        if namespaces.poll() is not None or time.monotonic() > end:
            sys.exit(f"The node's namespaces were not made:\n{(folder / 'inside.log').read_text()}")
        time.sleep(0.02)
    there = Path(f"/proc/{namespaces.pid}/ns/net")
    host = "127.0.0.1"
    for port in order.from_node:
        for address in (host, files.ADDRESS):
            relay(port, Side(there, address), Side(HERE, host))
    for port in order.to_node:
        relay(port, Side(HERE, host), Side(there, host))


def _end(namespaces: subprocess.Popen[bytes]) -> None:
    """The kernel ends all processes of a namespace before its first one counts as ended."""
    for first in Path(f"/proc/{namespaces.pid}/task/{namespaces.pid}/children").read_text().split():
        with suppress(ProcessLookupError):
            os.kill(int(first), signal.SIGKILL)
    namespaces.wait(SECONDS)


if __name__ == "__main__":
    main()
