"""No two resources of a system ask for one AWS name, whatever its services are called."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from modules.checks.check import check
from modules.naming import LIMITS, PLATFORM_ROLES, PLATFORM_STACKS
from modules.paths import ROOT
from modules.permissions import KINDS
from modules.spec.reserved_names import SERVICES as RESERVED
from modules.stacks import PLATFORM
from modules.synth.build import build
from tests.support.random_specs import System, render
from tests.support.run_synth import shipped
from tests.synth.conftest import Built, stack
from tests.unit.conftest import TODAY

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


def test_the_roles_of_the_platform_are_known_by_their_words() -> None:
    words: set[str] = set()
    for system, project in (("architecture", "shop"), ("everything", "whole"), ("deployer", "shop")):
        folders = [ROOT / "tests" / "golden" / system / "generated" / "stacks" / name for name in PLATFORM_STACKS]
        for file in [folder / "cdk.tf.json" for folder in folders if folder.exists()]:
            roles = json.loads(file.read_text(encoding="utf-8")).get("resource", {}).get("aws_iam_role", {})
            words |= {role["name"].removeprefix(f"{project}-") for role in roles.values()}
    assert words == {*PLATFORM_ROLES}
    assert words <= {*RESERVED}


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


# Terraform type -> the argument with its name, and its limit in LIMITS of modules/naming.py, which has the sources.
LONGEST = {
    "aws_lb": ("name", "load_balancer"),
    "aws_lb_target_group": ("name", "target_group"),
    "aws_iam_role": ("name", "role"),
    "aws_elasticache_replication_group": ("replication_group_id", "replication_group"),
    "aws_elasticache_user": ("user_id", "redis_user"),
    "aws_redshiftserverless_namespace": ("namespace_name", "redshift"),
    "aws_redshiftserverless_workgroup": ("workgroup_name", "redshift"),
    "aws_athena_workgroup": ("name", "athena"),
    "aws_security_group": ("name", "security_group"),
    "aws_rds_cluster": ("cluster_identifier", "aurora"),
    "aws_sqs_queue": ("name", "queue"),
    "aws_sesv2_configuration_set": ("configuration_set_name", "configuration_set"),
}


def test_names_with_the_longest_environment_and_project_are_as_long_as_aws_takes(tmp_path: Path) -> None:
    longest = "a" * 45
    system = shipped() | {"project": "a-project-of-20-char"}
    services = {
        longest: {
            **next(iter(system["services"].values())),
            "path": "/longest",
            "aws": {"sqs": {}, "redshift": {}, "redis": {}},
        }
    }
    senders = {"notification-service": {"aws": {"ses": {"from": "no-reply@dev.example.com"}}}}
    system |= {"services": system["services"] | services, "environments": {"longest-name": {"services": senders}}}
    file = tmp_path / "services.yaml"
    file.write_text(render(system), encoding="utf-8")
    checked = check(file, TODAY)
    assert checked.further, [checked.render(one) for one in checked.mistakes]
    built = build(checked.specs[0], further=checked.specs[1:])
    stacks = [name for name in json.loads(built["manifest.json"])["stacks"] if name.startswith("longest-name-")]
    found = Counter[str]()
    for name in stacks:
        for kind, (key, limit) in LONGEST.items():
            for resource in stack(built, name)["resource"].get(kind, {}).values():
                assert resource[key].startswith("a-project-of-20-char-longest"[:24]), resource[key]
                assert len(resource[key]) <= LIMITS[limit], resource[key]
                found[kind] += 1
        for bucket in stack(built, name)["resource"].get("aws_s3_bucket", {}).values():
            called = bucket["bucket"].replace("${data.aws_caller_identity.current.account_id}", "111122223333")
            assert len(called) <= LIMITS["bucket"], called
    assert found.keys() == LONGEST.keys()
