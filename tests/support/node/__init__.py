"""A node that runs pods: containerd, kubelet and kube-proxy in namespaces of their own. See README.md."""

import json
import os
import platform
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from modules.paths import ROOT
from tests.support.control_plane import ControlPlane, flags, free_ports, nodes
from tests.support.go_tools import binaries
from tests.support.tool_missing import ToolMissing

from . import files, oci, stand_ins
from .order import Order

CNI = ("bridge", "host-local", "loopback")
PROGRAMS = ("containerd", "containerd-shim-runc-v2", "coredns", "ctr", "kubelet", "kube-proxy", *CNI)
ALL_PROGRAMS = (*PROGRAMS, "metrics-server")
FROM_SYSTEM = {
    "runc": "runc",
    "nft": "nftables",
    "ip": "iproute2",
    "unshare": "util-linux",
    "busybox": "busybox-static",
}
SYSTEM_PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
CPUS, MEMORY_GIB = 32, 64
SECONDS_TO_START = 120
LINES = 15  # of each log in an error message
SUPERVISOR = f"{__name__}.supervisor"


def lacking() -> str | None:
    """Why no node can run here, and what to do about it; None where one can."""
    if platform.system() != "Linux":
        return "Containers of Linux run on Linux only."
    if os.geteuid():
        return "A node makes namespaces, mounts and control groups: run this as root."
    path = os.pathsep.join([os.environ["PATH"], SYSTEM_PATH])
    packages = [package for program, package in FROM_SYSTEM.items() if not shutil.which(program, path=path)]
    return f"A node needs programs that are not here: apt install {' '.join(packages)}" if packages else None


