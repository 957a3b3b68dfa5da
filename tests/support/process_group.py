"""A process group that ends with the process that made it, however that ends, and whether a process of it has."""

import subprocess
import time


def leader() -> subprocess.Popen[bytes]:
    """Leads a new group: reads from a pipe that ends with this process, and then takes all of the group with it.

    A terminal's ctrl-C does not reach the group.
    """
    return subprocess.Popen(["sh", "-c", "cat >/dev/null; kill -KILL 0"], stdin=subprocess.PIPE, process_group=0)


def has_ended(pid: int) -> bool:
    """Within 10 seconds; also one that nobody has taken note of yet."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        state = subprocess.run(
            ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
        ).stdout
        if not state.strip() or state.startswith("Z"):
            return True
        time.sleep(0.05)
    return False
