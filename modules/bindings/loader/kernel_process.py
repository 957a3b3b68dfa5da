"""Talks to jsii's program itself, and does not wait for answers that are known before they come.

jsii waits for each of some 1,500 answers. Here, the answer to a call without a result, and to the making
of an object, is compared with what it must be when the next one is waited for; so Python and Node work side by side.
Without a POSIX shell, or where the program can't be started directly, jsii's own way is used.
"""

import atexit
import contextlib
import json
import os
import re
import subprocess
from collections import deque
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from jsii._kernel.providers import process
from jsii._kernel.types import (
    CreateRequest,
    CreateResponse,
    InvokeRequest,
    InvokeResponse,
    LoadRequest,
    ObjRef,
    SetRequest,
    SetResponse,
)

from modules.bindings.loader import head_start, program, unwaited
from modules.bindings.loader.connection import AnswerTimeoutError
from modules.bindings.loader.patches import Patches

# Methods that return nothing and call nobody back.
_WITHOUT_RESULT = {"addDependency", "addOverride", "overrideLogicalId"}
# With so many unread answers, they are compared, so that a wrong argument is reported soon.
_MOST_PENDING = 64
_APIS = {CreateRequest: "create", InvokeRequest: "invoke", SetRequest: "set", LoadRequest: "load"}
_OK = b'{"ok":'
_DONE = b'{"ok":{}}'
_REFERENCE = re.compile(rb'"\$jsii\.byref":"[^"]*@(\d+)"')
# How long the program may take to remove its folder and exit.
END_SECONDS = 5.0
NEXT_STEP = "Run it again. If that ends the same way, EKS_FARGATE_TERRAFORM_STOCK=1 runs jsii as it is shipped, slowly."


class KernelError(RuntimeError):
    """jsii's program has ended, or does not answer."""


def start_directly(patches: Patches, say_slow: Callable[[Exception], None]) -> None:
    """Raises AttributeError or TypeError where jsii's internals are not those that this file knows."""
    if os.name != "posix" or "JSII_RUNTIME" in os.environ:
        return
    for name in ("handshake", "send", "start", "stop", "_next_message"):
        getattr(process._NodeProcess, name)
    for name in ("ohook", "jdefault", "_unstructure_ref"):
        getattr(process, name)
    CreateRequest(fqn="", args=[], overrides=[], interfaces=[])
    if CreateResponse("a").ref != "a" or InvokeResponse() != InvokeResponse(None):
        raise TypeError("jsii's answers have another form")
    _Program.say_slow = staticmethod(say_slow)
    patches.replace(process, "_NodeProcess", _Program)


