"""No two resources of a system ask for one AWS name, whatever its services are called."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from modules.permissions import KINDS
from modules.spec.reserved_names import SERVICES as RESERVED
from modules.stacks import PLATFORM
from tests.support.random_specs import System
from tests.support.run_synth import shipped
from tests.synth.conftest import Built, stack

# Names within another resource: no other can have the same.
INNER = {"aws_iam_role_policy", "aws_route53_record", "helm_release"}


def _names(built: Built, stacks: Iterable[str]) -> Iterator[tuple[str, str]]:
    for name in stacks:
        for kind, resources in stack(built, name)["resource"].items():
            for resource in resources.values():
                for key in (
                    "name",
                    "alarm_name",
                    "bucket",
                    "cluster_identifier",
                    "identifier",
                    "policy_name",
                    "user_id",
                ):
                    value = resource.get(key)
                    if kind not in INNER and isinstance(value, str) and not value.startswith("${"):
                        yield kind, value


def test_no_service_can_be_called_as_the_platform_calls_something(
    built: Built, build_system: Callable[[System], Built]
) -> None:
    names = {
        re.split(r"[/$]", name.removeprefix("shop-"))[-1 if "/" in name else 0] for _, name in _names(built, PLATFORM)
    }
    words = sorted({name.rstrip("-") for name in names} - {*RESERVED})
    services = {
        word: {"path": f"/{word}", "aws": ["s3"]} for word in words if re.fullmatch(r"(?!kube-)[a-z-]{1,45}", word)
    }
    assert len(services) > 10
    larger = build_system(shipped() | {"services": services})
    counts = Counter(_names(larger, json.loads(larger["manifest.json"])["stacks"]))
    assert [name for name, count in counts.items() if count > 1] == []


def test_a_service_can_be_called_as_another_with_an_ending_that_no_rule_refuses(
    build_system: Callable[[System], Built],
) -> None:
    aws = {word: dict(kind.example) for word, kind in KINDS.items() if word != "ses"}
    services = {
        name: {"path": f"/{name}", "aws": aws} for name in ("a", "a-database", "a-network", "a-trust", "a-logs")
    }
    built = build_system({"project": "shop", "region": "eu-west-1", "services": services})
    counts = Counter(_names(built, json.loads(built["manifest.json"])["stacks"]))
    assert [name for name, count in counts.items() if count > 1] == []
