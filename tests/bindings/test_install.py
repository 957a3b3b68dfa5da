"""What `modules.bindings.install()` changes, only when it is called, and whatever jsii looks like."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import jsii
import pytest

from modules.bindings import SWITCH
from modules.paths import ROOT

SYSTEM = """
import sys
from modules.bindings.cdktf import App, LocalBackend, TerraformOutput, TerraformStack
app = App(outdir=sys.argv[1])
stack = TerraformStack(app, "example")
LocalBackend(stack, path="example.tfstate")
for number in range(300):
    output = TerraformOutput(stack, f"output{number}", value=f"value {number} " * 10)
    output.override_logical_id(f"number_{number}")
app.synth()
"""
SMALL_BUFFERS = """
import socket
make = socket.socketpair
def small():
    ends = make()
    for end in ends:
        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    return ends
socket.socketpair = small
"""
# How a later jsii could call what the changes need: pattern -> in which file.
REQUESTS = (
    "CreateRequest CreateResponse InvokeRequest InvokeResponse LoadRequest SetRequest SetResponse ObjRef"
    " handshake _next_message send"
)
WORDS = f"_NodeProcess ohook jdefault _unstructure_ref _make_reference_for_native provider kernel {REQUESTS}"
RENAMED = {word: rf"\b{word}\b" for word in WORDS.split()} | {
    "load": r"(?<=def )load(?=\(self, name)|(?<=kernel\.)load\b",
    "start": r"(?<=def )start(?=\(self)|(?<=process\.)start\b",
    "stop": r"(?<=def )stop(?=\(self)|(?<=self\.)stop\b",
}
IN_THE_GATE = {"_NodeProcess", "CreateResponse", "load"}


def run(folder: Path, code: str, *, expect: int = 0, environment: Mapping[str, str] = {}) -> tuple[bytes, str]:
    """The stack that the code wrote, and what it said."""
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder / "out")],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == expect, done.stderr
    file = folder / "out" / "stacks" / "example" / "cdk.tf.json"
    return file.read_bytes() if file.exists() else b"", done.stderr


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """What jsii makes of the system as it is shipped."""
    node = "from modules.bindings.loader import node\nnode.use_installed()\n"
    code = node + SYSTEM.replace("from modules.bindings.cdktf", "from cdktf")
    written, said = run(tmp_path_factory.mktemp("shipped"), code)
    assert b"value 299" in written
    assert said == ""
    return written


def test_importing_the_package_alone_changes_nothing() -> None:
    code = """
import os, sys, threading, typing
before = list(sys.meta_path), typing.get_type_hints, dict(os.environ)
import modules.bindings
import modules.bindings.loader
assert before == (list(sys.meta_path), typing.get_type_hints, dict(os.environ))
assert not {"jsii", "cdktf", "cdktf_cdktf_provider_aws"} & sys.modules.keys()
assert threading.active_count() == 1
"""
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=60)


def test_with_the_switch_jsii_is_as_it_is_shipped_and_the_bytes_are_the_same(expected: bytes, tmp_path: Path) -> None:
    unchanged = """
import sys, typing
hints = typing.get_type_hints
from modules.bindings.cdktf import App
import jsii._runtime
from jsii._kernel.providers import process
assert process._NodeProcess.__module__ == type(jsii._runtime.kernel.provider).__module__ == process.__name__
assert "load" not in vars(jsii._runtime.kernel)
assert typing.get_type_hints is hints
assert not [finder for finder in sys.meta_path if type(finder).__module__.startswith("modules.")]
"""
    assert run(tmp_path, unchanged + SYSTEM, environment={SWITCH: "1"}) == (expected, "")


@pytest.mark.parametrize(
    "name",
    [name if name in IN_THE_GATE else pytest.param(name, marks=pytest.mark.nightly(minutes=0.1)) for name in RENAMED],
)
def test_a_jsii_with_another_name_for_an_internal_gives_the_same_bytes(
    name: str, expected: bytes, tmp_path: Path
) -> None:
    """A copy of jsii that works like the original, but for us."""
    copy = tmp_path / "path" / "jsii"
    shutil.copytree(Path(jsii.__file__).parent, copy)
    count = 0
    for file in copy.rglob("*.py"):
        text, found = re.subn(RENAMED[name], f"{name}_renamed", file.read_text())
        file.write_text(text)
        count += found
    assert count
    written, said = run(tmp_path, SYSTEM, environment={"PYTHONPATH": f"{copy.parent}{os.pathsep}{ROOT}"})
    assert written == expected
    assert said.count("\n") == 1
    assert said.startswith("Starting slowly, with the same result: ")


def test_small_socket_buffers_do_not_block(expected: bytes, tmp_path: Path) -> None:
    """Requests go out before their answers are read; with 4 KB, both ends would wait for the other one to read."""
    assert run(tmp_path, SMALL_BUFFERS + SYSTEM) == (expected, "")


@pytest.mark.parametrize(
    ("program", "what"),
    [
        ("exec sleep 60", "jsii's program gave no answer within 1 seconds."),
        ("echo out of memory >&2; exit 1", "jsii's program ended before it answered; what it said is above."),
    ],
)
def test_a_program_that_does_not_answer_is_an_error_with_a_next_step(program: str, what: str, tmp_path: Path) -> None:
    fake = tmp_path / "node"
    fake.write_text(f"#!/bin/sh\n{program}\n")
    fake.chmod(0o755)
    short = "from modules.bindings.loader import program\nprogram.ANSWER_SECONDS = 1.0\n"
    _, said = run(tmp_path, short + SYSTEM, expect=1, environment={"JSII_NODE": str(fake)})
    assert (
        f"KernelError: {what}\nRun it again. If that ends the same way, {SWITCH}=1 runs jsii as it is shipped" in said
    )


@pytest.mark.nightly(minutes=5)
def test_the_whole_system_has_the_same_bytes_with_jsii_as_it_is_shipped(tmp_path: Path) -> None:
    written = []
    for value in ("0", "1"):
        out = tmp_path / value / "generated"
        subprocess.run(
            [sys.executable, ROOT / "main.py", "--out", out],
            env={**os.environ, SWITCH: value},
            check=True,
            timeout=1200,
        )
        written.append({file.relative_to(out): file.read_bytes() for file in out.rglob("*") if file.is_file()})
    assert len(written[0]) > 10
    assert written[0] == written[1]
