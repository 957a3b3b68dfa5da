"""The cluster of an environment, asked over its API; kubectl runs where a terminal or a long log is passed on."""

import json
import os
import shlex
import shutil
import subprocess
import tempfile
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from modules import terminal
from modules.deploy.cluster_access import unreachable
from modules.deploy.kubernetes_api import KubernetesApi, KubernetesError
from modules.doctor.account import Account, AwsAnswered
from modules.doctor.finding import NotChecked
from modules.errors import CommandError
from modules.spec.model import Spec

_NOT_ALLOWED = (401, 403)
_INSTALL = "Install kubectl (https://kubernetes.io/docs/tasks/tools/), and run this again."

Json = dict[str, Any]


def say(*words: str) -> None:
    """Says a call, as it can be pasted into a shell."""
    terminal.say(f"$ {shlex.join(words)}", "cyan")


class Cluster:
    """The Kubernetes API of an environment, for one command, which is what errors begin with."""

    def __init__(self, api: KubernetesApi, command: str) -> None:
        self.api, self.command = api, command

    @contextmanager
    def asked(self) -> Iterator[None]:
        """What the API refuses in the block is raised as a CommandError."""
        try:
            yield
        except KubernetesError as problem:
            if problem.status in _NOT_ALLOWED:
                what = f"The cluster does not allow that to your login: {problem}."
                step = "Log in as a role that is listed under cluster.admins in services.yaml"
                also = "or, for one service, as that of a team under cluster.teams"
                raise CommandError(self.command, what, f"{step}, {also}.") from None
            what = f"The cluster did not do it: {problem}."
            raise CommandError(self.command, what, "Run this again; make status says what runs.") from None

    def kubectl(self, *words: str, said: bool = True) -> int:
        """Runs kubectl with this process's terminal, and returns its exit code.

        Raises CommandError where there is no kubectl.
        """
        program = shutil.which("kubectl")
        if program is None:
            raise CommandError(self.command, "There is no kubectl on PATH, which this needs.", _INSTALL)
        if said:
            say("kubectl", *words)
        with tempfile.TemporaryDirectory(prefix="kubectl-") as folder, self.asked():
            file = Path(folder, "config")
            file.touch(mode=0o600)
            file.write_text(json.dumps(self._kubeconfig()), encoding="utf-8")
            terminal.hide()
            environment = os.environ | {"KUBECONFIG": str(file)}
            return subprocess.run([program, *words], env=environment, check=False).returncode

    def _kubeconfig(self) -> Json:
        """YAML that is JSON too; the token is valid for some minutes, and asked for once when a call begins."""
        authority = b64encode(self.api.ca_pem.encode()).decode()
        server = {"server": self.api.endpoint, "certificate-authority-data": authority}
        return {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "it", "cluster": server}],
            "users": [{"name": "it", "user": {"token": self.api.token()}}],
            "contexts": [{"name": "it", "context": {"cluster": "it", "user": "it"}}],
            "current-context": "it",
        }


def connect(spec: Spec, account: Account, command: str) -> Cluster:
    """The cluster of an environment.

    Raises CommandError where it is not there, does not admit the login, or can't be reached from this machine.
    """
    name = spec.names.cluster
    role = ("--role-arn", spec.deployer_role) if spec.deployer_role else ()
    say("aws", "eks", "update-kubeconfig", "--region", spec.region, "--name", name, *role)
    try:
        account.ask("eks", "describe_cluster", name=name)
    except AwsAnswered as answer:
        if answer.code == "ResourceNotFoundException":
            what = f"There is no EKS cluster {name} in {spec.region}."
            raise CommandError(command, what, "Make it first: make deploy.") from None
        raise CommandError(command, answer.finding.what, answer.finding.next_step) from None
    except NotChecked as reason:
        raise CommandError(command, reason.finding.what, reason.finding.next_step) from None
    try:
        api = KubernetesApi.of_cluster(name, account)
    except KubernetesError as problem:
        raise CommandError(command, f"{problem}.", "Wait until the cluster is made, and run this again.") from None
    if (error := unreachable(api.endpoint)) is not None:
        raise error
    return Cluster(api, command)
