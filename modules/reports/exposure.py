"""What whoever runs code in a pod of a service can reach, call, read and assume, and what not: a page in Markdown.

Connections are those of design/connectivity.py, and permissions what IAM answers to the policies of generated/.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from modules.access.granted import UNLESS, Granted, Ways
from modules.design import connectivity
from modules.design.connectivity import EVERY_SERVICE, STORES, Edge
from modules.iam.evaluation import Caller
from modules.spec.model import Spec

Stacks = Mapping[str, Mapping[str, Any]]
_TLS = ("Bool", "aws:SecureTransport")
_HEAD = """\
# A pod that somebody else controls

`main.py exposure` writes this page from `services.yaml`, and compares it with `--check`. It is what code in a pod of
each service can do by the network and with its role, whatever the program in it was meant to do."""


class Exposure:
    """Of the services of a system; `stacks` are its configurations by name."""

    def __init__(self, spec: Spec, stacks: Stacks) -> None:
        self.spec, self._granted = spec, Granted(stacks)
        self._edges = list(connectivity.edges(spec))
        self._known = self._granted.known
        self._roles = {one.name.rpartition("/")[2]: one for one in self._granted.callers if ":role/" in one.name}

    def caller(self, service: str) -> Caller:
        """The role of its pods."""
        return self._roles[self.spec.names.role(service)]

    def reached(self, service: str) -> list[Edge]:
        """Connections that its pods can open."""
        return [one for one in self._edges if one.source in (service, EVERY_SERVICE)]

    def unreached(self, service: str) -> list[str]:
        """Other services, stores, and the internet, where no connection leads."""
        found = {one.target for one in self.reached(service)}
        others = [name for name in self.spec.services if name != service]
        return [one for one in (*others, *self._stores(), connectivity.INTERNET) if one not in found]

    def calls(self, service: str) -> dict[str, dict[str, Ways]]:
        """Target -> action -> the ways in which it is allowed; what is allowed nowhere is left out."""
        caller = self.caller(service)
        targets = sorted(self._granted.targets(caller, self._known))
        return {one: ways for one in targets if (ways := self._granted.allowed(caller, one))}

    def untouched(self, service: str) -> dict[str, list[str]]:
        """Stack -> resources of it with an ARN, on which the role may do nothing at all."""
        caller, called = self.caller(service), self.calls(service)
        found: dict[str, list[str]] = defaultdict(list)
        for arn, place in sorted(self._known.items()):
            inside = any(one == arn or one.startswith((f"{arn}/", f"{arn}:")) for one in called)
            if not inside and not self._granted.allowed(caller, arn):
                found[place.stack].append(f"{place.kind}.{place.name}")
        return dict(sorted(found.items()))

    def page(self) -> str:
        """All services, in the order of services.yaml."""
        return "\n\n".join((_HEAD, *map(self.part, self.spec.services))) + "\n"

    def part(self, service: str) -> str:
        """One service in words, without a line break at the end."""
        return "\n".join((f"## {service}", *self._can(service), *self._can_not(service)))

    def _stores(self) -> list[str]:
        there = {"rds": self.spec.database, "redis": self.spec.cache}
        return [store.title for word, store in STORES.items() if there[word]]

    def _can(self, service: str) -> Iterator[str]:
        rows = [(one.target, _ports(one), one.why) for one in self.reached(service)]
        yield from _table("What it can reach", ("target", "ports", "why"), rows)
        called = [
            (self._named(target), ", ".join(f"`{one}`" for one in sorted(actions)), _conditions(actions))
            for target, actions in self.calls(service).items()
        ]
        yield from _table("What it can call in AWS", ("on", "actions", "only if"), called)
        declared = self.spec.services[service]
        yield from ("", "### What it can read of itself", "")
        named = sorted({*declared.env})
        yield f"- its environment: what its permissions set{''.join(f', `{one}`' for one in named)}"
        values = sorted(declared.secrets)
        yield f"- values of secrets: {', '.join(f'`{one}`' for one in values) if values else 'none'}"
        yield f"- files: {', '.join(f'`{one}`' for one in sorted(declared.files)) or 'none'}"
        yield "- the token by which it assumes its role, which is good for a day at most, also outside of the pod"

    def _can_not(self, service: str) -> Iterator[str]:
        yield from ("", "### What it can't do", "")
        closed = self.unreached(service)
        yield f"- connect to: {', '.join([*closed, f'another pod of {service}'])}"
        yield "- log in to the Kubernetes API, which it can connect to: its pods have no token of Kubernetes"
        yield "- ask a metadata service of a machine (IMDS) for another role: Fargate has none"
        yield "- become root, or write to the image, unless `services.yaml` says `user: 0` or `writable:`"
        assumed = [one for one, ways in self.calls(service).items() if any(a.startswith("sts:Assume") for a in ways)]
        yield f"- assume another role: {', '.join(assumed) if assumed else 'no policy lets it'}"
        yield ""
        yield "On these resources of the system its role may do nothing:"
        yield ""
        for stack, resources in self.untouched(service).items():
            yield f"- `{stack}`: {', '.join(f'`{one}`' for one in resources)}"

    def _named(self, target: str) -> str:
        for arn in sorted(self._known, key=len, reverse=True):
            if target == arn or target.startswith((f"{arn}/", f"{arn}:")):
                place, rest = self._known[arn], target[len(arn) :]
                return f"`{place.kind}.{place.name}` in `{place.stack}`" + (f", below it `{rest[1:]}`" if rest else "")
        return f"`{target}`"


def _ports(edge: Edge) -> str:
    return ", ".join(str(first) if first == last else f"{first} to {last}" for first, last in edge.ports)


def _conditions(actions: Mapping[str, Ways]) -> str:
    """Those of all actions on a target; that a connection has TLS goes without saying."""
    found = {
        f"`{key}` {'is not' if test.startswith(UNLESS) else 'is'} {' or '.join(f'`{one}`' for one in values)}"
        for ways in actions.values()
        for way in ways
        for test, key, values in way
        if (test.removeprefix(UNLESS), key) != _TLS
    }
    return "; ".join(sorted(found))


def _table(title: str, head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    yield from ("", f"### {title}", "")
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield "| " + " | ".join(cell.replace("|", r"\|") for cell in row) + " |"
