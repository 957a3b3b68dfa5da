"""hashicorp/aws as processes that commands of Terraform use one after the other.

To start one and to check its 700 MB against the lock file takes more processor time than most plans. A process has one
configuration at a time (`default_tags` differ from stack to stack), so no two commands have it at once.
https://developer.hashicorp.com/terraform/plugin/debugging
"""

import queue
import re
import subprocess
import threading
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

SECONDS_TO_START = 120
AT_ONCE = 4  # each takes 0.4 GB
SOURCE = "registry.terraform.io/hashicorp/aws"
ADDRESS = re.compile(r"TF_REATTACH_PROVIDERS='(.+)'$")
# With -debug it would write megabytes, each call with its body.
SILENT = dict.fromkeys(("TF_LOG_PROVIDER", "TF_LOG_SDK"), "off")
# It ends with whoever started it: stdin ends then.
UNTIL_STDIN_ENDS = '"$0" -debug & cat > /dev/null; kill $!; wait'


class Kept(NamedTuple):
    environment: Mapping[str, str]
    address: str


class KeptProviders:
    """They end with this object."""

    def __init__(self) -> None:
        self._free: queue.LifoQueue[Kept | None] = queue.LifoQueue()
        for _ in range(AT_ONCE):
            self._free.put(None)

    @contextmanager
    def one(self, folder: Path, environment: Mapping[str, str]) -> Iterator[dict[str, str]]:
        """What Terraform's environment needs besides to use one that has this environment, once it is free.

        `folder` is initialised; a configuration without the provider gets none.
        """
        kept = self._free.get()
        try:
            if not (kept and kept.environment == environment):
                kept = self._started(folder, environment)
            yield {"TF_REATTACH_PROVIDERS": kept.address} if kept else {}
        finally:
            self._free.put(kept)

    def _started(self, folder: Path, environment: Mapping[str, str]) -> Kept | None:
        found = [*(folder / ".terraform" / "providers" / SOURCE).glob("*/*/terraform-provider-aws*")]
        if not found:
            return None
        process = subprocess.Popen(
            ["sh", "-c", UNTIL_STDIN_ENDS, *found],
            # hashicorp/aws 5.100 with it fails at its second configuration: no WithTransportOptions.
            env={name: value for name, value in environment.items() if name != "AWS_CA_BUNDLE"} | SILENT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        weakref.finalize(self, _end, process)
        limit = threading.Timer(SECONDS_TO_START, _end, [process])
        limit.start()
        assert process.stdout
        address = next((said[1] for line in process.stdout if (said := ADDRESS.search(line))), None)
        limit.cancel()
        if address is None:
            raise RuntimeError(f"{found[0]} said no address within {SECONDS_TO_START} seconds")
        return Kept(dict(environment), address)


def _end(process: "subprocess.Popen[str]") -> None:
    assert process.stdin
    assert process.stdout
    process.stdin.close()
    process.wait(30)
    process.stdout.close()
