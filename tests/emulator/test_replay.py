"""A call that a client sends again is carried out once."""

from typing import Any

from tests.emulator.replay import Replay


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
