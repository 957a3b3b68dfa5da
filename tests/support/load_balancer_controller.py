"""Plays the AWS Load Balancer Controller towards pods: gives them its readiness gate at their creation, and opens it
when their target would be healthy. While it is stopped, the API server gets no answer from its webhook.
"""

import base64
import datetime
import ipaddress
import json
import ssl
import threading
import time
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.support import self_signed
from tests.support.control_plane import ControlPlane, free_ports
from tests.support.json_handler import JsonHandler

HOST = "127.0.0.1"
LABEL = "elbv2.k8s.aws/pod-readiness-gate-inject"
GATE = "target-health.elbv2.k8s.aws/{}"
WEBHOOK = "mpod.elbv2.k8s.aws"
SECONDS_TO_HEALTH = 2.0


class LoadBalancerController:
    """A context manager, with `stop` and `start` in between; `policy` is the failure policy of its webhook."""

    def __init__(self, plane: ControlPlane, service: str, policy: str) -> None:
        self.plane, self.service, self.policy = plane, service, policy
        (self.port,) = free_ports(1)
        self.certificate = plane.folder / f"{WEBHOOK}.pem"
        self.authority = _write_certificate(self.certificate)
        self.ended = threading.Event()

    def __enter__(self) -> Self:
        self.plane.kubectl("apply", "--filename=-", input=json.dumps(self._configuration()))
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self.plane.kubectl("delete", "mutatingwebhookconfiguration", WEBHOOK)

    def start(self) -> None:
        self.ended.clear()
        handler = type("Bound", (_Handler,), {"patch": self._patch()})
        self.server = ThreadingHTTPServer((HOST, self.port), handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.threads = [
            threading.Thread(target=work, daemon=True) for work in (self.server.serve_forever, self._open_gates)
        ]
        for thread in self.threads:
            thread.start()

    def stop(self) -> None:
        """Returns when nothing listens any more; does nothing where it is stopped."""
        if self.ended.is_set():
            return
        self.ended.set()
        self.server.shutdown()
        self.server.server_close()
        for thread in self.threads:
            thread.join(30)

    def _patch(self) -> bytes:
        gates = [{"conditionType": GATE.format(self.service)}]
        return base64.b64encode(json.dumps([{"op": "add", "path": "/spec/readinessGates", "value": gates}]).encode())

    def _open_gates(self) -> None:
        """As the controller, which asks AWS now and then."""
        running: dict[str, float] = {}
        while not self.ended.wait(0.5):
            pods = json.loads(self.plane.kubectl("get", "pods", f"--namespace={self.service}", "--output=json"))[
                "items"
            ]
            for pod in filter(self._is_closed, pods):
                name = pod["metadata"]["name"]
                if time.monotonic() - running.setdefault(name, time.monotonic()) > SECONDS_TO_HEALTH:
                    self._open(name)

    def _is_closed(self, pod: dict[str, Any]) -> bool:
        conditions = {one["type"]: one["status"] for one in pod["status"].get("conditions", [])}
        gated = bool(pod["spec"].get("readinessGates")) and "deletionTimestamp" not in pod["metadata"]
        return gated and conditions.get("ContainersReady") == "True" and GATE.format(self.service) not in conditions

    def _open(self, pod: str) -> None:
        now = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        condition = {"type": GATE.format(self.service), "status": "True", "lastTransitionTime": now}
        patch = json.dumps({"status": {"conditions": [condition]}})
        where = f"--namespace={self.service}"
        self.plane.kubectl("patch", "pod", pod, where, "--subresource=status", f"--patch={patch}")

    def _configuration(self) -> dict[str, Any]:
        """That of the controller's chart, but for the address: https://github.com/kubernetes-sigs/aws-load-balancer-controller,
        helm/aws-load-balancer-controller/templates/webhook.yaml, v3.5.0.
        """
        webhook = {
            "name": WEBHOOK,
            "clientConfig": {
                "url": f"https://{HOST}:{self.port}/mutate-v1-pod",
                "caBundle": base64.b64encode(self.authority).decode(),
            },
            "failurePolicy": self.policy,
            "admissionReviewVersions": ["v1"],
            "namespaceSelector": {"matchExpressions": [{"key": LABEL, "operator": "In", "values": ["enabled"]}]},
            "rules": [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}],
            "sideEffects": "None",
        }
        kind = {"apiVersion": "admissionregistration.k8s.io/v1", "kind": "MutatingWebhookConfiguration"}
        return {**kind, "metadata": {"name": WEBHOOK}, "webhooks": [webhook]}


class _Handler(JsonHandler):
    patch: bytes

    def post(self, review: Any) -> None:
        response = {"uid": review["request"]["uid"], "allowed": True, "patchType": "JSONPatch"}
        self.answer(review | {"request": None, "response": response | {"patch": self.patch.decode()}})


def _write_certificate(file: Path) -> bytes:
    """A certificate for HOST, signed by itself, with its key; returns it without the key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, WEBHOOK)])
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HOST))])
    pem = self_signed.certificate(key, name, datetime.timedelta(days=1), (address, False))
    file.touch(mode=0o600)
    file.write_bytes(self_signed.private_key(key) + pem)
    return pem
