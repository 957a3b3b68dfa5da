"""values.schema.json of both charts: every wrong value is refused, with its path, before anything reaches a cluster."""

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from tests.support import helm, image_references

ADDITIONAL = "additional properties 'typo' not allowed"
PATTERN = "does not match pattern"


def _of_secrets(chart: str, *cases: tuple[str, Any, str]) -> list[tuple[dict[str, Any], str]]:
    """Cases of the sample's secrets, which the sample values themselves do not have."""
    return [(helm.with_secrets(chart) | {path: value}, words) for path, value, words in cases]


SERVICE: list[tuple[dict[str, Any], str]] = [
    ({"service": None}, "missing property 'service'"),
    ({"service": "User"}, "'User' " + PATTERN),
    ({"service": "-a"}, "'-a' " + PATTERN),
    ({"service": "a" * 46}, "maxLength: got 46, want 45"),
    ({"port": "8080"}, "got string, want null or integer"),
    ({"port": 0}, "minimum: got 0, want 1"),
    ({"port": 65536}, "maximum: got 65,536, want 65,535"),
    ({"port": 10250}, "at '/port': 'not' failed"),
    ({"securityGroups": []}, "minItems: got 0, want 1"),
    ({"securityGroups": [f"sg-{n:017x}" for n in range(6)]}, "maxItems: got 6, want 5"),
    ({"securityGroups": ["sg-0123456789abcdef0"] * 2}, "items at 0 and 1 are equal"),
    ({"securityGroups": ["shop-pods"]}, "'shop-pods' " + PATTERN),
    ({"typo": 1}, ADDITIONAL),
]
NETWORK: list[tuple[dict[str, Any], str]] = [
    *_of_secrets(
        helm.NETWORK,
        ("secrets.name", "Shop", "'Shop' " + PATTERN),
        ("secrets.values", [], "minItems: got 0, want 1"),
        ("secrets.values.0.secret", "shop/secrets", PATTERN),
        ("secrets.values.0.version", None, "missing property 'version'"),
        ("secrets.values.0.key", "*", "'*' " + PATTERN),
        ("secrets.values.0.typo", 1, ADDITIONAL),
        ("secrets.typo", 1, ADDITIONAL),
    ),
    ({"names": {"Orders": "a.example.com"}}, "'Orders' does not match pattern"),
    ({"names": {"orders": "10.0.0.7"}}, PATTERN),
    ({"targetGroup": "arn:aws:…"}, "got string, want null or object"),
    ({"targetGroup.vpcId": None}, "missing property 'vpcId'"),
    ({"targetGroup.vpcId": "shop"}, "'shop' " + PATTERN),
    ({"targetGroup.arn": "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/a/b"}, PATTERN),
    ({"targetGroup.typo": 1}, ADDITIONAL),
    ({"targetGroup.name": "gRPC"}, "'gRPC' " + PATTERN),
    ({"ports": [{"name": "http", "port": 80, "target": "http"}]}, "'http' " + PATTERN),
    ({"ports": [{"name": "port-80", "port": 80, "target": "web"}]}, "'web' " + PATTERN),
    ({"ports": [{"name": "port-80", "port": 0, "target": "http"}]}, "minimum: got 0, want 1"),
    ({"ports.0.typo": 1}, ADDITIONAL),
]
FURTHER = {"name": "proxy", "image": "a/b:1", "cpu": "50m", "memory": "64Mi"}
JOB = {
    "name": "user-service-a",
    "schedule": "@daily",
    "timeZone": "Etc/UTC",
    "overlap": "Forbid",
    "deadlineSeconds": 60,
    "retries": 0,
    "cpu": "50m",
    "memory": "64Mi",
}
PODS: list[tuple[dict[str, Any], str]] = [
    ({"jobs": [JOB], "jobs.0.typo": 1}, ADDITIONAL),
    ({"jobs": [JOB | {"name": "a" * 53}]}, "maxLength: got 53, want 52"),
    ({"jobs": [JOB | {"overlap": "forbid"}]}, "value must be one of 'Allow', 'Forbid', 'Replace'"),
    ({"jobs": [JOB | {"deadlineSeconds": 29}]}, "minimum: got 29, want 30"),
    ({"jobs": [JOB | {"retries": 11}]}, "maximum: got 11, want 10"),
    ({"jobs": [{"name": "a"}]}, "missing properties 'schedule'"),
    ({"beforeDeploy": {"command": ["/a"], "timeoutSeconds": 60, "cpu": "5m", "memory": "5Mi", "typo": 1}}, ADDITIONAL),
    ({"beforeDeploy": {"command": [], "timeoutSeconds": 60, "cpu": "5m", "memory": "5Mi"}}, "minItems: got 0, want 1"),
    (
        {
            "beforeDeploy": {"command": ["/a"], "timeoutSeconds": 60, "cpu": "5m", "memory": "5Mi"},
            "beforeDeploy.typo": 1,
        },
        ADDITIONAL,
    ),
    ({"stopSeconds": 0}, "minimum: got 0, want 1"),
    ({"startSeconds": 61}, "maximum: got 61, want 60"),
    ({"image": None}, "missing property 'image'"),
    ({"image": "hashicorp/http-echo:latest"}, "at '/image': 'not' failed"),
    ({"command": "/server"}, "got string, want array"),
    ({"args": [8080]}, "got number, want string"),
    ({"user": "root"}, "got string, want integer"),
    ({"user": -1}, "minimum: got -1, want 0"),
    ({"writable": [{"path": "etc", "copied": True}]}, PATTERN),
    ({"writable": [{"path": "/etc/../x", "copied": True}]}, PATTERN),
    ({"writable": [{"path": "/etc"}]}, "missing property 'copied'"),
    ({"writable.0.typo": 1}, ADDITIONAL),
    ({"files": [{"path": "etc", "text": ""}]}, PATTERN),
    ({"files": [{"path": "/etc/a"}]}, "missing property 'text'"),
    ({"files.0.typo": 1}, ADDITIONAL),
    ({"storage": 10}, "minimum: got 10, want 20"),
    ({"storage": 176}, "maximum: got 176, want 175"),
    ({"pullSecret": "A"}, PATTERN),
    ({"sidecars": [FURTHER | {"name": "server"}]}, "'not' failed"),
    ({"sidecars": [{"name": "proxy", "image": "a/b:1", "cpu": "50m"}]}, "missing property 'memory'"),
    ({"init": [FURTHER | {"typo": 1}]}, ADDITIONAL),
    ({"init": [FURTHER | {"image": "a/b:latest"}]}, "'not' failed"),
    ({"init": [FURTHER | {"env": {"A": "b"}}]}, "got object, want array"),
    ({"labels": {"team": 7}}, "got number, want string"),
    ({"annotations": {"note": True}}, "got boolean, want string"),
    ({"probes.startup.httpGet.path": "healthz"}, PATTERN),
    ({"probes.startup.httpGet.path": "/a b"}, PATTERN),
    ({"probes.startup.httpGet": None}, "'oneOf' failed"),
    ({"probes.startup.exec": {"command": ["/ok"]}}, "'oneOf' failed"),
    ({"probes.startup.periodSeconds": 0}, "minimum: got 0, want 1"),
    ({"probes.typo": {}}, ADDITIONAL),
    ({"ports": [{"name": "port-9090", "port": 10250}]}, "'not' failed"),
    ({"ports": [{"name": "metrics", "port": 9090}]}, "'metrics' " + PATTERN),
    ({"ports.0.typo": 1}, ADDITIONAL),
    ({"unprivilegedPortStart": 1024}, "maximum: got 1,024, want 1,023"),
    ({"cpu": 1}, "got number, want string"),
    ({"cpu": "0.5"}, "'0.5' " + PATTERN),
    ({"memory": "768MB"}, "'768MB' " + PATTERN),
    ({"pods": 3}, "got number, want null or object"),
    ({"pods.min": -1}, "minimum: got -1, want 0"),
    ({"scale": {"cpu": 0}}, "minimum: got 0, want 1"),
    ({"scale": {"requests": 5}}, "additional properties 'requests' not allowed"),
    (
        {"triggers": [{"type": "kafka", "metadata": {"a": "b"}}]},
        "value must be one of 'aws-cloudwatch', 'aws-sqs-queue'",
    ),
    ({"triggers": [{"type": "cpu", "metadata": {"value": 5}}]}, "got number, want string"),
    ({"scale": {}, "scale.typo": 1}, ADDITIONAL),
    ({"triggers": [{"type": "cpu", "metadata": {"value": "5"}}], "triggers.0.typo": 1}, ADDITIONAL),
    ({"triggers": [{"type": "cpu"}]}, "missing property 'metadata'"),
    ({"pods.max": None}, "missing property 'max'"),
    ({"pods.max": 2.5}, "got number, want integer"),
    ({"pods.typo": 1}, ADDITIONAL),
    ({"serviceAccount": "User"}, PATTERN),
    ({"progressSeconds": "5m"}, "got string, want integer"),
    ({"drainSeconds": -1}, "minimum: got -1, want 0"),
    ({"drainSeconds": 3601}, "maximum: got 3,601, want 3,600"),
    ({"env": {"A": "b"}}, "got object, want array"),
    ({"env.1.value": 5432}, "at '/env/1/value': got number, want string"),
    ({"env.0.value": True}, "at '/env/0/value': got boolean, want string"),
    ({"env.0.value": None}, "missing property 'value'"),
    ({"env.0.name": "A-B"}, "'A-B' " + PATTERN),
    ({"env.0.typo": 1}, ADDITIONAL),
    *_of_secrets(
        helm.PODS,
        ("secrets.name", None, "missing property 'name'"),
        ("secrets.variables", ["A-B"], "'A-B' " + PATTERN),
        ("secrets.files.0.path", "key", "'key' " + PATTERN),
        ("secrets.files.0.typo", 1, ADDITIONAL),
        ("secrets.typo", 1, ADDITIONAL),
    ),
]
LOGIN = {
    "secret": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/web/logins-AbCdEf",
    "request": "",
    "database": {
        "users": ["shop_web__a", "shop_web__b"],
        "role": "shop_web__owner",
        "schema": "shop_web",
        "connections": 5,
    },
    "cache": {"user": "shop-web-password", "access": "on ~web:* -@all"},
}


