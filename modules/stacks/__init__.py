"""The stacks in the order of their apply: one Terraform state each, wiring only."""

from collections.abc import Callable, Collection

from modules.constructs.app import SystemApp
from modules.constructs.stack import Stack
from modules.naming import DEPLOYER
from modules.spec.model import Spec
from modules.stacks.cluster import cluster
from modules.stacks.data import data
from modules.stacks.deployer import deployer
from modules.stacks.edge import edge
from modules.stacks.network import network
from modules.stacks.platform import platform
from modules.stacks.retired import retired
from modules.stacks.service import service

# Each builds its stack; a stack may read those before it.
PLATFORM: dict[str, Callable[[SystemApp, Spec], Stack]] = {
    "network": network,
    "cluster": cluster,
    "data": data,
    "edge": edge,
    "platform": platform,
}


def build(app: SystemApp, spec: Spec, name: str, types: Collection[str] = ()) -> Stack:
    """One stack of an environment; which stacks have to be applied before it, it knows.

    `types`, for `deployer` alone, are Terraform's in all others.
    """
    if name == DEPLOYER:
        return deployer(app, spec, types)
    if make := PLATFORM.get(name):
        return make(app, spec)
    return service(app, spec, name) if name in spec.services else retired(app, spec, name)
