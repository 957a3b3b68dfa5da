"""A call that a client sends again is carried out once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

from tests.support.emulator.replay import Replay


def test_an_answer_that_was_lost_is_given_again_and_a_refusal_is_not() -> None:
    statuses = iter(["500 Internal Server Error", "200 OK", "200 OK"])
    done: list[str] = []

    def emulator(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        status = next(statuses)
        start_response(status, [])
        done.append(status)
        return [str(len(done)).encode()]

    replay = Replay(emulator)

    def ask(call: str) -> tuple[str, bytes]:
        told: list[str] = []
        body = replay({"HTTP_AMZ_SDK_INVOCATION_ID": call}, lambda status, headers: told.append(status))
        return told[0], b"".join(body)

    assert [ask("a"), ask("a"), ask("a"), ask("b")] == [
        ("500 Internal Server Error", b"1"),
        ("200 OK", b"2"),
        ("200 OK", b"2"),
        ("200 OK", b"3"),
    ]


def test_a_second_attempt_that_comes_before_the_first_is_answered_waits_for_that_answer() -> None:
    begun, go_on, done = Event(), Event(), []

    def emulator(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        begun.set()
        go_on.wait(30)
        start_response("200 OK", [])
        done.append(environ)
        return [b"once"]

    replay = Replay(emulator)
    attempt = {"HTTP_AMZ_SDK_INVOCATION_ID": "a"}
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(replay, attempt, lambda *_: None)
        assert begun.wait(30)
        second = pool.submit(replay, attempt, lambda *_: None)
        go_on.set()
        assert [first.result(), second.result()] == [[b"once"], [b"once"]]
    assert len(done) == 1