def _of_logins(*cases: tuple[str, Any, str]) -> list[tuple[dict[str, Any], str]]:
    """Each changes one place of a login that is right."""
    return [({"logins": [deepcopy(LOGIN)], f"logins.0.{path}": value}, words) for path, value, words in cases]


USERS: list[tuple[dict[str, Any], str]] = [
    ({"users.0.name": "Shop"}, "'Shop' " + PATTERN),
    ({"users.0.name": 'a"b'}, PATTERN),
    ({"users.0.name": "a" * 57}, PATTERN),
    ({"users.0.name": "pg_shop"}, "at '/users/0/name': 'not' failed"),
    ({"users.0.name": "rds_superuser"}, "at '/users/0/name': 'not' failed"),
    ({"users.0.name": "postgres"}, "at '/users/0/name': 'not' failed"),
    ({"users.0.name": None}, "missing property 'name'"),
    ({"users.0.connections": 0}, "minimum: got 0, want 1"),
    ({"users.0.connections": "5"}, "got string, want integer"),
    ({"users.0.typo": 1}, ADDITIONAL),
    ({"users": []}, "minItems: got 0, want 1"),
    ({"database": "shop-db"}, PATTERN),
    ({"image": "aws-cli"}, PATTERN),
    ({"serviceAccount": ""}, PATTERN),
    ({"region": "Ireland"}, PATTERN),
    ({"clusterArn": "arn:aws:rds:eu-west-1:111122223333:db:shop"}, PATTERN),
    ({"secretArn": "shop/master"}, PATTERN),
    ({"secretArn": None}, "properties 'secretArn' required, if 'clusterArn' exists"),
    ({"database": None}, "properties 'database' required, if 'clusterArn' exists"),
    ({"typo": 1}, ADDITIONAL),
    *_of_logins(
        ("secret", "shop/web/logins", PATTERN),
        ("secret", None, "missing property 'secret'"),
        ("request", "a b", "'a b' " + PATTERN),
        ("typo", 1, ADDITIONAL),
        ("database.users", ["shop_web__a"], "minItems: got 1, want 2"),
        ("database.role", 'a"b', PATTERN),
        ("database.connections", 0, "minimum: got 0, want 1"),
        ("database.typo", 1, ADDITIONAL),
        ("cache.user", "shop_web", "'shop_web' " + PATTERN),
        ("cache.access", "off ~*", "'off ~*' " + PATTERN),
        ("cache.typo", 1, ADDITIONAL),
    ),
]
WATCHER: list[tuple[dict[str, Any], str]] = [
    ({"namespaces": []}, "minItems: got 0, want 1"),
    ({"namespaces": ["web", "web"]}, "items at 0 and 1 are equal"),
    ({"namespaces": ["Web"]}, "'Web' " + PATTERN),
    ({"metricsNamespace": "AWS/EKS"}, "'AWS/EKS' " + PATTERN),
    ({"everySeconds": 61}, "maximum: got 61, want 60"),
    ({"cpu": "1"}, "'1' " + PATTERN),
    ({"memory": "1Gi"}, "'1Gi' " + PATTERN),
    ({"image": "aws-cli"}, PATTERN),
    ({"serviceAccount": None}, "missing property 'serviceAccount'"),
    ({"region": "Ireland"}, PATTERN),
    ({"typo": 1}, ADDITIONAL),
]
TEAMS: list[tuple[dict[str, Any], str]] = [
    ({"teams": []}, "minItems: got 0, want 1"),
    ({"teams.0.name": "Orders"}, "'Orders' " + PATTERN),
    ({"teams.0.access": "admin"}, "value must be one of 'view', 'edit', 'deploy'"),
    ({"teams.0.namespaces": []}, "minItems: got 0, want 1"),
    ({"teams.0.namespaces": ["a", "a"]}, "items at 0 and 1 are equal"),
    ({"teams.0.namespaces": ["*"]}, "'*' " + PATTERN),
    ({"teams.0.typo": 1}, ADDITIONAL),
    ({"bounds": None}, "missing property 'bounds'"),
    ({"bounds.0.namespace": "*"}, "'*' " + PATTERN),
    ({"bounds.0.securityGroups": []}, "minItems: got 0, want 1"),
    ({"bounds.0.securityGroups": ['sg-"']}, PATTERN),
    ({"bounds.0.targetGroups": ["arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/"]}, PATTERN),
    ({"bounds.0.role": "arn:aws:iam::111122223333:role/*"}, PATTERN),
    ({"bounds.0.role": None}, "missing property 'role'"),
    ({"bounds.0.typo": 1}, ADDITIONAL),
    ({"typo": 1}, ADDITIONAL),
]
CASES: dict[str, list[tuple[dict[str, Any], str]]] = {
    helm.NETWORK: SERVICE + NETWORK,
    helm.PODS: SERVICE + PODS,
    helm.USERS: USERS,
    helm.WATCHER: WATCHER,
    helm.TEAMS: TEAMS,
}
WRONG = [(chart, *case) for chart, cases in CASES.items() for case in cases]


