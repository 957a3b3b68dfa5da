"""On demand, `PUT /faults` takes rules, and AWS throttles, fails, refuses or never answers; `[]` ends that.

A rule is {"answer": "throttle" | "fail" | "hold" | "refuse"} with, as wanted, "calls": their names, "every": only each
n-th of them, "seconds": from the first of them on, "region": only there, "code": that of a refusal. `hold` does what is
asked and keeps the answer. `GET /faults` says how often each rule has fault_hits.
"""

import json
import math
import threading
import time
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any, Literal
from urllib.parse import parse_qs

PATH = "/faults"
LONGEST = 1800.0  # seconds that an answer is kept
Environ = dict[str, Any]
Answer = Literal["throttle", "fail", "hold", "refuse"]
StartResponse = Callable[[str, list[tuple[str, str]]], Any]
Wsgi = Callable[[Environ, StartResponse], Iterable[bytes]]


class Rule:
    def __init__(
        self,
        answer: Answer,
        calls: Iterable[str] = (),
        every: int = 1,
        seconds: float = math.inf,
        region: str | None = None,
        code: str = "AccessDenied",
    ) -> None:
        self.answer, self.calls, self.every, self.seconds = answer, set(calls), every, seconds
        self.region, self.code = region, code
        self.met = self.fault_hits = 0
        self.end = math.inf
        self.over = threading.Event()

    def strikes(self, call: str, signature: str) -> bool:
        if self.calls and call not in self.calls:
            return False
        if self.region and f"/{self.region}/" not in signature:
            return False
        self.met += 1
        if self.met == 1:
            self.end = time.monotonic() + self.seconds
        if self.met % self.every or time.monotonic() > self.end:
            return False
        self.fault_hits += 1
        return True


class Faults:
    """Stands before the emulator."""

    def __init__(self, emulator: Wsgi) -> None:
        self.emulator = emulator
        self.rules: list[Rule] = []
        self.lock = threading.Lock()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        body = body_of(environ)
        if environ["PATH_INFO"] == PATH:
            if environ["REQUEST_METHOD"] == "PUT":
                self._replace([Rule(**rule) for rule in json.loads(body)])
            start_response("200 OK", [("Content-Type", "application/json")])
            return [json.dumps([rule.fault_hits for rule in self.rules]).encode()]
        with self.lock:
            signature = environ.get("HTTP_AUTHORIZATION", "")
            rule = next((rule for rule in self.rules if rule.strikes(_call(environ, body), signature)), None)
        if rule is None:
            return self.emulator(environ, start_response)
        if rule.answer == "hold":
            answered = self.emulator(environ, start_response)
            rule.over.wait(LONGEST)
            return answered
        return _refuse(environ, rule, start_response)

    def _replace(self, rules: list[Rule]) -> None:
        with self.lock:
            over, self.rules = self.rules, rules
        for rule in over:
            rule.over.set()


def body_of(environ: Environ) -> bytes:
    """Read whole, and put back for the emulator; what comes in chunks names its call elsewhere."""
    if not (length := int(environ.get("CONTENT_LENGTH") or 0)):
        return b""
    body: bytes = environ["wsgi.input"].read(length)
    environ["wsgi.input"] = BytesIO(body)
    return body


def _call(environ: Environ, body: bytes) -> str:
    """Its name; of a service that speaks REST, method and path."""
    if target := environ.get("HTTP_X_AMZ_TARGET"):
        return str(target).rpartition(".")[2]
    if _is_query(environ):
        return parse_qs(body.decode())["Action"][0]
    return f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"


def _is_query(environ: Environ) -> bool:
    return "x-www-form-urlencoded" in environ.get("CONTENT_TYPE", "")


def _refuse(environ: Environ, rule: Rule, start_response: StartResponse) -> Iterable[bytes]:
    of_ec2 = "/ec2/aws4_request" in environ.get("HTTP_AUTHORIZATION", "")
    if rule.answer == "refuse":
        status, code, message = "403 Forbidden", rule.code, "The call is refused."
    elif rule.answer == "fail":
        status, code, message = "500 Internal Server Error", "InternalError", "An internal error has occurred"
    elif of_ec2:
        status, code, message = "503 Service Unavailable", "RequestLimitExceeded", "Request limit exceeded."
    else:
        status, code, message = "429 Too Many Requests", "ThrottlingException", "Rate exceeded"
    error = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    if of_ec2:
        kind, body = "text/xml", f"<Response><Errors>{error}</Errors><RequestID>none</RequestID></Response>"
    elif "/s3/aws4_request" in environ.get("HTTP_AUTHORIZATION", ""):
        kind, body = "application/xml", error
    elif _is_query(environ):
        kind, body = "text/xml", f"<ErrorResponse>{error}<RequestId>none</RequestId></ErrorResponse>"
    else:
        kind, body = "application/json", json.dumps({"__type": code, "message": message})
    start_response(status, [("Content-Type", kind), ("X-Amzn-ErrorType", code)])
    return [body.encode()]
