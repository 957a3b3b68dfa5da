"""Brings every stack up in order, some at once: by `cdktf deploy`, or by Terraform, kubectl and the helm CLI."""

import contextlib
import io
import json
import os
import re
import shutil
import subprocess
import time
from pathlib import Path

from modules.deploy import cdktf_cli, pod_watch
from modules.deploy.pod_watch import PodWatch, Release
from modules.errors import CommandError
from modules.paths import ROOT
from tests.support import kubernetes_installer
from tests.support.control_plane import PROGRAMS, CommandFailed, ControlPlane, flags, kubeconfig
from tests.support.go_tools import binaries
from tests.support.terraform_workspace import TerraformFailed, Workspace, expect

from .interrupt import Children
from .progress import Progress

INSTALL_CDKTF = ["make", "--no-print-directory", f"--directory={ROOT}", "cdktf"]
# Or it would keep the providers in the user's ~/.terraform.d.
CDKTF = {"CDKTF_DISABLE_PLUGIN_CACHE_ENV": "1"}
TO_ADD = re.compile(r"\bPlan: (\d+) to add")
SECONDS_TO_SCALE = 120
MADE = re.compile(r": Creation complete after ")


class Terraform(Workspace):
    """Whose commands end with `children`, show their progress, and are logged in `folder`/logs."""

    def __init__(self, generated: Path, folder: Path, children: Children, progress: Progress) -> None:
        folder.mkdir()
        super().__init__(generated, folder, _provider_cache())
        self.children, self.progress = children, progress
        self.logs = folder / "logs"
        self.logs.mkdir()
        self.planned: dict[str, int] = {}
        self.made = dict.fromkeys(self.stacks, 0)

    @property
    def applies(self) -> str:
        return "terraform apply" if self.aws_only else "cdktf deploy"

    def init_all(self) -> None:
        """Before anything is applied, so that what lacks shows at once; each in turn, as a plugin cache asks for."""
        for stack in self.stacks:
            with contextlib.redirect_stderr(io.StringIO()):  # the demo says in a line of its own what is aws_only
                try:
                    self.init(stack)
                except TerraformFailed as failure:
                    raise self.error(stack, failure) from None
        if self.aws_only:
            return
        if not shutil.which("aws"):
            what = "There is no aws on PATH, and Terraform logs in to the cluster with it."
            raise CommandError("aws", what, "Install the AWS CLI.")
        self.progress.begin("cdktf", "make cdktf")
        if (done := self.children.run(INSTALL_CDKTF, env=dict(os.environ))).returncode:
            raise CommandError("cdktf", done.stderr.strip(), "Run make cdktf, and mend what it says.")
        shutil.copy(ROOT / "cdktf.json", self.generated.parent)
        self.progress.end("cdktf", "installed")

    def apply(self, stack: str) -> None:
        if self.aws_only:
            super().apply(stack)
        else:
            line = cdktf_cli.line("deploy", stack, ROOT, auto_approve=True, plain=True)
            environment = cdktf_cli.environment(self.environment | CDKTF, plain=True)
            expect(self._heard(stack, line, self.generated.parent, environment), 0)

    def error(self, stack: str, failure: BaseException) -> CommandError:
        """With why pods are not ready, where that was found out."""
        last = "\n  ".join(str(failure).strip().splitlines()[-15:])
        pods = "\n".join(["", *getattr(failure, "__notes__", ())]).replace("\n", "\n  ").rstrip()
        return CommandError(stack, f"{last}{pods}", f"What Terraform said is in {self.logs / f'{stack}.log'}.")

    def run(self, stack: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self._heard(stack, ["terraform", *arguments], self.folder(stack), self.environment)

    def _heard(
        self, stack: str, line: list[str], folder: Path, environment: dict[str, str]
    ) -> subprocess.CompletedProcess[str]:
        with (self.logs / f"{stack}.log").open("a") as log:

            def heard(said: str) -> None:
                log.write(said)
                log.flush()
                self._count(stack, said)

            return self.children.run(line, cwd=folder, env=environment, heard=heard)

    def _count(self, stack: str, line: str) -> None:
        if found := TO_ADD.search(line):
            self.planned[stack] = int(found[1])
        elif MADE.search(line):
            self.made[stack] += 1
            self.progress.change(stack, f"{self.applies}: {self.made[stack]} of {self.planned[stack]} resources")


class Cluster(ControlPlane):
    """A control plane that another process holds; its commands end with `children`."""

    def __init__(self, folder: Path, children: Children) -> None:
        self.programs = binaries(PROGRAMS)
        self.folder, self.kubeconfig, self.children = folder, folder / flags.KUBECONFIG, children
        self.server = json.loads(self.kubeconfig.read_text())["clusters"][0]["cluster"]["server"]

    def _run(self, program: str, *arguments: str, input: str | None = None) -> str:
        done = self.children.run([self.programs[program], *arguments], env=self.environment, input=input)
        if done.returncode:
            raise CommandFailed(f"{program} {arguments[0]} ended with {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout


def deploy(terraform: Terraform, cluster: Cluster, progress: Progress) -> None:
    """All stacks; the first that fails stops the others."""
    failures: list[tuple[str, BaseException]] = []

    def bring_up(stack: str) -> None:
        try:
            _bring_up(stack, terraform, cluster, progress)
        except BaseException as failure:
            failures.append((stack, failure))
            terraform.children.stop()
            raise

    try:
        terraform.each(bring_up)
    except Exception:
        stack, failure = failures[0]
        if not isinstance(failure, TerraformFailed | CommandFailed):
            raise failure from None
        raise terraform.error(stack, failure) from None


def wait_for_pods(cluster: Cluster, progress: Progress, expected: dict[str, int]) -> None:
    """By namespace: a Deployment begins with one pod, and its autoscaler adds the others."""
    progress.begin("pods", "the autoscalers bring up the others")
    end = time.monotonic() + SECONDS_TO_SCALE
    while (running := cluster.running_pods()) != expected:
        if time.monotonic() > end:
            watch = PodWatch(kubeconfig.api(cluster.kubeconfig), [Release(name, name) for name in expected])
            watch.poll()
            pods = watch.report().replace("\n", "\n  ")
            what = f"Of {expected}, these run: {running}.\n  {pods}"
            raise CommandError("pods", what, f"What the control plane said is in {cluster.folder}.")
        progress.change("pods", f"{sum(running.values())} of {sum(expected.values())} Running")
        time.sleep(0.5)
    progress.end("pods", f"{sum(running.values())} Running")


def _bring_up(stack: str, terraform: Terraform, cluster: Cluster, progress: Progress) -> None:
    progress.begin(stack, terraform.applies)
    declared = terraform.whole[stack]["resource"].get("helm_release", {}).values()
    if releases := [Release(one["name"], one["namespace"]) for one in declared]:
        watch = PodWatch(kubeconfig.api(cluster.kubeconfig), releases)
        try:
            with pod_watch.running(watch):
                _apply(stack, terraform, cluster, progress)
        except (TerraformFailed, CommandFailed) as failure:
            failure.add_note(watch.report())
            raise
    else:
        _apply(stack, terraform, cluster, progress)
    progress.end(stack, f"{terraform.made[stack]} resources")


def _apply(stack: str, terraform: Terraform, cluster: Cluster, progress: Progress) -> None:
    terraform.apply(stack)
    if stack in terraform.aws_only:
        progress.change(stack, "kubectl and helm")
        kubernetes_installer.install(terraform, cluster, stack)
        objects, releases = (
            kubernetes_installer.objects(terraform, stack),
            kubernetes_installer.releases(terraform, stack),
        )
        terraform.made[stack] += len(objects) + len(releases)


def _provider_cache() -> dict[str, str]:
    """For those that Terraform has to download: one for all stacks, and for the next demo."""
    if os.environ.get("TF_PLUGIN_MIRROR"):
        return {}
    users = os.environ.get("XDG_CACHE_HOME")
    cache = (Path(users) if users else Path.home() / ".cache") / "eks-fargate-terraform" / "providers"
    cache.mkdir(parents=True, exist_ok=True)
    # https://developer.hashicorp.com/terraform/cli/config/config-file#allowing-the-provider-plugin-cache-to-break-the-dependency-lock-file
    return {"TF_PLUGIN_CACHE_DIR": str(cache), "TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE": "1"}
