"""The listener rules of a service: hosts and paths, and the order in which the load balancer tries them.

The more specific comes first: a host before a wildcard, a wildcard with more labels before one with fewer, both before
any host; and among those, the longer path.
"""

import re
from collections.abc import Iterator
from hashlib import sha256
from typing import NamedTuple

from modules.facts.load_balancer import CONDITION_VALUES
from modules.schema.patterns import ROUTE_SEGMENTS
from modules.spec.model import Service

# A path with more segments comes first. Each depth has a band of priorities; the root's is what is left of 50,000.
MAX_SEGMENTS = ROUTE_SEGMENTS
_BAND, _WIDE_DEPTHS = 6000, 4
_ROOT = MAX_SEGMENTS * _BAND + 1
# Deeper paths are rare: their bands are narrow, and what is before them is for hosts.
_DEEP, _DEEP_BAND = 20_000, 1000
_HOST_BAND = 1600
_WILDCARDS, _WILDCARD_BAND = 14_400, 200
_LABELS = (2, 3, 4)  # behind the star; more are as good as four

WILDCARD = "*."
_HOSTS = "hosts"


class Rule(NamedTuple):
    """A rule: requests for one of these hosts, or for any where there is none, and for the path and all below it."""

    path: str
    hosts: tuple[str, ...]
    priority: int
    address: tuple[str, ...]

    @property
    def patterns(self) -> list[str]:
        """Its path patterns; none where the hosts alone say all."""
        return [] if self.hosts and self.path == "/" else patterns(self.path)

    @property
    def text(self) -> str:
        """Host and path, for people."""
        return self.path if not self.hosts else f"{self.hosts[0]}{self.path}" if len(self.hosts) == 1 else self._many

    @property
    def _many(self) -> str:
        return f"{', '.join(self.hosts)}: {self.path}"


def rules(name: str, service: Service) -> list[Rule]:
    """The rules of a service; a declared `priority` holds for the first, and counts up from there.

    A rule takes five values of conditions, so many hosts are several rules. Of these the first of each path are counted
    first: another host at the end changes the number of no other rule.
    """
    found = sorted(_rules(name, service), key=lambda numbered: numbered[0])
    if service.priority is None:
        return [rule for _, rule in found]
    return [rule._replace(priority=service.priority + index) for index, (_, rule) in enumerate(found)]


def _rules(name: str, service: Service) -> Iterator[tuple[tuple[int, int], Rule]]:
    first = (*service.renamed_from, name)[0]
    for index, path in enumerate(service.path):
        if not service.host:
            yield (0, index), Rule(path, (), priority(path), address(path))
        for turn, (key, hosts) in enumerate(_chunks(path, service.host)):
            number = _among_hosts(f"{first} {path} {key}", path, hosts[0])
            yield (turn, index), Rule(path, hosts, number, address(path) if key == _HOSTS else _address(path, key))


def _chunks(path: str, hosts: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Hosts that fit one rule, in the order of the file, by the name of their kind and, from the second, a number."""
    room = CONDITION_VALUES - (0 if path == "/" else len(patterns(path)))
    kinds: dict[str, list[str]] = {}
    for host in sorted(hosts, key=lambda one: -_labels(one)):
        kinds.setdefault(f"wildcard-{_labels(host)}" if host.startswith(WILDCARD) else _HOSTS, []).append(host)
    for kind, alike in kinds.items():
        for start in range(0, len(alike), room):
            yield kind if start == 0 else f"{kind}-{start // room + 1}", tuple(alike[start : start + room])


def _labels(host: str) -> int:
    """Labels behind the star of a wildcard, as far as they count; more than any of them for a host without one."""
    return min(host.count("."), _LABELS[-1]) if host.startswith(WILDCARD) else _LABELS[-1] + 1


def _among_hosts(key: str, path: str, host: str) -> int:
    """By a hash of what is for life: the first name of the service, the path and the kind of host, and not the host."""
    depth = MAX_SEGMENTS - segments(path)
    if not host.startswith(WILDCARD):
        return depth * _HOST_BAND + 1 + _hash(key) % _HOST_BAND
    band = (_LABELS[-1] - _labels(host)) * (MAX_SEGMENTS + 1) + depth
    return _WILDCARDS + band * _WILDCARD_BAND + 1 + _hash(key) % _WILDCARD_BAND


def segments(path: str) -> int:
    """How deep a path is; that of "/" is 0."""
    return len([part for part in path.split("/") if part])


def priority(path: str) -> int:
    """Priority of the rule of a path for any host, from 1 to 50,000: the band of its depth and a hash within it."""
    depth = segments(path)
    if depth == 0:
        return _ROOT
    if depth > _WIDE_DEPTHS:
        return _DEEP + (MAX_SEGMENTS - depth) * _DEEP_BAND + 1 + _hash(path) % _DEEP_BAND
    return (MAX_SEGMENTS - depth) * _BAND + 1 + _hash(path) % _BAND


def _hash(text: str) -> int:
    return int(sha256(text.encode()).hexdigest(), 16)


def covers(outer: str, host: str) -> bool:
    """Whether a host, or a wildcard, is among those of a wildcard; for the load balancer, at any depth."""
    return outer.startswith(WILDCARD) and host != outer and host.endswith(outer.removeprefix("*"))


def patterns(path: str) -> list[str]:
    """Patterns of a listener rule: the path itself, and all paths below it."""
    return ["/*"] if path == "/" else [path, f"{path}/*"]


def address(path: str) -> tuple[str, ...]:
    """Parts of the address of the rule of a path, with a hash where an address can't spell all of it."""
    parts = tuple(part for part in path.split("/") if part)
    if re.fullmatch(r"[a-z0-9/]*", path):
        return parts
    return (*parts, sha256(path.encode()).hexdigest()[:6])


def _address(path: str, key: str) -> tuple[str, ...]:
    """Likewise of a further rule of the path, with a hash that no path spells."""
    parts = tuple(part for part in path.split("/") if part)
    return (*parts, *key.split("-"), sha256(f"{path} {key}".encode()).hexdigest()[:6])
