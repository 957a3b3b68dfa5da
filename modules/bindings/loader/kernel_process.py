"""Talks to jsii's program itself, and does not wait for answers that are known before they come.

jsii starts a process that only passes each message on to another one, and waits for each of some 1,500 answers. Here
the other one is started, with what the first would give it. The answer to a call without a result, and to the making
of an object, is compared with what it must be when the next one is waited for; so Python and Node work side by side.
Without a POSIX shell, jsii's own way holds.
"""

import atexit
import json
import os
import re
import socket
import subprocess
import sys
from collections import deque
from pathlib import Path
from typing import Any

from jsii._kernel.providers import process
from jsii._kernel.types import CreateRequest, CreateResponse, InvokeRequest, InvokeResponse

# The program reads and writes file descriptor 3; jsii's host starts it with these options too.
_SHELL = 'exec "$@" 3<&0 0</dev/null 1>&2'
_OPTIONS = ("--max-old-space-size=4069", "--preserve-symlinks")
# Methods that return nothing and call nobody back.
_WITHOUT_RESULT = {"addDependency", "addOverride", "overrideLogicalId"}
# So many answers fit into the buffers between the two processes, with a wide margin.
_MOST_PENDING = 64
_REFERENCE = re.compile(rb'"\$jsii\.byref":"[^"]*@(\d+)"')


def start_directly() -> None:
    if os.name == "posix" and "JSII_RUNTIME" not in os.environ:
        process._NodeProcess = _Program  # type: ignore[misc]


class _Program(process._NodeProcess):
    _node: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        program = Path(self._jsii_runtime()).parents[1] / "lib" / "program.js"
        ours, theirs = socket.socketpair()
        with theirs:
            self._node = subprocess.Popen(
                ["sh", "-c", _SHELL, "sh", os.environ.get("JSII_NODE", "node"), *_OPTIONS, str(program)],
                stdin=theirs.fileno(),
                env={**os.environ, "JSII_AGENT": f"Python/{sys.version.split()[0]}"},
            )
        # The base class writes requests to its process's stdin, and reads answers from its stdout.
        self._process: Any = _Ends(ours)
        # How the expected answers start, each with what was asked.
        self._pending: deque[tuple[bytes, Any]] = deque()
        # Numbers of the newest object, with those that are still to be answered, and without.
        self._newest = self._confirmed = 0
        atexit.register(self.stop)
        self.handshake()

    def stop(self) -> None:
        atexit.unregister(self.stop)
        if self._node is None:
            return
        # All that it was asked for is answered, so nothing is lost.
        self._node.kill()
        self._node.wait()
        self._process.close()
        self._ctx_stack.close()

    def send(self, request: Any, response_type: Any) -> Any:
        known = self._known_answer(request)
        if known is None:
            self._settle()
            return super().send(request, response_type)
        answer, result = known
        self._write(request)
        self._pending.append((answer, request))
        if len(self._pending) >= _MOST_PENDING:
            self._settle()
        return result

    def _known_answer(self, request: Any) -> tuple[bytes, Any] | None:
        if isinstance(request, InvokeRequest) and request.method in _WITHOUT_RESULT:
            return b'{"ok":{}}', InvokeResponse()
        if isinstance(request, CreateRequest) and self._newest and not request.overrides:
            self._newest += 1
            reference = f"{request.fqn}@{self._newest}"
            return f'{{"ok":{{"$jsii.byref":"{reference}"'.encode(), CreateResponse(reference)
        return None

    def _write(self, request: Any) -> None:
        data = json.dumps(self._serializer.unstructure(request), default=process.jdefault)
        self._process.stdin.write(f"{data}\n".encode())
        self._process.stdin.flush()

    def _next_message(self) -> Any:
        return json.loads(self._read(), object_hook=process.ohook)

    def _read(self) -> bytes:
        line: bytes = self._process.stdout.readline()
        self._newest = self._confirmed = max([self._confirmed, *map(int, _REFERENCE.findall(line))])
        return line

    def _settle(self) -> None:
        """Compares the answers that have come; what went wrong is raised in the name of what was asked then."""
        while self._pending:
            expected, request = self._pending.popleft()
            line = self._read()
            if not line.startswith(expected):
                for _ in range(len(self._pending)):
                    self._read()
                self._pending.clear()
                raise RuntimeError(f"{_error(line)}\nThis answers an earlier call: {_call(request)}")


class _Ends:
    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.stdin = connection.makefile("wb")
        self.stdout = connection.makefile("rb")

    def close(self) -> None:
        for end in (self.stdin, self.stdout, self.connection):
            end.close()


def _error(line: bytes) -> str:
    answer = json.loads(line)
    return str(answer.get("error", answer))


def _call(request: Any) -> str:
    """The class and the construct id, or the method and the object."""
    if isinstance(request, CreateRequest):
        return f"{request.fqn} {' '.join(repr(argument) for argument in request.args if isinstance(argument, str))}"
    return f"{request.method} of {request.objref.ref}"
