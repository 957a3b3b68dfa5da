"""Nothing is downloaded while generated/ is made: it is made where there is no network at all."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from modules.paths import ROOT
from tests.support.tool_missing import ToolMissing


@pytest.fixture(scope="module")
def alone() -> list[str]:
    """Runs a command in a namespace without a network, in which not even loopback is up."""
    program = shutil.which("unshare")
    if program is None:
        raise ToolMissing("There is no unshare (util-linux), which takes the network away")
    command = [program, "--map-root-user", "--net"]
    done = subprocess.run([*command, "true"], capture_output=True, text=True, timeout=30, check=False)
    if done.returncode:
        raise ToolMissing(f"unshare can't take the network away here: {done.stderr}")
    return command


def test_the_network_is_away(alone: list[str]) -> None:
    look = "import socket; socket.create_connection(('127.0.0.1', 53), 5)"
    done = subprocess.run([*alone, sys.executable, "-c", look], capture_output=True, text=True, timeout=30, check=False)
    assert "Network is unreachable" in done.stderr


def test_the_example_with_every_key_is_generated_without_a_network(alone: list[str], tmp_path: Path) -> None:
    words = ["synth", f"--file={ROOT / 'examples' / 'everything' / 'services.yaml'}", f"--out={tmp_path / 'generated'}"]
    main = [sys.executable, str(ROOT / "main.py"), *words, "--rebuild"]
    done = subprocess.run([*alone, *main], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert len(list(tmp_path.glob("generated/stacks/*/cdk.tf.json"))) > 10
