"""The AWS CLI as far as the job needs it, by boto3, which refuses a parameter that AWS does not have.

`aws SERVICE CALL --output json --cli-input-json file:///dev/stdin`, a small program that has the test's own process do
it: each import of boto3 takes a second.
"""

import json
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

from botocore.exceptions import ClientError

from tests.support.json_handler import JsonHandler

_OPTIONS = ["--output", "json", "--cli-input-json", "file:///dev/stdin"]
_PROGRAM = """#!{python} -IS
import json, sys, urllib.request
asked = json.dumps({{"argv": sys.argv[1:], "given": open("/dev/stdin").read()}}).encode()
with urllib.request.urlopen("http://127.0.0.1:{port}", asked, timeout=60) as answer:
    said = json.load(answer)
sys.stdout.write(said["stdout"])
sys.exit(said["stderr"] or 0)
"""


class Call(NamedTuple):
    """What a program was started with, which everybody on the machine can see, and what it was given."""

    argv: list[str]
    given: dict[str, Any]

    @property
    def name(self) -> str:
        return self.argv[1]


class AwsCli:
    """`calls` are all that came; `clients` do them, by the name of the service."""

    def __init__(self, clients: Mapping[str, Any], port: int) -> None:
        self.clients, self.port = clients, port
        self.calls: list[Call] = []

    def put_into(self, folder: Path) -> None:
        """Puts the program there."""
        program = folder / "aws"
        program.write_text(_PROGRAM.format(python=sys.executable, port=self.port))
        program.chmod(0o755)

    def run(self, call: Call) -> dict[str, str]:
        """Its output, and its complaint where AWS refused."""
        self.calls.append(call)
        service, name, *options = call.argv
        assert options == _OPTIONS, options
        try:
            answer = getattr(self.clients[service], name.replace("-", "_"))(**call.given)
        except ClientError as error:
            return {"stdout": "", "stderr": f"An error occurred {error}"}
        answer.pop("ResponseMetadata")
        return {"stdout": json.dumps(answer, default=str), "stderr": ""}


@contextmanager
def playing(clients: Mapping[str, Any]) -> Iterator[AwsCli]:
    """Answers its programs during the block."""
    listening = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    listening.cli = cli = AwsCli(clients, listening.server_port)  # type: ignore[attr-defined]
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    try:
        yield cli
    finally:
        listening.shutdown()
        listening.server_close()


class _Handler(JsonHandler):
    def post(self, asked: Any) -> None:
        call = Call(asked["argv"], json.loads(asked["given"]))
        self.answer(self.server.cli.run(call))  # type: ignore[attr-defined]
