"""An AWS of a few answers: the real client asks it, and it refuses what it has no answer to."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from typing import Any

from tests.support.json_handler import JsonHandler

Answer = tuple[int, Any]  # HTTP status and body
REFUSAL = (403, {"__type": "AccessDeniedException", "message": "no"})


def error(code: str) -> Answer:
    """That of a service that speaks JSON."""
    return (400, {"__type": code, "message": "no"})


class AwsAnswers(dict[str, Answer | Callable[[], Answer]]):
    """Call (`DescribeRepositories`, of a REST service `GET /clusters/shop`) -> its answer, or what gives it."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[str, Any]] = []


@contextmanager
def serving() -> Iterator[tuple[AwsAnswers, dict[str, str]]]:
    """The answers, which may change meanwhile, and the environment that leads a client to them."""
    answers = AwsAnswers()

    class Handler(JsonHandler):
        def do_GET(self) -> None:  # noqa: N802
            self._answer(f"GET {self.path}", None)

        def post(self, asked: Any) -> None:
            self._answer(self.headers["X-Amz-Target"].rpartition(".")[2], asked)

        def _answer(self, call: str, asked: Any) -> None:
            answers.asked.append((call, asked))
            answer = answers.get(call, REFUSAL)
            status, body = answer() if callable(answer) else answer
            headers = {"X-Amzn-ErrorType": body["__type"]} if "__type" in body else {}
            self.answer(body, status, **headers)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield (
            answers,
            {
                "AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.server_port}",
                "AWS_ACCESS_KEY_ID": "testing",
                "AWS_SECRET_ACCESS_KEY": "testing",
            },
        )
    finally:
        server.shutdown()
        server.server_close()
