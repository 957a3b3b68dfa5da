"""With which flags the programs run; files are named relative to the folder that they run in."""

from pathlib import Path

from . import nodes

HOST = "127.0.0.1"
KEY, TOKENS, CA, KUBECONFIG, WEBHOOK = "accounts.key", "tokens.csv", "ca.pem", "kubeconfig", "webhook"
CLIENT, CLIENT_KEY = "client.pem", "client.key"
CERTIFICATES = "certificates"
STAGES = Path(__file__).with_name("stages.yaml")
ACCESS = f"--kubeconfig={KUBECONFIG}"
ALONE = ("--leader-elect=false", "--secure-port=0")
AUTHENTICATION = "--authentication-token-webhook"


def etcd(port: int, peers: int) -> list[str]:
    urls = {"listen-client": port, "advertise-client": port, "listen-peer": peers, "initial-advertise-peer": peers}
    own = [f"--{name}-urls=http://{HOST}:{port}" for name, port in urls.items()]
    return ["--data-dir=etcd", "--unsafe-no-fsync", f"--initial-cluster=default=http://{HOST}:{peers}", *own]


def apiserver(port: int, etcd_port: int, issuer: str) -> list[str]:
    return [
        f"--etcd-servers=http://{HOST}:{etcd_port}",
        f"--bind-address={HOST}",
        f"--secure-port={port}",
        f"--cert-dir={CERTIFICATES}",
        f"--token-auth-file={TOKENS}",
        "--authorization-mode=RBAC",
        "--allow-privileged",  # so that it is pod security that refuses
        "--service-cluster-ip-range=172.20.0.0/16",  # as of EKS
        f"--kubelet-client-certificate={CLIENT}",
        f"--kubelet-client-key={CLIENT_KEY}",
        "--kubelet-preferred-address-types=InternalIP",  # a node's name is nobody's host name here
        f"--proxy-client-cert-file={CLIENT}",
        f"--proxy-client-key-file={CLIENT_KEY}",
        f"--requestheader-client-ca-file={CLIENT}",
        "--requestheader-username-headers=X-Remote-User",
        "--requestheader-group-headers=X-Remote-Group",
        "--requestheader-extra-headers-prefix=X-Remote-Extra-",
        f"--service-account-issuer={issuer}",
        f"--service-account-key-file={KEY}",
        f"--service-account-signing-key-file={KEY}",
    ]


def token_webhook() -> list[str]:
    """Of the API server."""
    return [f"{AUTHENTICATION}-config-file={WEBHOOK}", f"{AUTHENTICATION}-version=v1", f"{AUTHENTICATION}-cache-ttl=5s"]


def controller_manager() -> list[str]:
    return [
        ACCESS,
        *ALONE,
        "--controllers=*,-nodeipam,-cloud-node-lifecycle-controller",
        "--horizontal-pod-autoscaler-sync-period=2s",
        f"--root-ca-file={CA}",
        f"--service-account-private-key-file={KEY}",
    ]


def scheduler() -> list[str]:
    return [ACCESS, *ALONE]


def kwok() -> list[str]:
    return [
        ACCESS,
        f"--config={STAGES}",
        "--manage-all-nodes=false",
        f"--manage-nodes-with-annotation-selector={nodes.MANAGED}=fake",
        "--node-lease-duration-seconds=40",  # without leases the nodes are not ready once a minute
        "--node-port=0",  # it would listen on all interfaces
    ]
