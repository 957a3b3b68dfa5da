"""The stacks with their resources: Terraform addresses, and the names that AWS will know them by."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from modules.page.system import System

# Arguments that name a resource, the first that it has.
_NAMES = (
    "name",
    "bucket",
    "alarm_name",
    "dashboard_name",
    "cluster_identifier",
    "identifier",
    "replication_group_id",
    "user_id",
    "user_group_id",
    "domain_name",
    "fargate_profile_name",
    "addon_name",
    "service_name",
    "email_identity",
    "configuration_set_name",
    "namespace_name",
    "workgroup_name",
    "cidr_block",
    "description",
)


class Resource(NamedTuple):
    """A resource by its address in its stack."""

    address: str
    name: str


class StackView(NamedTuple):
    """One Terraform state."""

    name: str
    service: str | None
    after: list[str]
    resources: list[Resource]
    data_sources: int
    outputs: int


def stacks(system: System) -> list[StackView]:
    """All stacks in the order of their apply."""
    names = system.spec.names
    return [
        StackView(
            names.stack(name),
            name if name in system.spec.services else None,
            [names.stack(one) for one in system.dependencies[name]],
            sorted(_resources(system, name)),
            sum(len(found) for found in stack.get("data", {}).values()),
            len(stack.get("output", {})),
        )
        for name, stack in system.stacks.items()
    ]


def _resources(system: System, stack: str) -> Iterator[Resource]:
    for kind, resources in system.resources[stack].items():
        for name, resource in resources.items():
            yield Resource(f"{kind}.{name}", system.text(stack, _name(resource)))


def _name(resource: Mapping[str, Any]) -> str:
    metadata = resource.get("metadata")
    named = {**(metadata if isinstance(metadata, dict) else {}), **resource, **resource.get("tags", {})}
    found = (named.get(key) for key in ("Name", *_NAMES))
    return next((one for one in found if isinstance(one, str)), "")
