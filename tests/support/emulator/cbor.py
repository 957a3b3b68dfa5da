"""CloudWatch in CBOR, which Go's SDK speaks and moto does not: a call is put to moto as JSON, and its answer put back.

Errors stay JSON. https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html, read 2026-11-27.
"""

import io
import json
import re
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import botocore.session
from botocore.parsers import RpcV2CBORParser
from botocore.serialize import RpcV2CBORSerializer

PATH = re.compile(r"/service/(GraniteServiceVersion20100801)/operation/(\w+)")
Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


class Cbor:
    """A WSGI application before another."""

    def __init__(self, application: Wsgi) -> None:
        self.application = application
        self.parser, self.serializer = RpcV2CBORParser(), RpcV2CBORSerializer()
        self.model = botocore.session.get_session().get_service_model("cloudwatch")

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        found = PATH.fullmatch(environ["PATH_INFO"])
        if not found:
            return self.application(environ, start_response)
        began: list[tuple[str, list[tuple[str, str]]]] = []
        body = b"".join(self.application(self._as_json(environ, *found.groups()), lambda *how: began.append(how[:2])))
        ((status, headers),) = began
        if not status.startswith("200"):
            start_response(status, headers)
            return [body]
        answer = bytearray()
        shape = self.model.operation_model(found[2]).output_shape
        self.serializer._serialize_data_item(answer, json.loads(body), shape)
        start_response(status, [("Content-Type", "application/cbor"), ("smithy-protocol", "rpc-v2-cbor")])
        return [bytes(answer)]

    def _as_json(self, environ: dict[str, Any], target: str, operation: str) -> dict[str, Any]:
        asked = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        given = self.parser.parse_data_item(self.parser.get_peekable_stream_from_bytes(asked))
        body = json.dumps(given, default=datetime.timestamp).encode()
        return environ | {
            "PATH_INFO": "/",
            "REQUEST_URI": "/",
            "RAW_URI": "/",
            "HTTP_X_AMZ_TARGET": f"{target}.{operation}",
            "CONTENT_TYPE": "application/x-amz-json-1.0",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
        }
