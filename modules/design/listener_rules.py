"""The priority of a path among the listener rules of a load balancer: nested paths come before their parents."""

import re
from hashlib import sha256

from modules.schema.patterns import ROUTE_SEGMENTS
from modules.spec.model import Service

# A path with more segments comes first. Each depth has a band of priorities; the root's is what is left of 50,000.
MAX_SEGMENTS = ROUTE_SEGMENTS
_BAND = 6000
_ROOT = MAX_SEGMENTS * _BAND + 1


def segments(path: str) -> int:
    """How deep a path is; that of "/" is 0."""
    return len([part for part in path.split("/") if part])


def priority(path: str) -> int:
    """Priority of the listener rule of a path, from 1 to 50,000: the band of its depth and a hash within it."""
    depth = segments(path)
    if depth == 0:
        return _ROOT
    return (MAX_SEGMENTS - depth) * _BAND + 1 + int(sha256(path.encode()).hexdigest(), 16) % _BAND


def priorities(service: Service) -> dict[str, int]:
    """Priority of each of the service's paths; a declared `priority` holds for the first, and counts up from there."""
    if service.priority is None:
        return {path: priority(path) for path in service.path}
    return {path: service.priority + index for index, path in enumerate(service.path)}


def patterns(path: str) -> list[str]:
    """Patterns of a listener rule: the path itself, and all paths below it."""
    return ["/*"] if path == "/" else [path, f"{path}/*"]


def address(path: str) -> tuple[str, ...]:
    """Parts of the address of the rule of a path, with a hash where an address can't spell all of it."""
    parts = tuple(part for part in path.split("/") if part)
    if re.fullmatch(r"[a-z0-9/]*", path):
        return parts
    return (*parts, sha256(path.encode()).hexdigest()[:6])
