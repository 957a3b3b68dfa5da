"""An emulated AWS: moto with what it lacks, in a process of its own; see README.md."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
KEYS = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "none"}


@contextmanager
def emulated_aws(log: Path) -> Iterator[dict[str, str]]:
    """The environment in which AWS clients meet a fresh emulator; what the emulator has to say goes to `log`."""
    with log.open("w") as complaints:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.emulator"],
            cwd=ROOT,
            env={name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "MOTO_"))},
            stdout=subprocess.PIPE,
            stderr=complaints,
            text=True,
        )
        assert process.stdout
        try:
            address = process.stdout.readline().strip()
            if not address:
                raise RuntimeError(f"The emulator did not start:\n{log.read_text()}")
            yield {"AWS_ENDPOINT_URL": address, **KEYS}
        finally:
            process.terminate()
            process.wait()
            process.stdout.close()
