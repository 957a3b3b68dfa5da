"""A section for each service: what is written for it, and the names that follow."""

from collections.abc import Mapping
from typing import NamedTuple

from modules.design import containers, fargate_profiles, health, images, log_routing, scaling
from modules.design.service_discovery import url
from modules.page.grants import Grant
from modules.page.reach import Connection
from modules.page.tables import Size
from modules.spec.container import Container
from modules.spec.model import Service, Spec


class ServiceView(NamedTuple):
    """What its section says, beside its grants and its connections."""

    name: str
    summary: str
    facts: list[tuple[str, tuple[str, ...]]]
    calls: tuple[str, ...]
    called_by: tuple[str, ...]
    env: Mapping[str, str]
    grants: list[Grant]
    into: list[Connection]
    out: list[Connection]
    size: Size


def services(
    spec: Spec, grants: Mapping[str, Mapping[str, Grant]], connections: list[Connection], sizes: list[Size]
) -> list[ServiceView]:
    """In the order of services.yaml."""
    into: dict[str, list[Connection]] = {}
    out: dict[str, list[Connection]] = {}
    for one in connections:
        into.setdefault(one.target, []).append(one)
        out.setdefault(one.source, []).append(one)
    callers: dict[str, list[str]] = {}
    for name, service in spec.services.items():
        for callee in service.calls:
            callers.setdefault(callee, []).append(name)
    by_name = {size.service: size for size in sizes}
    return [
        ServiceView(
            name,
            _summary(service, by_name[name]),
            [(term, texts) for term, texts in _facts(spec, name, service) if texts],
            service.calls,
            tuple(callers.get(name, ())),
            service.env,
            list(grants[name].values()),
            into.get(name, []),
            out.get(name, []),
            by_name[name],
        )
        for name, service in spec.services.items()
    ]


def _summary(service: Service, size: Size) -> str:
    if not service.has_pods:
        return f"jobs only · {size.billed} each"
    pods = f"{service.pods} pod{'' if service.pods == 1 else 's'}"
    return f"{pods}, at most {service.max_replicas} · {size.billed}"


def _facts(spec: Spec, name: str, service: Service) -> list[tuple[str, tuple[str, ...]]]:
    names = spec.names
    return [
        ("Hosts", service.host),
        ("Paths", service.path),
        ("Address in the cluster", () if service.listens_on is None else (url(name, service.listens_on),)),
        ("Further ports", tuple(f"{port} is {to} of the container" for port, to in service.ports.items())),
        ("Protocol", () if service.protocol == "http" else (service.protocol,)),
        ("Kind", _kind(service)),
        ("Scales by", tuple(scaling.described(service))),
        ("Before new pods", service.before_deploy.command if service.before_deploy else ()),
        ("Jobs", tuple(f"{job}: {one.schedule} in {one.time_zone}" for job, one in service.jobs.items())),
        ("Health check", (health.described(service),)),
        ("Time to end", (f"{service.stop} s",)),
        ("Image", (_image(spec, name, service),)),
        ("Command", service.command),
        ("Arguments", service.args),
        ("Files", tuple(f"{path}: {file.source}" for path, file in sorted(service.files.items()))),
        ("Before the start", tuple(_container(key, one) for key, one in service.init.items())),
        (
            "Sidecars",
            tuple(f"{_container(key, one)}, {containers.of(one)}" for key, one in service.sidecars.items()),
        ),
        ("Disk", (f"{service.storage} GiB",) if service.storage else ()),
        ("Login of the registry", (f"Secret {service.pull_secret}",) if service.pull_secret else ()),
        ("Namespace and account", (name,)),
        ("Fargate profile", (fargate_profiles.name(spec, name),)),
        ("IAM role", (names.role(name),)),
        ("Image repository", (images.repository(spec, name),)),
        ("Log group", (names.log_group(log_routing.group(spec, name)),)),
    ]


def _kind(service: Service) -> tuple[str, ...]:
    if not service.has_pods:
        return ("jobs only",)
    return ("worker: nothing connects to it",) if service.port is None else ()


def _container(name: str, container: Container) -> str:
    return f"{name}: {container.image or 'the same image'}"


def _image(spec: Spec, name: str, service: Service) -> str:
    if service.image is None:
        return "placeholder"
    return f"{images.repository(spec, name)}:{service.image}" if images.is_own(service) else service.image
