"""Runs Terraform on copies: each in a process group of its own, all of which end when the plan is interrupted."""

import json
import os
import re
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from modules.errors import CommandError
from modules.plugin_cache import plugin_cache

SECONDS = 1800  # of one command; a plan of a hundred resources takes seconds, behind a slow proxy minutes
_OF_THE_CALLER = re.compile(r"TF_(CLI_ARGS.*|DATA_DIR|WORKSPACE|LOG.*|VAR_.*)$")  # meant for other folders, or a leak
_FRAME = re.compile(r"^[╷│╵] ?", re.MULTILINE)


class Terraform:
    """Terraform for copies below `folder`, which also takes its temporary files; errors are those of `command`."""

    def __init__(self, folder: Path, command: str) -> None:
        self.command = command
        self._temporary = folder / "t"  # short: the paths of plugins' sockets may have 108 characters
        self._temporary.mkdir()
        self._running: set[subprocess.Popen[str]] = set()
        self._starting, self._initialising = threading.Lock(), threading.Lock()
        self._ended = False
        self._environment = _environment(os.environ) | {"TMPDIR": str(self._temporary)}

    def end(self) -> None:
        """Kills all that still runs, and lets nothing more begin: it only reads, and writes nowhere but in copies."""
        with self._starting:
            self._ended = True
            for process in self._running:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)

    def init(self, stack: str, folder: Path) -> None:
        """One at a time: the plugin cache is not made for several (https://developer.hashicorp.com/terraform/cli/config/config-file#provider-plugin-cache)."""
        with self._initialising:
            self.run(stack, folder, "init", "-input=false", "-no-color")

    def plan(self, stack: str, folder: Path, *arguments: str) -> dict[str, Any]:
        """The plan as `terraform show -json` has it."""
        self.run(stack, folder, "plan", "-input=false", "-no-color", "-out=plan", *arguments)
        return dict(json.loads(self.run(stack, folder, "show", "-json", "plan")))

    def run(self, stack: str, folder: Path, *arguments: str) -> str:
        """What a command prints; raises CommandError with its errors where it fails."""
        where = f"{self.command} {stack}"
        with self._process(folder, *arguments) as process:
            try:
                out, errors = process.communicate(timeout=SECONDS)
            except subprocess.TimeoutExpired:
                what = f"terraform {arguments[0]} did not end within {SECONDS} seconds."
                raise CommandError(where, what, "Check the network, the proxy and the registry.") from None
        if process.returncode:
            said = _FRAME.sub("", errors.strip() or out.strip()).strip().replace("\n", "\n  ")
            what = f"terraform {arguments[0]} failed on a copy of the stack:\n  {said}"
            raise CommandError(where, what, f"make plan STACK={stack} lets Terraform plan it alone.")
        return out

    @contextmanager
    def _process(self, folder: Path, *arguments: str) -> Iterator["subprocess.Popen[str]"]:
        with self._start(folder, *arguments) as process:
            try:
                yield process
            finally:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                with self._starting:
                    self._running.discard(process)

    def _start(self, folder: Path, *arguments: str) -> "subprocess.Popen[str]":
        with self._starting:
            if self._ended:
                raise CommandError(self.command, "It was interrupted.", "Run it again.")
            process = subprocess.Popen(
                ["terraform", *arguments],
                cwd=folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                start_new_session=True,
            )
            self._running.add(process)
            return process


def _environment(of: Mapping[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in of.items() if not _OF_THE_CALLER.match(name)}
    return {
        **plugin_cache(of),
        # The lock file of a copy is thrown away, so it may name the checksums of this platform alone.
        "TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE": "1",
        **kept,
        "TF_IN_AUTOMATION": "1",
        "CHECKPOINT_DISABLE": "1",
    }
