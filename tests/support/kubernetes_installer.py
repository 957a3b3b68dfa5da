"""What the Kubernetes and Helm providers do for a stack, done by kubectl and helm, with Terraform's own values.

What was declared, as Terraform evaluates it, stands in an output of the AWS half, or in the state of a whole stack.
"""

import json
from collections.abc import Iterable
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any, NamedTuple

from tests.support.control_plane import ControlPlane
from tests.support.terraform_workspace import Workspace
from tests.support.without_kubernetes import OTHER_HALF, PUBLISHED, other, without_controller

Manifest = dict[str, Any]
KINDS = {
    "kubernetes_namespace_v1": "Namespace",
    "kubernetes_service_account_v1": "ServiceAccount",
    "kubernetes_config_map_v1": "ConfigMap",
}


class Release(NamedTuple):
    """A Helm release as the stack declares it."""

    name: str
    namespace: str
    chart: Path
    version: str
    values: str
    timeout: int


def objects(workspace: Workspace, stack: str) -> list[Manifest]:
    """The stack's Kubernetes objects, namespaces first."""
    declared = _other_half(workspace, stack)
    return [_manifest(kind, one) for word, kind in KINDS.items() for one in declared.get(word, {}).values()]


def releases(workspace: Workspace, stack: str) -> list[Release]:
    """The stack's releases in the order in which they depend on each other, without the controller's."""
    declared = _other_half(workspace, stack).get("helm_release", {})
    for published in PUBLISHED:
        declared.pop(published, None)
    needs = {
        address: {one.removeprefix("helm_release.") for one in release["depends_on"]} & declared.keys()
        for address, release in workspace.whole[stack]["resource"]["helm_release"].items()
        if address in declared
    }
    return [_release(workspace.folder(stack), declared[one]) for one in TopologicalSorter(needs).static_order()]


def install(workspace: Workspace, plane: ControlPlane, stack: str) -> None:
    """All that the stack has in Kubernetes."""
    prepare(workspace, plane, stack)
    for release in releases(workspace, stack):
        upgrade(plane, release)


def prepare(workspace: Workspace, plane: ControlPlane, stack: str) -> None:
    """What stands before the stack's releases."""
    for manifest in objects(workspace, stack):
        plane.kubectl("apply", "--filename=-", input=json.dumps(manifest))


def remove(plane: ControlPlane, manifests: Iterable[Manifest]) -> None:
    """Deletes these objects, and waits until they are gone."""
    for manifest in manifests:
        plane.kubectl("delete", "--filename=-", "--ignore-not-found", "--wait", input=json.dumps(manifest))


def upgrade(plane: ControlPlane, release: Release, *arguments: str) -> None:
    """Installs or upgrades a release with what the provider would be told; later arguments win."""
    plane.helm(
        "upgrade",
        "--install",
        "--atomic",
        *_what(plane, release),
        f"--timeout={release.timeout}s",
        "--history-max=10",
        *arguments,
    )


def rendered(plane: ControlPlane, release: Release) -> str:
    """Its manifests."""
    return plane.helm("template", *_what(plane, release))


def uninstall(workspace: Workspace, plane: ControlPlane, stack: str) -> None:
    there = {(one["name"], one["namespace"]) for one in json.loads(plane.helm("list", "--all-namespaces", "-o=json"))}
    for release in reversed(releases(workspace, stack)):
        if (release.name, release.namespace) in there:
            plane.helm("uninstall", release.name, f"--namespace={release.namespace}", "--wait", "--timeout=300s")
    remove(plane, reversed(objects(workspace, stack)))


def _what(plane: ControlPlane, release: Release) -> list[str]:
    values = plane.folder / f"{release.name}.values.yaml"
    values.write_text(release.values)
    where = f"--namespace={release.namespace}"
    return [release.name, str(release.chart), where, f"--version={release.version}", f"--values={values}"]


def _other_half(workspace: Workspace, stack: str) -> dict[str, Any]:
    if stack in workspace.aws_only:
        return dict(workspace.outputs(stack)[OTHER_HALF])
    in_state = {one["address"]: one["values"] for one in workspace.show(stack)["values"]["root_module"]["resources"]}
    return {
        kind: {address: _as_declared(one, in_state[f"{kind}.{address}"]) for address, one in of.items()}
        for kind, of in other(without_controller(workspace.whole[stack]))["value"].items()
    }


def _as_declared(declared: Any, found: Any) -> Any:
    """Of what the state holds, what was declared; a state has each block in a list."""
    if not isinstance(declared, dict):
        return found
    if isinstance(found, list):
        (found,) = found
    return {name: _as_declared(value, found[name]) for name, value in declared.items()}


def _manifest(kind: str, declared: Manifest) -> Manifest:
    return {"apiVersion": "v1", "kind": kind, **{_camel(key): value for key, value in declared.items()}}


def _camel(key: str) -> str:
    first, *rest = key.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _release(folder: Path, declared: Manifest) -> Release:
    (values,) = declared["values"]
    return Release(
        declared["name"],
        declared["namespace"],
        (folder / declared["chart"]).resolve(),
        declared["version"],
        values,
        declared["timeout"],
    )
