"""Gives a client that asks again, because an answer was lost on its way, that answer, and does nothing twice.

AWS SDKs number the attempts of a call, and send one again whose connection broke; the second would find the role
there, or the rule gone.
"""

from collections.abc import Callable, Iterable
from typing import Any

Environ = dict[str, Any]
Headers = list[tuple[str, str]]
StartResponse = Callable[[str, Headers], Any]


class Replay:
    """Stands before the emulator."""

    def __init__(self, emulator: Callable[[Environ, StartResponse], Iterable[bytes]]) -> None:
        self.emulator = emulator
        self.answers: dict[str, tuple[str, Headers, list[bytes]]] = {}

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        call = environ.get("HTTP_AMZ_SDK_INVOCATION_ID", "")
        if call in self.answers:
            status, headers, body = self.answers[call]
        else:
            told: list[tuple[str, Headers]] = []
            body = list(self.emulator(environ, lambda status, headers, *_: told.append((status, headers))))
            status, headers = told[-1]
            if call and status.startswith("2"):
                self.answers[call] = (status, headers, body)
        start_response(status, headers)
        return body
