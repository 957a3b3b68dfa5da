"""The Kubernetes API over HTTPS with a token as EKS takes it, so that neither kubectl nor helm is needed."""

import base64
import json
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any, Self
from urllib.parse import urlencode

from modules.doctor.account import Account
from modules.doctor.finding import NotChecked

SECONDS = 10
MAX_BYTES = 32 * 1024 * 1024
# A token is valid for 15 minutes: https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html
_TOKEN_SECONDS = 600

# https://kubernetes.io/docs/reference/using-api/api-concepts/#alternate-representations-of-resources
_METADATA = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"

Json = dict[str, Any]


class KubernetesError(Exception):
    """Why the API did not do what was asked, in one line; `status` is its HTTP status, if it answered."""

    def __init__(self, text: str, status: int | None = None) -> None:
        super().__init__(text)
        self.status = status


class KubernetesApi:
    """An API server at `endpoint` whose certificate `ca_pem` has signed; `token` gives a bearer token for each call."""

    def __init__(self, endpoint: str, ca_pem: str, token: Callable[[], str]) -> None:
        """Raises KubernetesError where `ca_pem` is no certificate."""
        try:
            context = ssl.create_default_context(cadata=ca_pem)
        except (ssl.SSLError, ValueError):
            raise KubernetesError(f"the certificate authority of {endpoint} can't be read") from None
        self.endpoint, self.ca_pem, self.token = endpoint, ca_pem, token
        self._opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=context))

    @classmethod
    def of_cluster(cls, name: str, account: Account) -> Self:
        """That of an EKS cluster, as AWS names it; raises KubernetesError where AWS does not."""
        try:
            cluster = account.ask("eks", "describe_cluster", name=name)["cluster"]
            ca_pem = base64.b64decode(cluster["certificateAuthority"]["data"]).decode()
            return cls(str(cluster["endpoint"]), ca_pem, _EksToken(name, account))
        except NotChecked as reason:
            raise KubernetesError(str(reason).rstrip(".")) from None
        except (KeyError, ValueError):
            raise KubernetesError(f"EKS names no endpoint and certificate authority of {name} yet") from None

    def items(self, path: str, **selectors: str) -> list[Json]:
        """The objects of a list; raises KubernetesError."""
        answer = self._call("GET", path, selectors)
        try:
            return list(json.loads(answer).get("items") or [])
        except (ValueError, AttributeError, RecursionError):
            raise KubernetesError(f"{self.endpoint}{path} did not answer with a list") from None

    def object(self, path: str) -> Json:
        """One object; raises KubernetesError, with status 404 where it is not there."""
        return self._object(path, self._call("GET", path, {}))

    def create(self, path: str, new: Json) -> Json:
        """Makes an object in a list, and returns it as it is now; raises KubernetesError."""
        return self._object(path, self._call("POST", path, {}, new))

    def metadata(self, path: str, **selectors: str) -> list[Json]:
        """The metadata of the objects of a list, without what they hold; raises KubernetesError."""
        answer = self._call("GET", path, selectors, accept=_METADATA)
        try:
            found = json.loads(answer)
            if found.get("kind") != "PartialObjectMetadataList":
                raise ValueError
            return list(found.get("items") or [])
        except (ValueError, AttributeError, RecursionError):
            raise KubernetesError(f"{self.endpoint}{path} did not answer with a list of metadata") from None

    def patch(self, path: str, change: Json) -> None:
        """Merges a change into an object; raises KubernetesError."""
        self._call("PATCH", path, {}, change)

    def text(self, path: str, **query: str) -> str:
        """What is no object, such as a log; raises KubernetesError."""
        return self._call("GET", path, query).decode("utf-8", "replace")

    def delete(self, path: str, found: Json) -> None:
        """Deletes what was found there, unless it has changed since; raises KubernetesError."""
        metadata = found["metadata"]
        same = {"uid": metadata["uid"], "resourceVersion": metadata["resourceVersion"]}
        self._call("DELETE", path, {}, {"kind": "DeleteOptions", "apiVersion": "v1", "preconditions": same})

    def remove(self, path: str) -> None:
        """Deletes an object, and then what it owns; raises KubernetesError."""
        self._call("DELETE", path, {}, {"kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": "Background"})

    def _object(self, path: str, answer: bytes) -> Json:
        try:
            found: Json = json.loads(answer)
            return {**found, "metadata": dict(found["metadata"])}
        except (ValueError, KeyError, TypeError, RecursionError):
            raise KubernetesError(f"{self.endpoint}{path} did not answer with an object") from None

    def _call(
        self, method: str, path: str, query: dict[str, str], body: Json | None = None, accept: str = "*/*"
    ) -> bytes:
        address = f"{self.endpoint}{path}" + (f"?{urlencode(query)}" if query else "")
        data = json.dumps(body).encode() if body else None
        kind = "application/merge-patch+json" if method == "PATCH" else "application/json"
        headers = {"Authorization": f"Bearer {self.token()}", "Content-Type": kind, "Accept": accept}
        request = urllib.request.Request(address, data, headers, method=method)
        try:
            with self._opener.open(request, timeout=SECONDS) as answer:
                return bytes(answer.read(MAX_BYTES))
        except urllib.error.HTTPError as refused:
            with refused:
                said = _message(refused.read(MAX_BYTES))
            raise KubernetesError(f"{method} {path}: {said or refused.reason}", refused.code) from None
        except (OSError, ValueError) as problem:
            why = getattr(problem, "reason", problem)
            raise KubernetesError(f"this machine can't connect to the Kubernetes API {self.endpoint} ({why})") from None


class _EksToken:
    """Gives a token, made anew before it expires."""

    def __init__(self, cluster: str, account: Account) -> None:
        self.cluster, self.account = cluster, account
        self._token, self._made = "", float("-inf")

    def __call__(self) -> str:
        if time.monotonic() - self._made > _TOKEN_SECONDS:
            try:
                self._token, self._made = self.account.kubernetes_token(self.cluster), time.monotonic()
            except NotChecked as reason:
                raise KubernetesError(str(reason).rstrip(".")) from None
        return self._token


def _message(answer: bytes) -> str | None:
    """What a Status object says."""
    try:
        return str(json.loads(answer)["message"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
