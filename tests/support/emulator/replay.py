"""Gives a client that asks again, because an answer was lost on its way, that answer, and does nothing twice.

AWS SDKs number the attempts of a call, and send one again whose connection broke; the second would find the role
there, or the rule gone.
"""

from collections.abc import Callable, Iterable
from threading import Lock
from typing import Any

Environ = dict[str, Any]
Headers = list[tuple[str, str]]
StartResponse = Callable[[str, Headers], Any]
Answer = tuple[str, Headers, list[bytes]]


class Replay:
    """Stands before the emulator, and lets one call in at a time.

    Two that change one thing at once lose one of the changes there, such as a rule of a listener; and the second
    attempt of a call that is still being carried out waits for its answer.
    """

    def __init__(self, emulator: Callable[[Environ, StartResponse], Iterable[bytes]]) -> None:
        self.emulator = emulator
        self.answers: dict[str, Answer] = {}
        self.one_at_a_time = Lock()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        call = environ.get("HTTP_AMZ_SDK_INVOCATION_ID", "")
        with self.one_at_a_time:
            status, headers, body = answer = self.answers.get(call) or self._carried_out(environ)
            if call and status.startswith("2"):
                self.answers[call] = answer
        start_response(status, headers)
        return body

    def _carried_out(self, environ: Environ) -> Answer:
        told: list[tuple[str, Headers]] = []
        body = list(self.emulator(environ, lambda status, headers, *_: told.append((status, headers))))
        return (*told[-1], body)
