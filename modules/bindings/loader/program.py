"""jsii's program, which Node runs: it holds CDKTF's objects, and reads and writes file descriptor 3.

jsii starts a process that only passes each message on to this one. Nothing of jsii is imported here.
"""

import importlib.util
import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from modules.bindings.loader import node, run_folder
from modules.bindings.loader.connection import Connection

# jsii's host starts it with these options too.
_SHELL = 'exec "$@" 3<&0 0</dev/null 1>&2'
_OPTIONS = ("--max-old-space-size=4069", "--preserve-symlinks")
_NO_STACK_TRACES = Path(__file__).with_name("no_stack_traces.js")
# jsii keeps the files of its folder lib under such names.
_PREFIX = "lib__"
# The longest answer is that to the untrimmed assembly for AWS: a minute or two on a busy machine.
ANSWER_SECONDS = 600.0


class Program(NamedTuple):
    """A running one; its first line says which version it is."""

    process: subprocess.Popen[bytes]
    connection: Connection


def start() -> Program:
    """Raises OSError where there is no POSIX shell, or jsii has no such program."""
    ours, theirs = socket.socketpair()
    with theirs:
        process = subprocess.Popen(
            ["sh", "-c", _SHELL, "sh", *_node(), str(_unpack())],
            stdin=theirs.fileno(),
            # Its own temporary files, and those of CDKTF in it, go with ours.
            env={
                **{name: value for name, value in os.environ.items() if name != node.HCL_VARIABLE},
                "JSII_AGENT": f"Python/{sys.version.split()[0]}",
                "TMPDIR": str(run_folder.path()),
            },
            # A terminal's ctrl-C would end it before it has removed its folder.
            process_group=0,
        )
    return Program(process, Connection(ours, ANSWER_SECONDS))


def _node() -> list[str]:
    return [os.environ.get("JSII_NODE", "node"), f"--require={_NO_STACK_TRACES}", *_OPTIONS]


def _unpack() -> Path:
    """The program and its worker, as files beside each other: without source maps, half of what jsii unpacks."""
    folder = Path(tempfile.mkdtemp(dir=run_folder.path()))
    jsii = importlib.util.find_spec("jsii")
    embedded = Path(jsii.origin).parent / "_embedded" / "jsii" if jsii and jsii.origin else Path()
    for file in embedded.glob(f"{_PREFIX}*.js"):
        (folder / file.name.removeprefix(_PREFIX)).write_bytes(file.read_bytes())
    if not (folder / "program.js").is_file():
        raise FileNotFoundError("jsii has no lib/program.js")
    return folder / "program.js"
