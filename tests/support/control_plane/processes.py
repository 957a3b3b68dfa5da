"""Processes that end together: when they are told to, or when whoever started them is gone."""

import os
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

from tests.support.process_group import leader

SECONDS_TO_END = 30  # after SIGKILL


class Processes:
    """A process group, each process with a log of its own."""

    def __init__(self, logs: Path) -> None:
        self.logs = logs
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.leader = leader()

    def start(self, name: str, *command: str | Path, env: dict[str, str] | None = None) -> None:
        with self.log(name).open("ab") as log:
            self.running[name] = subprocess.Popen(
                command,
                cwd=self.logs,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                process_group=self.leader.pid,
            )

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def died(self) -> str:
        """What the first process that has ended by itself said last; empty if all run."""
        for name, process in self.running.items():
            if process.poll() is not None:
                last = "\n".join(self.log(name).read_text(errors="replace").splitlines()[-15:])
                return f"{name} ended with {process.returncode}:\n{last}"
        return ""

    def kill(self, name: str) -> None:
        process = self.running.pop(name)
        process.kill()
        process.wait(SECONDS_TO_END)

    def stop_all(self) -> None:
        """What they hold is thrown away, so they need not end gently."""
        with suppress(ProcessLookupError):
            os.killpg(self.leader.pid, signal.SIGKILL)
        for process in (*self.running.values(), self.leader):
            process.wait(SECONDS_TO_END)
        self.running.clear()
        assert self.leader.stdin
        self.leader.stdin.close()
