"""A system that is public and runs elsewhere, as its services.yaml describes it here, and what is generated for it."""

import json
import re
from collections.abc import Callable
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from modules.checks.check import check
from modules.spec.model import Spec
from modules.synth.build import build
from tests.support.built_files import Built, Json, stack
from tests.unit.conftest import TODAY

FOLDER = Path(__file__).parent
NAMES = sorted(file.stem for file in FOLDER.glob("*.yaml"))


class System:
    """The generated files, read when they are asked for; an AssertionError has the mistakes, where there are any."""

    def __init__(self, name: str) -> None:
        checked = check(FOLDER / f"{name}.yaml", TODAY)
        assert checked.spec is not None, "\n".join(checked.render(problem) for problem in checked.mistakes)
        self.spec: Spec = checked.spec
        self.environments = checked.further
        self.warnings = {problem.code for problem in checked.warnings}

    @cached_property
    def files(self) -> Built:
        return build(self.spec, further=self.environments.values())

    @property
    def stacks(self) -> set[str]:
        return set(json.loads(self.files["manifest.json"])["stacks"])

    def values(self, service: str) -> Json:
        """Of the release of its pods."""
        return self._values(f"stacks/{service}/values.yaml")

    def network(self, service: str) -> Json:
        """Of the release with its names, ports and secrets."""
        return self._values(f"stacks/{service}/network.values.yaml")

    def database_users(self) -> Json:
        """Of the job that makes users and passwords."""
        return self._values("stacks/platform/database-users.values.yaml")

    def resources(self, name: str, kind: str) -> dict[str, Any]:
        """Of a stack, by the last part of their address."""
        found: dict[str, Any] = stack(self.files, name).get("resource", {}).get(kind, {})
        return found

    def env(self, service: str) -> dict[str, str]:
        """Variables that the container gets as text."""
        return {one["name"]: one["value"] for one in self.values(service).get("env", [])}

    def secret_variables(self, service: str) -> list[str]:
        """Variables that the container gets from Secrets Manager."""
        return list(self.values(service).get("secrets", {}).get("variables", []))

    def secret_files(self, service: str) -> dict[str, Json]:
        """Path of each file with a secret value -> where the value is."""
        values = {one["name"]: one for one in self.network(service).get("secrets", {}).get("values", [])}
        return {one["path"]: values[one["key"]] for one in self.values(service).get("secrets", {}).get("files", [])}

    def names(self, service: str) -> dict[str, str]:
        """Short names that its pods can use -> the hosts behind them."""
        return dict(self.network(service).get("names", {}))

    def ports(self, service: str) -> dict[int, int]:
        """What others can call -> the container's port behind it."""
        network, values = self.network(service), self.values(service)
        named = {"http": values["port"], **{one["name"]: one["port"] for one in values.get("ports", [])}}
        return {network["port"]: values["port"]} | {
            one["port"]: named[one["target"]] for one in network.get("ports", [])
        }

    def egress(self, service: str) -> list[tuple[str, int, int]]:
        """Whereto its pods may connect by address: the range, the first port and the last."""
        rules = self.resources(service, "aws_vpc_security_group_egress_rule").values()
        return [(one["cidr_ipv4"], one["from_port"], one["to_port"]) for one in rules if "cidr_ipv4" in one]

    def open_ports(self, caller: str, callee: str) -> set[int]:
        """Ports of the callee's pods that the groups of both let through."""
        both = []
        for way, mine, other in (("egress", caller, callee), ("ingress", callee, caller)):
            rules = self.resources(caller, f"aws_vpc_security_group_{way}_rule").values()
            both.append(
                {
                    one["from_port"]
                    for one in rules
                    if f'["{mine}"]' in one["security_group_id"]
                    and f'["{other}"]' in one.get("referenced_security_group_id", "")
                }
            )
        return both[0] & both[1]

    def seconds_to_start(self, service: str) -> int:
        """That a container has before Kubernetes ends it."""
        probe = self.values(service)["probes"]["startup"]
        return int(probe["periodSeconds"]) * int(probe["failureThreshold"])

    def _values(self, path: str) -> Json:
        # As templatefile does: the text of an expression that is doubled.
        text = self.files[path].decode().replace("$${", "${")
        values: Json = YAML(typ="safe", pure=True).load(text)
        return values


Needs = dict[str, Callable[[System], None]]
Left = tuple[str, ...]
"""What a system needs and services.yaml has no word for."""


@cache
def system(name: str) -> System:
    """Made once a run."""
    return System(name)


def references(text: str) -> set[str]:
    """Variables that Kubernetes replaces in a value."""
    return set(re.findall(r"(?<!\$)\$\(([A-Za-z_]\w*)\)", text))
