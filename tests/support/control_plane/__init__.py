"""A real Kubernetes control plane on the loopback interface, ready in seconds; kwok plays the nodes. See README.md."""

import json
import secrets
import signal
import socket
import ssl
import subprocess
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Self

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.support.clean_environment import without_accounts
from tests.support.go_tools import DEFAULT, binaries

from . import client_certificate, flags, kubeconfig, nodes
from .processes import Processes
from .token_webhook import TokenWebhook

CRDS = Path(__file__).parent / "crds"
BEGIN = "-----BEGIN CERTIFICATE-----"
PROGRAMS = ("etcd", "helm", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl", "kwok")
SECONDS_TO_START = 120
SECONDS_TO_ANSWER = 1200  # of kubectl and helm, whose own limits are shorter
PORTS = range(20000, 30000)
# Kubernetes groups of which somebody can log in, besides the administrator.
GROUPS = ("team-viewers", "team-editors", "team-deployers")


class CommandFailed(AssertionError):
    """A command of kubectl or helm failed; the message is all that it said."""


class ControlPlane:
    """etcd, API server, controllers, scheduler and kwok with `node_count` nodes; a context manager.

    With `aws` (the environment of an emulated AWS) and `cluster_name`, the API server knows those whom the access
    entries of that EKS cluster admit, by the tokens of `aws eks get-token`.
    """

    def __init__(
        self,
        version: str = DEFAULT,
        *,
        folder: Path | None = None,
        crds: bool = True,
        node_count: int = 5,
        issuer: str = "https://kubernetes.default.svc",
        aws: dict[str, str] | None = None,
        cluster_name: str | None = None,
    ) -> None:
        """`folder` keeps logs and data; without it they go when the control plane stops."""
        self.programs = binaries(PROGRAMS, version)
        self.crds, self.node_count, self.issuer = crds, node_count, issuer
        self.given_folder, self.aws, self.cluster_name = folder, aws, cluster_name

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        started = time.monotonic()
        with ExitStack() as held:
            temporary = self.given_folder or held.enter_context(tempfile.TemporaryDirectory(prefix="control-plane-"))
            self.folder = Path(temporary)
            self.processes = Processes(self.folder)
            held.callback(self.processes.stop_all)
            self._start(held)
            self._held = held.pop_all()
        self.seconds_to_start = time.monotonic() - started

    def stop(self) -> None:
        self._held.close()

    def restart_apiserver(self) -> None:
        """As after a crash, on the same port, with the same data."""
        self.stop_apiserver()
        self.start_apiserver()

    def stop_apiserver(self) -> None:
        self.processes.kill("kube-apiserver")

    def start_apiserver(self) -> None:
        self._run_on("kube-apiserver", self._apiserver)
        self._wait_until_ready()

    def login(self, group: str) -> Path:
        """A kubeconfig of somebody who is in one of GROUPS, and in no other."""
        file = self.folder / f"{group}.kubeconfig"
        kubeconfig.write(file, self.endpoint, ca_pem=self.ca_pem, token=self._tokens[group])
        return file

    def kubectl(self, *arguments: str, input: str | None = None) -> str:
        return self._run("kubectl", *arguments, input=input)

    def helm(self, *arguments: str) -> str:
        return self._run("helm", *arguments)

    def play_nodes(self, count: int) -> None:
        """So many more nodes by kwok, on which pods run by their statuses only."""
        if count:
            self.kubectl("apply", "--filename=-", input=nodes.manifest(count))
            self.kubectl("wait", "--for=condition=Ready", "node", "--all", "--timeout=60s")

    @contextmanager
    def nodes_stand_still(self) -> Iterator[None]:
        """kwok plays nothing meanwhile, so that no pod gets ready."""
        kwok = self.processes.running["kwok"]
        kwok.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            kwok.send_signal(signal.SIGCONT)

    def running_pods(self) -> dict[str, int]:
        """By namespace."""
        pods = json.loads(self.kubectl("get", "pods", "--all-namespaces", "--output=json"))["items"]
        return dict(Counter(pod["metadata"]["namespace"] for pod in pods if pod["status"]["phase"] == "Running"))

    @property
    def environment(self) -> dict[str, str]:
        """In which kubectl and helm meet this control plane, and keep what they keep in its folder."""
        helm = {f"HELM_{what}_HOME": str(self.folder / "helm" / what.lower()) for what in ("CACHE", "CONFIG", "DATA")}
        cache = {"KUBECACHEDIR": str(self.folder / "kube-cache")}
        return without_accounts() | helm | cache | {"KUBECONFIG": str(self.kubeconfig)}

    def _start(self, held: ExitStack) -> None:
        self.port, etcd, peers = free_ports(3)
        self.endpoint = f"https://{flags.HOST}:{self.port}"
        self.kubeconfig = self.folder / flags.KUBECONFIG
        self._write_secrets()
        self._run_on("etcd", flags.etcd(etcd, peers))
        self._apiserver = [*flags.apiserver(self.port, etcd, self.issuer), *self._webhook(held)]
        self._run_on("kube-apiserver", self._apiserver)
        self.ca_pem = self._authority()
        kubeconfig.write(self.kubeconfig, self.endpoint, ca_pem=self.ca_pem, token=self._token)
        self._wait_until_ready()
        self._run_on("kube-controller-manager", flags.controller_manager())
        self._run_on("kube-scheduler", flags.scheduler())
        self._run_on("kwok", flags.kwok())
        self._furnish()

    def _run_on(self, name: str, arguments: list[str]) -> None:
        self.processes.start(name, self.programs[name], *arguments)

    def _write_secrets(self) -> None:
        """Tokens of an administrator and of members of groups, and the key that signs those of service accounts."""
        self._token = secrets.token_hex(16)
        self._tokens = {group: secrets.token_hex(16) for group in GROUPS}
        members = "".join(f"{token},{group}-member,{group},{group}\n" for group, token in self._tokens.items())
        (self.folder / flags.TOKENS).write_text(f"{self._token},admin,admin,system:masters\n{members}")
        client_certificate.write(self.folder / flags.CLIENT, self.folder / flags.CLIENT_KEY)
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        (self.folder / flags.KEY).write_bytes(key.private_bytes(*form))

    def _webhook(self, held: ExitStack) -> list[str]:
        if not self.aws or not self.cluster_name:
            return []
        webhook = held.enter_context(TokenWebhook(self.aws, self.cluster_name))
        kubeconfig.write(self.folder / flags.WEBHOOK, webhook.url)
        return flags.token_webhook()

    def _furnish(self) -> None:
        if self.crds:
            self.kubectl("apply", f"--filename={CRDS}")
            self.kubectl("wait", "--for=condition=Established", f"--filename={CRDS}", "--timeout=60s")
        self.play_nodes(self.node_count)

    def _authority(self) -> str:
        """The API server makes a certificate for itself, and writes behind it that of the authority that signed it."""
        made = self.folder / flags.CERTIFICATES / "apiserver.crt"
        for _ in self._until("its certificate"):
            if made.exists() and (pem := made.read_text()).count("END CERTIFICATE") == 2:
                break
        authority = BEGIN + pem.rpartition(BEGIN)[2]
        (self.folder / flags.CA).write_text(authority)
        return authority

    def _wait_until_ready(self) -> None:
        trust = urllib.request.HTTPSHandler(context=ssl.create_default_context(cadata=self.ca_pem))
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), trust)
        request = urllib.request.Request(f"{self.endpoint}/readyz", headers={"Authorization": f"Bearer {self._token}"})
        for _ in self._until("the API server"):
            with suppress(OSError), opener.open(request, timeout=5):
                return

    def _until(self, what: str) -> Iterator[None]:
        end = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < end:
            yield
            if last_words := self.processes.died():
                raise RuntimeError(last_words)
            time.sleep(0.05)
        raise TimeoutError(f"No sign of {what} within {SECONDS_TO_START} s; logs are in {self.folder}")

    def _run(self, program: str, *arguments: str, input: str | None = None) -> str:
        done = subprocess.run(
            [self.programs[program], *arguments],
            env=self.environment,
            input=input,
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS_TO_ANSWER,
        )
        if done.returncode:
            raise CommandFailed(
                f"{program} {' '.join(arguments)} ended with {done.returncode}\n{done.stdout}{done.stderr}"
            )
        return done.stdout


def free_ports(count: int) -> list[int]:
    """Below those that the system gives to clients, so that none takes one before its server does, or restarts."""
    free: set[int] = set()
    while len(free) < count:
        port = secrets.choice(PORTS)
        with suppress(OSError), socket.socket() as one:
            one.bind((flags.HOST, port))
            free.add(port)
    return list(free)
