"""The RDS Data API on the loopback interface: what it is asked to execute, a real PostgreSQL does, as its master."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

from tests.support import postgresql

PATH = "/Execute"


class Refusal(NamedTuple):
    """An error of AWS, by its code, such as DatabaseResumingException."""

    code: str
    message: str


class DataApi:
    """`refusals` are answered first, one a request; `requests` are all that came."""

    def __init__(self, server: postgresql.Server, port: int) -> None:
        self.server, self.port = server, port
        self.requests: list[dict[str, str]] = []
        self.refusals: list[Refusal] = []

    def execute(self, request: dict[str, str]) -> Refusal | None:
        self.requests.append(request)
        if self.refusals:
            return self.refusals.pop(0)
        try:
            self.server.run(request["sql"], role=postgresql.MASTER, database=request["database"])
        except postgresql.Refused as words:
            return Refusal("DatabaseErrorException", str(words))
        return None


@contextmanager
def started(database: str = postgresql.DATABASE) -> Iterator[DataApi]:
    with postgresql.started(database=database) as server:
        listening = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        listening.api = api = DataApi(server, listening.server_port)  # type: ignore[attr-defined]
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        try:
            yield api
        finally:
            listening.shutdown()
            listening.server_close()


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        refusal = Refusal("NotFoundException", self.path)
        if self.path == PATH:
            refusal = self.server.api.execute(json.loads(body))  # type: ignore[attr-defined]
        self._answer({"Message": refusal.message} if refusal else {"numberOfRecordsUpdated": 0}, refusal)

    def _answer(self, answer: dict[str, Any], refusal: Refusal | None) -> None:
        content = json.dumps(answer).encode()
        self.send_response(400 if refusal else 200)
        if refusal:
            self.send_header("x-amzn-ErrorType", refusal.code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        pass
