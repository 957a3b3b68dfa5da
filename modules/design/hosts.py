"""Which service's stack has the certificate and the DNS record of a host, and in which hosted zone."""

import re
from hashlib import sha256
from typing import NamedTuple

from modules.design import load_balancers
from modules.design.listener_rules import WILDCARD, segments
from modules.spec.model import Service, Spec


class Hosted(NamedTuple):
    """A host, and the id of the Route 53 zone that it is in."""

    host: str
    zone_id: str


def is_covered(spec: Spec, host: str) -> bool:
    """Whether the certificate of `domain` is for this host too: it is for the domain and for one label below it."""
    if spec.domain is None:
        return False
    return host == spec.domain or host.partition(".")[2] == spec.domain


def zone_id(spec: Spec, host: str) -> str | None:
    """The zone whose name is the longest end of the host's; `hosted_zone` is that of `domain` and what is below it."""
    zones = dict(spec.hosted_zones)
    if spec.domain and spec.hosted_zone:
        zones.setdefault(spec.domain, spec.hosted_zone)
    plain = host.removeprefix(WILDCARD)
    ends = [name for name in zones if plain == name or plain.endswith(f".{name}")]
    return zones[max(ends, key=len)] if ends else None


def owner(spec: Spec, host: str) -> str:
    """The service that has the certificate and the record of a host: the one with the shortest path there."""
    return min((min(map(segments, service.path), default=0), name) for name, service in _of(spec, host).items())[1]


def _of(spec: Spec, host: str) -> dict[str, Service]:
    return {name: service for name, service in spec.services.items() if host in service.host}


def records(spec: Spec, name: str) -> list[Hosted]:
    """Hosts whose DNS record is in the stack of this service; that of `domain` is in `edge`."""
    return [
        Hosted(host, zone)
        for host in spec.services[name].host
        if host != spec.domain and owner(spec, host) == name and (zone := zone_id(spec, host)) is not None
    ]


def certificates(spec: Spec, name: str) -> list[Hosted]:
    """Hosts whose certificate is in the stack of this service: those that the certificate of `domain` is not for."""
    https = load_balancers.serves_https(spec, spec.services[name].load_balancer)
    return [one for one in records(spec, name) if https and not is_covered(spec, one.host)]


def address(host: str) -> tuple[str, ...]:
    """Parts of the address of what a host has, with a hash where an address can't spell all of it."""
    parts = tuple(re.sub(r"\*", "wildcard", host).split("."))
    return parts if re.fullmatch(r"[a-z0-9.]*", host) else (*parts, sha256(host.encode()).hexdigest()[:6])