@pytest.mark.parametrize(("chart", "changes", "words"), WRONG, ids=str)
def test_a_wrong_value_is_refused(chart: str, changes: dict[str, Any], words: str) -> None:
    said = helm.refusal(chart, changes)
    assert "values don't meet the specifications of the schema" in said
    assert words in said


@pytest.mark.parametrize("chart", [helm.PODS, helm.USERS, helm.WATCHER])
def test_the_images_of_a_chart_are_those_of_services_yaml(chart: str) -> None:
    """tests/unit/test_mistakes.py gives the same references to services.yaml."""
    for image in image_references.ACCEPTED:
        assert image in helm.rendered(chart, {"image": image})
    for image in (*image_references.REFUSED, *image_references.TAGS):
        assert "at '/image'" in helm.refusal(chart, {"image": image}), image


@pytest.mark.parametrize("chart", helm.ALL)
def test_no_mapping_takes_keys_that_the_schema_does_not_name_and_every_wrong_key_has_a_case(chart: str) -> None:
    schema = json.loads((helm.CHARTS / chart / "values.schema.json").read_text())
    mappings = dict(_mappings("", schema))
    assert set(mappings.values()) == {False}
    tried = {path for one, changes, _ in WRONG if one == chart for path in changes}
    assert {f"{path}/typo" for path in mappings} == {f"/{path.replace('.', '/')}" for path in tried if "typo" in path}


def test_what_both_charts_of_a_service_take_has_one_schema() -> None:
    schemas = ((helm.CHARTS / chart / "values.schema.json").read_text() for chart in (helm.NETWORK, helm.PODS))
    ours, other = map(json.loads, schemas)
    for key in ("service", "port"):
        assert ours["properties"][key] == other["properties"][key]
    groups = [dict(schema["properties"]["securityGroups"], description="") for schema in (ours, other)]
    assert groups[0] == groups[1]


def _mappings(path: str, schema: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    if "object" in schema.get("type", ()):
        if not isinstance(schema.get("additionalProperties"), dict):  # else its keys are names
            yield path, schema.get("additionalProperties", True)
        for key, inner in schema.get("properties", {}).items():
            yield from _mappings(f"{path}/{key}", inner)
    elif schema.get("type") == "array":
        yield from _mappings(f"{path}/0", schema["items"])
