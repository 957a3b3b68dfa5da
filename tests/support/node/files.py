"""The configuration of a node's programs, by file name, relative to the folder that they run in."""

import json
from pathlib import Path

from tests.support.control_plane import aggregated_api

ADDRESS = "169.254.20.10"  # of the node, as its pods see it; link-local, as that of Kubernetes' NodeLocal DNSCache
PODS = "10.250.0.0/24"
SERVICES = "172.20.0.0/16"
PAUSE = "docker.io/local/pause:1"
REGISTRIES = "registries"  # a folder with what is known of each
CLIENT = "client.pem"  # of the API server
DOMAIN = "cluster.local"
# It knows the cluster's names and no others: pods reach nothing beyond this machine.
DNS = f"""\
.:53 {{
    bind {ADDRESS}
    errors
    kubernetes {DOMAIN} {{
        kubeconfig kubeconfig
        ttl 5
    }}
}}
"""


def configuration(folder: Path, cgroup: str, kubelet_port: int, plugins: Path) -> dict[str, str]:
    return {
        "containerd.toml": _containerd(folder, plugins),
        "cni/10-pods.conflist": _json(_network()),
        "kubelet.yaml": _json(_kubelet(folder, cgroup, kubelet_port)),
        "kube-proxy.yaml": _json(_kube_proxy()),
        "Corefile": DNS,
    }


def metrics_api(port: int) -> str:
    """The objects by which the API server passes on what is asked of the metrics API."""
    items = aggregated_api.objects("metrics-server", "kube-system", "v1beta1.metrics.k8s.io", port)
    return _json({"apiVersion": "v1", "kind": "List", "items": items})


def _containerd(folder: Path, plugins: Path) -> str:
    return f"""\
version = 3
root = "{folder}/data/containerd"
[plugins."io.containerd.cri.v1.images".pinned_images]
  sandbox = "{PAUSE}"
[plugins."io.containerd.cri.v1.runtime"]
  restrict_oom_score_adj = true
  # A profile would stay in the kernel.
  disable_apparmor = true
  [plugins."io.containerd.cri.v1.runtime".cni]
    bin_dirs = ["{plugins}"]
    conf_dir = "{folder}/cni"
[plugins."io.containerd.cri.v1.images".registry]
  config_path = "{folder}/{REGISTRIES}"
"""


def _network() -> dict[str, object]:
    ipam = {
        "type": "host-local",
        "dataDir": "/run/ipam",
        "ranges": [[{"subnet": PODS}]],
        "routes": [{"dst": "0.0.0.0/0"}],
    }
    bridge = {"type": "bridge", "bridge": "pods", "isGateway": True, "hairpinMode": True, "ipam": ipam}
    return {"cniVersion": "1.0.0", "name": "pods", "plugins": [bridge]}


def _kubelet(folder: Path, cgroup: str, port: int) -> dict[str, object]:
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "address": "127.0.0.1",
        "port": port,
        "healthzPort": 0,
        "containerRuntimeEndpoint": "unix:///run/containerd/containerd.sock",
        "podLogsDir": f"{folder}/data/pods",
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": f"/{cgroup}",
        "failCgroupV1": False,
        "cgroupsPerQOS": False,
        "enforceNodeAllocatable": [],
        "failSwapOn": False,
        "localStorageCapacityIsolation": False,
        "evictionHard": {"memory.available": "0%"},  # this machine is not as large as the node says
        "imageGCHighThresholdPercent": 100,
        "nodeStatusUpdateFrequency": "5s",
        "clusterDomain": DOMAIN,
        "clusterDNS": [ADDRESS],
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": True},
            "x509": {"clientCAFile": str(folder / CLIENT)},
        },
        "authorization": {"mode": "Webhook"},
    }


def _kube_proxy() -> dict[str, object]:
    return {
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "mode": "nftables",
        "bindAddress": "127.0.0.1",
        "healthzBindAddress": "127.0.0.1:10256",
        "metricsBindAddress": "127.0.0.1:10249",
        "clientConnection": {"kubeconfig": "kubeconfig"},
        # So that answers come back by the node also where the kernel does not show it what crosses a bridge.
        "nftables": {"masqueradeAll": True},
        # Not to be changed but in the system's own network namespace.
        "conntrack": {"maxPerCore": 0, "min": 0, "tcpEstablishedTimeout": "0s", "tcpCloseWaitTimeout": "0s"},
    }


def _json(value: object) -> str:
    return json.dumps(value, indent=2)
