"""Destroying the system in the reverse order leaves nothing but keys that wait for their deletion."""

from collections.abc import Callable
from typing import Any

from tests.control_plane import ControlPlane
from tests.plan.left import Left, left
from tests.terraform import Workspace

KUBERNETES_OWN = {"kube-system", "kube-public", "kube-node-lease"}


def test_destroy_leaves_nothing(
    applied: Workspace,
    before: Left,
    client: Callable[[str], Any],
    terraforms_control_plane: ControlPlane | None,
) -> None:
    applied.each(applied.destroy, reverse=True)
    now = left(client)
    assert {name: found - before[name] for name, found in now.items() if found - before[name]} == {}
    if terraforms_control_plane:
        namespaces = terraforms_control_plane.kubectl("get", "namespaces", "--output=name").split()
        assert {name.removeprefix("namespace/") for name in namespaces} == {"default", *KUBERNETES_OWN}
