"""The process that holds the emulators: it ends with this one until it is told to stay."""

import json
import subprocess
import sys
from pathlib import Path
from typing import IO, Any

from modules.errors import CommandError
from modules.paths import ROOT

SERVE = [sys.executable, "-m", "demo.serve"]
SECONDS_TO_END = 15


class Emulators:
    def __init__(self, folder: Path, cluster: str, region: str, pods: str, lock: IO[str]) -> None:
        """`lock` is then theirs too: a demo is up as long as they are. `pods`: see serve.py."""
        self.log = folder / "emulators.log"
        with self.log.open("w") as complaints:
            self.process = subprocess.Popen(
                [*SERVE, str(folder), cluster, region, pods],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=complaints,
                text=True,
                start_new_session=True,  # a terminal that closes, or its ctrl-C, is not meant for them
                pass_fds=(lock.fileno(),),
            )

    def where(self) -> dict[str, Any]:
        """As soon as they are ready: `aws`, the environment in which clients meet it, `kubeconfig`, `no_node`.

        `no_node` is why no node runs the pods that should run; None if one does.
        """
        assert self.process.stdout
        if line := self.process.stdout.readline():
            return dict(json.loads(line))
        last = "\n  ".join(self.log.read_text().splitlines()[-8:])
        raise CommandError("The emulators", f"They did not start:\n  {last}", f"All that they said is in {self.log}.")

    def stay(self) -> None:
        """Also when this process ends."""
        assert self.process.stdin
        self.process.stdin.write("stay\n")
        self.process.stdin.close()

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            self.process.kill()  # what they started ends with them, however they end
            self.process.wait()
