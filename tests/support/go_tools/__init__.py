"""The programs that tests run, built once from the Go modules beside this file; see README.md."""

import functools
import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from tests.support.tool_missing import ToolMissing

from . import changed_source
from .build import built

HERE = Path(__file__).parent
DEFAULT = "1.36"
GO = "1.26.8"  # or newer; what the modules here ask for at most


class Program(NamedTuple):
    module: str  # folder of its go.mod; {} is the version of Kubernetes
    package: str


CONTAINERD = "github.com/containerd/containerd/v2/cmd"
KEDA = "github.com/kedacore/keda/v2/cmd"
CNI = "github.com/containernetworking/plugins/plugins"
KUBERNETES = "kubernetes-{}"
ESO = "external-secrets"
NODE = "node-1.36"  # of one version alone: the tests of other versions have kwok's nodes
PROGRAMS = {
    "actionlint": Program("actionlint", "github.com/rhysd/actionlint/cmd/actionlint"),
    "bridge": Program("cni-plugins", f"{CNI}/main/bridge"),
    "capabilities": Program("conftest", "binaries.test/conftest/capabilities"),
    "conftest": Program("conftest", "github.com/open-policy-agent/conftest"),
    "containerd": Program("containerd", f"{CONTAINERD}/containerd"),
    "containerd-shim-runc-v2": Program("containerd", f"{CONTAINERD}/containerd-shim-runc-v2"),
    "coredns": Program("coredns", "binaries.test/coredns"),
    "ctr": Program("containerd", f"{CONTAINERD}/ctr"),
    "etcd": Program("etcd", "go.etcd.io/etcd/server/v3"),
    "external-secrets": Program(ESO, "github.com/external-secrets/external-secrets"),
    "gitleaks": Program("gitleaks", "github.com/zricethezav/gitleaks/v8"),
    "helm": Program("helm", "helm.sh/helm/v3/cmd/helm"),
    "helm-unittest": Program("helm-unittest", "github.com/helm-unittest/helm-unittest/cmd/helm-unittest"),
    "host-local": Program("cni-plugins", f"{CNI}/ipam/host-local"),
    "keda-adapter": Program("keda", f"{KEDA}/adapter"),
    "keda-operator": Program("keda", f"{KEDA}/operator"),
    "keda-webhooks": Program("keda", f"{KEDA}/webhooks"),
    "kube-apiserver": Program(KUBERNETES, "k8s.io/kubernetes/cmd/kube-apiserver"),
    "kube-controller-manager": Program(KUBERNETES, "k8s.io/kubernetes/cmd/kube-controller-manager"),
    "kube-proxy": Program(NODE, "k8s.io/kubernetes/cmd/kube-proxy"),
    "kube-scheduler": Program(KUBERNETES, "k8s.io/kubernetes/cmd/kube-scheduler"),
    "kube-score": Program("kube-score", "github.com/zegl/kube-score/cmd/kube-score"),
    "kubeconform": Program("kubeconform", "github.com/yannh/kubeconform/cmd/kubeconform"),
    "kubectl": Program(KUBERNETES, "k8s.io/kubernetes/cmd/kubectl"),
    "kubelet": Program(NODE, "k8s.io/kubernetes/cmd/kubelet"),
    "kwok": Program("kwok", "sigs.k8s.io/kwok/cmd/kwok"),
    "loopback": Program("cni-plugins", f"{CNI}/main/loopback"),
    "metrics-server": Program("metrics-server", "sigs.k8s.io/metrics-server/cmd/metrics-server"),
    "tofu": Program("opentofu", "github.com/opentofu/opentofu/cmd/tofu"),
}
# Only tests of the nightly tier run these; KEDA takes eight minutes to build, and the last one more than ten. The first
# two are also for who has rules of their own.
NIGHTLY = ("capabilities", "conftest", "external-secrets", "keda-adapter", "keda-operator", "keda-webhooks", "tofu")
VERSIONS = sorted(folder.name.removeprefix("kubernetes-") for folder in HERE.glob("kubernetes-*"))


def binary(name: str, version: str | None = None) -> Path:
    """The program, built if it is not there; `version` is that of Kubernetes, for its own programs."""
    return binaries([name], version)[name]


def binaries(names: Iterable[str], version: str | None = None) -> dict[str, Path]:
    """The programs by name; what is not there is built, all of a module at once."""
    version = version or DEFAULT
    found = {name: _offered(name, version) for name in names}
    wanted: dict[str, dict[str, str]] = {}
    for name, path in found.items():
        if not path:
            module, package = PROGRAMS[name]
            wanted.setdefault(module.format(version), {})[name] = package
    if wanted and not shutil.which("go"):
        lacking = ", ".join(sorted(name for name, path in found.items() if not path))
        raise ToolMissing(f"There is no Go on PATH to build {lacking}: install {GO} or newer")
    made = {name: path for module, packages in wanted.items() for name, path in built(HERE / module, packages).items()}
    return {name: path or made[name] for name, path in found.items()}


def source(name: str) -> Path:
    """The published source of a program that is built from a changed copy of it."""
    return changed_source.source(HERE / PROGRAMS[name].module)


def _offered(name: str, version: str) -> Path | None:
    """What the folder of KUBEBUILDER_ASSETS holds; Kubernetes' own programs only if they are of this version."""
    assets = os.environ.get("KUBEBUILDER_ASSETS")
    path = Path(assets, name) if assets else None
    if not path or not os.access(path, os.X_OK):
        return None
    return None if PROGRAMS[name].module == KUBERNETES and _minor(path) != version else path


@functools.cache
def _minor(path: Path) -> str:
    command = [str(path), *(("version", "--client") if path.name == "kubectl" else ("--version",))]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    found = re.search(r"v(\d+\.\d+)", said)
    return found[1] if found else ""
