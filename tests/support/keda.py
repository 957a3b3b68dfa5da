"""KEDA's real operator, metrics adapter and webhook beside a control plane, with the CRDs and rights of its config/.

They run as processes of this machine, as `keda-operator` of namespace `keda` in the cluster. The API server reaches the
adapter as it reaches one in the cluster, by an APIService, whose Service leads to this machine.
"""

import base64
import datetime
import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from ruamel.yaml import YAML

from tests.support import go_tools, self_signed
from tests.support.clean_environment import without_accounts
from tests.support.control_plane import ControlPlane, aggregated_api, free_ports, kubeconfig
from tests.support.control_plane.processes import Processes
from tests.support.emulator import REGION

NAMESPACE, ACCOUNT = "keda", "keda-operator"
PROGRAMS = ("keda-operator", "keda-adapter", "keda-webhooks")
MODULE = "github.com/kedacore/keda/v2"
API = "v1beta1.external.metrics.k8s.io"
HOOK = "keda-admission"
_RIGHTS = (
    "service_account/service_account",
    "rbac/role",
    "rbac/role_binding",
    "metrics-server/role",
    "metrics-server/role_binding",
)


@contextmanager
def running(plane: ControlPlane, aws: dict[str, str], namespaces: list[str]) -> Iterator[Processes]:
    """KEDA for these namespaces, as the product's release has it; it asks the emulated AWS."""
    folder = plane.folder / "keda"
    folder.mkdir()
    grpc, metrics, adapter, hook = free_ports(4)
    _install(plane)
    ca = _certificate(folder)
    token = plane.kubectl("create", "token", ACCOUNT, f"--namespace={NAMESPACE}", "--duration=2h").strip()
    kubeconfig.write(folder / "kubeconfig", plane.endpoint, ca_pem=plane.ca_pem, token=token)
    environment = without_accounts() | {
        **aws,
        "AWS_REGION": REGION,
        "KUBECONFIG": str(folder / "kubeconfig"),
        "POD_NAMESPACE": NAMESPACE,
        "KEDA_CLUSTER_OBJECT_NAMESPACE": NAMESPACE,
        "POD_NAME": "keda-operator-0",
        "WATCH_NAMESPACE": ",".join(namespaces),
        "KEDA_RESTRICT_SECRET_ACCESS": "true",
    }
    programs = go_tools.binaries(PROGRAMS)
    processes = Processes(folder)
    nowhere = ("--metrics-bind-address=0", "--health-probe-bind-address=0")
    try:
        processes.start(
            "keda-operator",
            programs["keda-operator"],
            *nowhere,
            f"--cert-dir={folder}",
            "--enable-prometheus-metrics=false",
            f"--metrics-service-bind-address=127.0.0.1:{grpc}",
            env=environment,
        )
        processes.start(
            "keda-webhooks",
            programs["keda-webhooks"],
            *nowhere,
            f"--cert-dir={folder}",
            f"--port={hook}",
            env=environment,
        )
        processes.start(
            "keda-adapter",
            programs["keda-adapter"],
            f"--cert-dir={folder}",
            f"--client-ca-file={folder}/ca.crt",
            f"--tls-cert-file={folder}/tls.crt",
            f"--tls-private-key-file={folder}/tls.key",
            "--bind-address=127.0.0.1",
            f"--secure-port={adapter}",
            f"--port={metrics}",
            f"--metrics-service-address=localhost:{grpc}",
            *(f"--{what}-kubeconfig=kubeconfig" for what in ("authentication", "authorization", "lister")),
            env=environment,
        )
        _apply(plane, *aggregated_api.objects("keda-metrics", NAMESPACE, API, adapter), _webhook(hook, ca))
        plane.kubectl("wait", "--for=condition=Available", f"apiservice/{API}", "--timeout=120s")
        yield processes
    finally:
        plane.kubectl("delete", f"apiservice/{API}", f"validatingwebhookconfiguration/{HOOK}", "--ignore-not-found")
        processes.stop_all()


def config() -> Path:
    """KEDA's config/, as the module has it that the programs are built from."""
    command = ["go", "list", "-m", "-f", "{{.Dir}}", MODULE]
    folder = go_tools.HERE / "keda"
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True, timeout=120)
    return Path(done.stdout.strip()) / "config"


def _install(plane: ControlPlane) -> None:
    """By the server: kubectl's own apply writes a copy into an annotation, for which ScaledJobs are too large."""
    source = config()
    plane.kubectl("create", "namespace", NAMESPACE)
    by_server = ("apply", "--server-side", "--force-conflicts")
    plane.kubectl(*by_server, f"--filename={source / 'crd' / 'bases'}")
    plane.kubectl("wait", "--for=condition=Established", f"--filename={source / 'crd' / 'bases'}", "--timeout=60s")
    for name in _RIGHTS:
        plane.kubectl(*by_server, f"--filename={source / name}.yaml")


def _certificate(folder: Path) -> str:
    """One for all three, which is its own authority; the PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "keda")])
    names = x509.SubjectAlternativeName([x509.DNSName("localhost")])
    extensions = ((x509.BasicConstraints(ca=True, path_length=None), True), (names, False))
    pem = self_signed.certificate(key, name, datetime.timedelta(days=1), *extensions)
    for file in ("ca.crt", "tls.crt"):
        (folder / file).write_bytes(pem)
    (folder / "tls.key").write_bytes(self_signed.private_key(key))
    return pem.decode()


def _webhook(port: int, ca: str) -> dict[str, Any]:
    """KEDA's own, but for where it is; what it does not answer is refused here, so that its silence is seen."""
    made = YAML(typ="safe").load((config() / "webhooks" / "validation_webhooks.yaml").read_text())
    hooks = [one for one in made["webhooks"] if "scaledobjects" in one["rules"][0]["resources"]]
    for one in hooks:
        path = one["clientConfig"]["service"]["path"]
        one["clientConfig"] = {
            "url": f"https://localhost:{port}{path}",
            "caBundle": base64.b64encode(ca.encode()).decode(),
        }
        one["failurePolicy"] = "Fail"
    return {**made, "webhooks": hooks}


def _apply(plane: ControlPlane, *objects: dict[str, Any]) -> None:
    plane.kubectl("apply", "--filename=-", input=json.dumps({"apiVersion": "v1", "kind": "List", "items": objects}))
