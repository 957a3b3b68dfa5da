"""moto's server with our extensions, on the loopback interface; a call that nobody handles is refused by name."""

import json
import os
import traceback
from collections.abc import Callable, Iterable
from typing import Any

# moto reads these when it is imported. The managed policies are what roles attach (AmazonEKSClusterPolicy, ...);
# a certificate is issued at the first look after its validation record exists, not a minute later.
os.environ.setdefault("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")
os.environ.setdefault("MOTO_ACM_VALIDATION_WAIT", "0")

from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import BaseWSGIServer, make_server

from . import dynamodb, ec2, eks, elasticache, logs, rds, redshift_serverless, s3, service_quotas, sesv2, sqs, sts
from .calls import Calls
from .cbor import Cbor
from .faults import Faults
from .replay import Replay

EXTENSIONS = (dynamodb, ec2, eks, elasticache, logs, rds, redshift_serverless, s3, service_quotas, sesv2, sqs, sts)
StartResponse = Callable[[str, list[tuple[str, str]]], Any]


class Handler(MotoRequestHandler):
    """Writes no line per request: an apply makes thousands."""

    def log_request(self, *_: Any) -> None:
        pass


class Application:
    """moto's dispatcher, which answers a call that it lacks or fails at with 500, and AWS clients try those again."""

    def __init__(self) -> None:
        self.moto = DomainDispatcherApplication(create_backend_app)

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        try:
            return list(self.moto(environ, start_response))
        except Exception as failure:
            traceback.print_exc()
            return _refuse(environ, f"The emulator: {failure!r}", start_response)


def _refuse(environ: dict[str, Any], message: str, start_response: StartResponse) -> Iterable[bytes]:
    if "x-www-form-urlencoded" in environ.get("CONTENT_TYPE", ""):
        error = f"<Error><Code>NotImplemented</Code><Message>{message}</Message></Error>"
        body, kind = f"<ErrorResponse>{error}</ErrorResponse>", "text/xml"
    else:
        body, kind = json.dumps({"__type": "NotImplemented", "message": message}), "application/json"
    start_response("501 Not Implemented", [("Content-Type", kind), ("X-Amzn-ErrorType", "NotImplemented")])
    return [body.encode()]


def make(port: int) -> BaseWSGIServer:
    for extension in EXTENSIONS:
        extension.install()
    application = Cbor(Faults(Calls(Replay(Application()))))
    return make_server("127.0.0.1", port, application, threaded=True, request_handler=Handler)