class Node:
    """One node of a control plane, with images in its store; a context manager.

    `ports` are those of servers on this machine's loopback interface that pods reach at files.ADDRESS. With `metrics`,
    a metrics-server tells autoscalers what pods use.
    """

    def __init__(
        self,
        plane: ControlPlane,
        images: Iterable[oci.Image],
        *,
        ports: Iterable[int] = (),
        metrics: bool = False,
        name: str = "node",
    ) -> None:
        if reason := lacking():
            raise ToolMissing(reason)
        self.plane, self.images, self.ports, self.name = plane, list(images), list(ports), name
        self.metrics = metrics
        self.programs = binaries([*PROGRAMS, *(["metrics-server"] if metrics else [])])

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        started = time.monotonic()
        with ExitStack() as held:
            self.folder = Path(tempfile.mkdtemp(prefix="node-"))  # the supervisor removes it
            self.cgroup = f"eks-fargate-terraform-{self.folder.name}"
            self._prepare()
            self._supervise(held)
            self._join()
            self._held = held.pop_all()
        self.seconds_to_start = time.monotonic() - started

    def stop(self) -> None:
        """Returns when nothing is left of it, its Node object included."""
        self._held.close()
        if self.metrics:
            self.plane.kubectl("delete", "--filename=-", input=files.metrics_api(self.metrics_port))
        self.plane.kubectl("delete", "node", self.name, "--ignore-not-found")

    def load(self, images: Iterable[oci.Image]) -> None:
        """More images, of a node that runs."""
        tar = self.folder / f"{secrets.token_hex(4)}.tar"
        oci.write(tar, images)
        self._inside("ctr", "--namespace=k8s.io", "images", "import", str(tar))

    @property
    def first_process(self) -> int:
        """Id of the process that made the node's namespaces, and is in those of mounts and network."""
        (unshare,) = Path(f"/proc/{self.supervisor.pid}/task/{self.supervisor.pid}/children").read_text().split()
        return int(unshare)

    def last_words(self) -> str:
        """Of its programs: of those that have ended, or of all."""
        died = self.folder / "died"
        ended = died.read_text() if died.exists() else ""
        logs = [self.folder / f"{line.split()[0]}.log" for line in ended.splitlines()]
        last = (
            f"{log.name}:\n" + "\n".join(log.read_text(errors="replace").splitlines()[-LINES:])
            for log in logs or sorted(self.folder.glob("*.log"))
        )
        return "\n".join([ended, *last])

    def _prepare(self) -> None:
        self.port, self.metrics_port = free_ports(2)
        plugins = self.programs["bridge"].parent
        configured = files.configuration(self.folder, self.cgroup, self.port, plugins)
        for name, text in configured.items():
            path = self.folder / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        (self.folder / "data").mkdir()
        shutil.copy(self.plane.kubeconfig, self.folder / "kubeconfig")
        shutil.copy(self.plane.folder / flags.CLIENT, self.folder / files.CLIENT)
        zone = "eu-west-1a"
        labels = nodes.labels(self.name, zone)
        settings = {
            "NODE_NAME": self.name,
            "NODE_LABELS": ",".join(f"{key}={value}" for key, value in labels.items()),
            "NODE_ADDRESS": files.ADDRESS,
            "CPUS": CPUS,
            "MEMORY_GIB": MEMORY_GIB,
            "METRICS_PORT": self.metrics_port if self.metrics else "",
        }
        (self.folder / "settings").write_text("".join(f"{key}='{value}'\n" for key, value in settings.items()))
        oci.write(self.folder / "images.tar", [stand_ins.pause(), *self.images])

    def _supervise(self, held: ExitStack) -> None:
        folders = dict.fromkeys(str(path.parent) for path in self.programs.values())
        order = Order(
            folder=str(self.folder),
            cgroup=self.cgroup,
            path=os.pathsep.join([*folders, SYSTEM_PATH]),
            from_node=[self.plane.port, *self.ports],
            to_node=[self.port, self.metrics_port],
        )
        with (self.folder / "supervisor.log").open("wb") as log:
            self.supervisor = subprocess.Popen(
                [sys.executable, "-m", SUPERVISOR, json.dumps(order._asdict())],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,
            )
        held.callback(self._end)
        assert self.supervisor.stdout
        if self.supervisor.stdout.readline() != b"connected\n":
            raise RuntimeError((self.folder / "supervisor.log").read_text())

    def _end(self) -> None:
        self.supervisor.communicate(timeout=60)

    def _join(self) -> None:
        """The node's object, once the kubelet has made it; its address is where the relay listens."""
        end = time.monotonic() + SECONDS_TO_START
        while not self.plane.kubectl("get", "node", self.name, "--ignore-not-found", "--output=name"):
            self._expect_alive(end)
        address = {"status": {"addresses": [{"type": "InternalIP", "address": "127.0.0.1"}]}}
        self.plane.kubectl("patch", "node", self.name, "--subresource=status", f"--patch={json.dumps(address)}")
        self.plane.kubectl("taint", "node", self.name, "node.cloudprovider.kubernetes.io/uninitialized-")
        if self.metrics:
            self.plane.kubectl("apply", "--filename=-", input=files.metrics_api(self.metrics_port))
        while '"Ready",True' not in self._ready():
            self._expect_alive(end)

    def _ready(self) -> str:
        conditions = r'{range .status.conditions[*]}"{.type}",{.status}{"\n"}{end}'
        return self.plane.kubectl("get", "node", self.name, f"--output=jsonpath={conditions}")

    def _expect_alive(self, end: float) -> None:
        if (self.folder / "died").exists() or self.supervisor.poll() is not None:
            raise RuntimeError(self.last_words())
        if time.monotonic() > end:
            raise TimeoutError(f"The node was not ready after {SECONDS_TO_START} s.\n{self.last_words()}")
        time.sleep(0.1)

    def _inside(self, *command: str) -> None:
        """Runs in the node's mount namespace."""
        program = str(self.programs[command[0]])
        subprocess.run(["nsenter", f"--target={self.first_process}", "--mount", program, *command[1:]], check=True)
