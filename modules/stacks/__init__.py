"""The stacks in the order of their apply: one Terraform state each, wiring only."""

from collections.abc import Callable, Iterable

from modules.bindings.cdktf import App
from modules.constructs.stack import Stack
from modules.design import logins, terraform_text
from modules.spec.model import Spec
from modules.stacks.cluster import cluster
from modules.stacks.data import data
from modules.stacks.edge import edge
from modules.stacks.network import network
from modules.stacks.platform import platform
from modules.stacks.retired import retired
from modules.stacks.service import service

# Each builds its stack; a stack may read those before it.
PLATFORM: dict[str, Callable[[App, Spec], Stack]] = {
    "network": network,
    "cluster": cluster,
    "data": data,
    "edge": edge,
    "platform": platform,
}


def build(app: App, specs: Iterable[Spec]) -> list[Stack]:
    """All stacks of these environments, in the order of their apply, with the edges between them."""
    return [stack for spec in specs for stack in _build(app, spec)]


def _build(app: App, spec: Spec) -> list[Stack]:
    spec = logins.with_secrets(terraform_text.literal(spec))
    stacks = {name: PLATFORM[name](app, spec) for name in spec.platform_stacks}
    for name in spec.order:
        stacks[name] = service(app, spec, name)
    for name in spec.retired_services:
        stacks[name] = retired(app, spec, name)
    for stack in stacks.values():
        for upstream in stack.upstream:
            stack.add_dependency(stacks[upstream])
    return list(stacks.values())
