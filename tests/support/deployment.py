"""Stacks and releases together, as a user changes them: by editing services.yaml, and applying what that touches."""

import json
import subprocess
import time
from typing import Any, NamedTuple

from tests.support import kubernetes_installer
from tests.support.control_plane import ControlPlane
from tests.support.run_synth import command
from tests.support.terraform_workspace import Plan, Workspace

SECONDS_TO_SCALE = 60


class Synthesised(NamedTuple):
    code: int
    text: str
    changed: set[str]  # stacks


class Deployment:
    """An applied workspace and its control plane."""

    def __init__(self, workspace: Workspace, plane: ControlPlane):
        self.workspace, self.plane = workspace, plane

    def synth(self, system: dict[str, Any]) -> Synthesised:
        """`main.py` on the workspace, and which stacks differ from before."""
        before = self._contents()
        line = command(system, self.workspace.generated.parent)
        done = subprocess.run(line, capture_output=True, text=True, check=False)
        if done.returncode:
            return Synthesised(done.returncode, done.stderr, set())
        self.workspace.read()
        for stack in self.workspace.stacks:
            self.workspace.init(stack)
        after = self._contents()
        changed = {stack for stack in before.keys() | after.keys() if before.get(stack) != after.get(stack)}
        return Synthesised(0, done.stderr, changed)

    def apply(self, stack: str) -> None:
        if stack not in self.workspace.aws_only:
            self.workspace.apply(stack)
            return
        before = kubernetes_installer.objects(self.workspace, stack) if self.workspace.outputs(stack) else []
        self.workspace.apply(stack)
        kubernetes_installer.install(self.workspace, self.plane, stack)
        now = [_identity(one) for one in kubernetes_installer.objects(self.workspace, stack)]
        kubernetes_installer.remove(self.plane, [one for one in reversed(before) if _identity(one) not in now])

    def destroy(self, stack: str) -> None:
        if stack in self.workspace.aws_only:
            kubernetes_installer.uninstall(self.workspace, self.plane, stack)
        self.workspace.destroy(stack)

    def plans(self) -> dict[str, Plan]:
        """Of all stacks."""
        return self.workspace.each(self.workspace.plan)

    def pods(self, expected: dict[str, int]) -> dict[str, int]:
        """Running pods by namespace, as soon as they are as expected or the autoscalers have had their time."""
        end = time.monotonic() + SECONDS_TO_SCALE
        while (found := self.plane.running_pods()) != expected and time.monotonic() < end:
            time.sleep(0.5)
        return found

    def items(self, kinds: str, namespace: str) -> list[dict[str, Any]]:
        """Objects of the control plane."""
        listed = json.loads(self.plane.kubectl("get", kinds, f"--namespace={namespace}", "--output=json"))
        return list(listed["items"])

    def _contents(self) -> dict[str, Any]:
        """The text of each stack, as it was generated."""
        return {stack: (self.workspace.whole[stack], self._beside(stack)) for stack in self.workspace.stacks}

    def _beside(self, stack: str) -> dict[str, str]:
        files = self.workspace.folder(stack).iterdir()
        return {file.name: file.read_text() for file in files if file.suffix in (".conf", ".tf", ".yaml")}


def _identity(manifest: kubernetes_installer.Manifest) -> tuple[str, str | None, str]:
    return manifest["kind"], manifest["metadata"].get("namespace"), manifest["metadata"]["name"]
