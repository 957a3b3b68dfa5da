"""`GET /calls` says which calls Terraform has made so far: service and operation, as AWS's own API models name them."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any
from urllib.parse import parse_qs

import botocore.session

from .faults import body_of

PATH = "/calls"
_SCOPE = re.compile(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/aws4_request")
# What a signature calls a service, where its model has another name.
_MODELS = {"elasticloadbalancing": "elbv2", "email": "sesv2", "monitoring": "cloudwatch", "ses": "sesv2"}
Environ = dict[str, Any]


class Calls:
    """Stands before the emulator, and notes what Terraform asks for."""

    def __init__(self, emulator: Callable[..., Iterable[bytes]]) -> None:
        self.emulator = emulator
        self.made: set[tuple[str, str]] = set()

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] == PATH:
            start_response("200 OK", [("Content-Type", "application/json")])
            return [json.dumps(sorted(self.made)).encode()]
        scope = _SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
        if scope and "HashiCorp" in environ.get("HTTP_USER_AGENT", ""):
            self.made.add((scope[1], _operation(scope[1], environ, body_of(environ))))
        return self.emulator(environ, start_response)


def _operation(service: str, environ: Environ, body: bytes) -> str:
    if target := environ.get("HTTP_X_AMZ_TARGET"):
        return str(target.rpartition(".")[2])
    query = parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True)
    if action := (parse_qs(body.decode(errors="replace")).get("Action") or query.get("Action")):
        return action[0]
    path = str(environ.get("RAW_URI") or environ["PATH_INFO"]).partition("?")[0]
    if service == "s3" and re.match(r"[^/]+\.s3\b", environ.get("HTTP_HOST", "")):
        path = f"/{environ['HTTP_HOST'].partition('.')[0]}{path}"
    fitting = [one for one in _routes(service) if one[0] == environ["REQUEST_METHOD"] and one[1].fullmatch(path)]
    fitting = [one for one in fitting if one[2] <= query.keys()]
    return max(fitting, key=lambda one: (len(one[2]), len(one[1].pattern)))[3] if fitting else f"? {path}"


@cache
def _routes(service: str) -> tuple[tuple[str, re.Pattern[str], frozenset[str], str], ...]:
    return tuple(_read(_MODELS.get(service, service)))


def _read(service: str) -> Iterator[tuple[str, re.Pattern[str], frozenset[str], str]]:
    model = botocore.session.get_session().get_service_model(service)
    for name in model.operation_names:
        http = model.operation_model(name).http
        path, _, query = http["requestUri"].partition("?")
        pattern = re.sub(r"\\{[^}]*\\\+\\}", ".+", re.escape(path))
        pattern = re.sub(r"\\{[^}]*\\}", "[^/]+", pattern)
        yield http["method"], re.compile(f"{pattern}/?"), frozenset(parse_qs(query, keep_blank_values=True)), name
