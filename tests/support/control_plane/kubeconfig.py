"""Writes kubeconfig files, as the JSON that YAML is, and reads them."""

import base64
import json
from pathlib import Path
from typing import Any

from modules.deploy.kubernetes_api import KubernetesApi


def write(path: Path, server: str, *, ca_pem: str | None = None, token: str | None = None) -> None:
    cluster: dict[str, Any] = {"server": server}
    if ca_pem:
        cluster["certificate-authority-data"] = base64.b64encode(ca_pem.encode()).decode()
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "local", "cluster": cluster}],
        "users": [{"name": "local", "user": {"token": token} if token else {}}],
        "contexts": [{"name": "local", "context": {"cluster": "local", "user": "local"}}],
        "current-context": "local",
    }
    path.touch(mode=0o600)
    path.write_text(json.dumps(config, indent=2))


def api(path: Path) -> KubernetesApi:
    """The API server of a kubeconfig that `write` wrote."""
    config = json.loads(path.read_text())
    cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
    ca_pem = base64.b64decode(cluster["certificate-authority-data"]).decode()
    return KubernetesApi(cluster["server"], ca_pem, lambda: str(user["token"]))
