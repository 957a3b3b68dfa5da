"""The RDS Data API on the loopback interface: what it is asked to execute, a real PostgreSQL does, as its master."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from typing import Any, NamedTuple

from tests.support import postgresql
from tests.support.json_handler import JsonHandler

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
    with postgresql.started(database=database) as server, serving(server) as api:
        yield api


@contextmanager
def serving(server: postgresql.Server) -> Iterator[DataApi]:
    """Of a server that runs already."""
    listening = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    listening.api = api = DataApi(server, listening.server_port)  # type: ignore[attr-defined]
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    try:
        yield api
    finally:
        listening.shutdown()
        listening.server_close()


class _Handler(JsonHandler):
    def post(self, asked: Any) -> None:
        refusal = Refusal("NotFoundException", self.path)
        if self.path == PATH:
            refusal = self.server.api.execute(asked)  # type: ignore[attr-defined]
        if refusal:
            self.answer({"Message": refusal.message}, 400, x_amzn_ErrorType=refusal.code)
        else:
            self.answer({"numberOfRecordsUpdated": 0})