class _Program(process._NodeProcess):
    say_slow: Callable[[Exception], None]
    _node: subprocess.Popen[bytes] | None = None
    is_direct = False
    # Whether an object has methods in Python, which Node may call whenever it is told something.
    _calls_back = False

    def start(self) -> None:
        try:
            self._start_directly()
        except KernelError:
            if self._node:
                self._node.kill()
            self.stop()
            raise
        except Exception as problem:
            # It was asked for nothing yet, so jsii's own way can begin where this one ends.
            self.stop()
            self.say_slow(problem)
            super().start()  # type: ignore[no-untyped-call]

    def _start_directly(self) -> None:
        begun = head_start.take()
        self._begin(begun.program if begun else program.start())
        # Lines of all that it loaded; and of what was sent ahead, which is answered in its order.
        self._loads: list[bytes] = []
        self._is_loaded = False
        self._ahead = deque(begun.loads if begun else ())
        atexit.register(self.stop)
        self.handshake()

    def _begin(self, begun: program.Program) -> None:
        self._node = begun.process
        connection: Any = begun.connection
        # The base class writes requests to its process's stdin, and reads answers from its stdout.
        self._process: Any = SimpleNamespace(stdin=connection, stdout=connection)
        # How the expected answers start, each with what was asked.
        self._pending: deque[tuple[bytes, Any]] = deque()
        # Numbers of the newest object, with those that are still to be answered, and without.
        self._newest = self._confirmed = 0
        self.is_direct = True

    def stop(self) -> None:
        atexit.unregister(self.stop)
        if self._node is None:
            if hasattr(self, "_process"):
                super().stop()
            return
        node, self._node, self.is_direct = self._node, None, False
        connection = self.__dict__.pop("_process", SimpleNamespace(stdin=None)).stdin
        with contextlib.suppress(subprocess.TimeoutExpired):
            if connection:
                connection.no_more_requests()
                node.wait(END_SECONDS)
        node.kill()
        node.wait()
        if connection:
            connection.close()

    def send(self, request: Any, response_type: Any) -> Any:
        if not self.is_direct:
            return super().send(request, response_type)
        if isinstance(request, LoadRequest):
            return self._load(request)
        if not self._is_loaded:
            self._all_loaded()
        known = self._known_answer(request)
        if known is None:
            self._compare_answers()
            return super().send(request, response_type)
        answer, result = known
        self._write(request)
        self._pending.append((answer, request))
        if len(self._pending) >= _MOST_PENDING:
            self._compare_answers()
        return result

    def _load(self, request: LoadRequest) -> None:
        """Sends it, where it was not sent ahead; if other loads were, or one of them failed, a new program starts."""
        self._compare_answers()
        self._is_loaded = False
        line = _line(request)
        was_ahead = len(self._ahead) > 0
        if was_ahead and self._ahead.popleft() == line and self._read().startswith(_OK):
            self._loads.append(line)
            return
        if was_ahead:
            self.start_again()
        self._send_load(line)

    def _send_load(self, line: bytes) -> None:
        self._process.stdin.write(line)
        answer = self._read()
        if not answer.startswith(_OK):
            raise RuntimeError(_error(answer))
        self._loads.append(line)

    def start_again(self) -> None:
        """Lets another program take the place of this one, and load what this one had loaded."""
        loads = list(self._loads)
        self.stop()
        self._begin(program.start())
        self._loads, self._ahead = [], deque()
        atexit.register(self.stop)
        self.handshake()
        for line in loads:
            self._send_load(line)

    def _all_loaded(self) -> None:
        for _ in range(len(self._ahead)):
            self._read()
        self._ahead.clear()
        head_start.remember(self._loads)
        self._is_loaded = True

    def _known_answer(self, request: Any) -> tuple[bytes, Any] | None:
        if isinstance(request, InvokeRequest):
            runs_on = not self._calls_back and request.method in unwaited.METHODS
            return (_DONE, InvokeResponse()) if runs_on or request.method in _WITHOUT_RESULT else None
        if isinstance(request, SetRequest) and not self._calls_back:
            return _DONE, SetResponse()
        if isinstance(request, CreateRequest) and request.overrides:
            self._calls_back = True
        if isinstance(request, CreateRequest) and self._newest and not request.overrides:
            self._newest += 1
            reference = f"{request.fqn}@{self._newest}"
            return f'{{"ok":{{"$jsii.byref":"{reference}"'.encode(), CreateResponse(reference)
        return None

    def _write(self, request: Any) -> None:
        self._process.stdin.write(_line(request))

    def _next_message(self) -> Any:
        return json.loads(self._read(), object_hook=process.ohook) if self.is_direct else super()._next_message()

    def _read(self) -> bytes:
        try:
            line: bytes = self._process.stdout.readline()
        except AnswerTimeoutError as problem:
            raise KernelError(f"jsii's program gave {problem}.\n{NEXT_STEP}") from None
        if not line.endswith(b"\n"):
            raise KernelError(f"jsii's program ended before it answered; what it said is above.\n{NEXT_STEP}")
        self._newest = self._confirmed = max([self._confirmed, *map(int, _REFERENCE.findall(line))])
        return line

    def _compare_answers(self) -> None:
        """Reads the answers that are due; what went wrong is raised in the name of what was asked then."""
        while self._pending:
            expected, request = self._pending.popleft()
            line = self._read()
            if not line.startswith(expected):
                for _ in range(len(self._pending)):
                    self._read()
                self._pending.clear()
                raise RuntimeError(f"{_error(line)}\nThis answers an earlier call: {_call(request)}")


def _line(request: Any) -> bytes:
    data = json.dumps({"api": _APIS[type(request)], **_fields(request)}, default=_plain)
    return f"{data}\n".encode()


def _fields(request: Any) -> dict[str, Any]:
    return {name: getattr(request, name) for name in request.__slots__ if name != "__weakref__"}


def _plain(value: Any) -> Any:
    jsii: Any = process
    return jsii._unstructure_ref(value) if isinstance(value, ObjRef) else jsii.jdefault(value)


def _error(line: bytes) -> str:
    answer = json.loads(line)
    return str(answer.get("error", answer))


def _call(request: Any) -> str:
    """The class and the construct id, or the method and the object."""
    if isinstance(request, CreateRequest):
        return f"{request.fqn} {' '.join(repr(argument) for argument in request.args if isinstance(argument, str))}"
    return f"{request.method} of {request.objref.ref}"
