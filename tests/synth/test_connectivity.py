"""Nobody reaches more than services.yaml says: computed from the generated security groups, held against the file."""

import json
import re
from collections.abc import Callable
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given

from modules.design import connectivity
from modules.facts import vpc
from modules.reports import matrix
from modules.spec.model import Spec
from modules.synth.build import build
from tests.support import random_specs
from tests.support.random_specs import System
from tests.support.run_synth import shipped
from tests.support.security_group_graph import MEMBERS, THEIR_VPC, Edge, Landscape
from tests.support.tiers import sampled
from tests.synth.conftest import Built, Json, spec_of, stack

Build = Callable[[System], Built]
STORES = {"rds": ("Aurora", 5432), "redis": ("Redis", 6379)}


def _edges(built: Built, system: System) -> set[Edge]:
    return Landscape(built).edges(list(system["services"]))


def _inside(edges: set[Edge]) -> set[Edge]:
    return {edge for edge in edges if "internet" not in edge}


def _declared(system: System) -> set[Edge]:
    """What the file says of connections inside, read as plainly as a person would."""
    services = {name: service or {} for name, service in system["services"].items()}
    endpoints = system.get("network", {}).get("endpoints", list(vpc.SEED_ENDPOINTS))
    edges: set[Edge] = set()
    for name, service in services.items():
        edges |= {
            (name, "control plane", "tcp", "53"),
            (name, "control plane", "udp", "53"),
            (name, "control plane", "tcp", "443"),
        }
        edges |= {("control plane", name, "tcp", "10250")}
        if "auto" in endpoints or set(endpoints) - {"s3", "dynamodb"}:
            edges |= {(name, "private endpoints", "tcp", "443")}
        if "auto" in endpoints or "s3" in endpoints:
            edges |= {(name, "s3", "tcp", "443")}
        words = service.get("aws", [])
        if "dynamodb" in words and ("auto" in endpoints or "dynamodb" in endpoints):
            edges |= {(name, "dynamodb", "tcp", "443")}
        if service.get("path"):
            balancer = f"load balancer {service.get('load_balancer', '')}".rstrip()
            edges |= {(balancer, name, "tcp", ports) for ports in ("1-10249", "10251-65535")}
        edges |= {(name, store, "tcp", str(port)) for word, (store, port) in STORES.items() if word in words}
        for other in service.get("calls", []):
            listening = {services[other].get("port", 8080), *services[other].get("ports", {}).values()}
            edges |= {(name, other, "tcp", str(port)) for port in listening}
    # Who may leave to anywhere gets to the load balancers as others do.
    ranges = _declared_ranges(system)
    leave = {(who, port) for who, way, _, port in ranges if way == f"to {ANYWHERE}"}
    doors = {(who, port) for who, _, _, port in ranges if who.startswith("load balancer")}
    return edges | {(who, door, "tcp", port) for who, port in leave for door, open_ in doors if port == open_}


def _balancers(system: System) -> dict[str, Any]:
    """Load balancers of the system's own, by how people call them."""
    further = {f"load balancer {name}": one or {} for name, one in system.get("load_balancers", {}).items()}
    found = {"load balancer": system.get("load_balancer", {}), **further}
    return {name: one for name, one in found.items() if one != "none" and "listener_arn" not in one}


# The words of private endpoints that calls of each word under `aws:` take.
ENDPOINTS = {
    **{word: {word} for word in ("s3", "sqs", "sns", "dynamodb", "kms", "ses", "athena", "glue")},
    "rds": set(),
    "redis": set(),
    "secrets": {"secretsmanager"},
    "cloudwatch": {"monitoring", "logs"},
    "redshift": {"redshift-data", "redshift-serverless"},
}
PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
ANYWHERE = "0.0.0.0/0"


def _declared_ranges(system: System) -> set[Edge]:
    """What the file says of addresses, likewise: who admits which, and who may connect to which."""
    network = system.get("network", {})
    own = [network.get("cidr", "10.0.0.0/16"), *network.get("secondary_cidrs", {})]
    ranges = [THEIR_VPC] if "vpc_id" in network else own
    admitted = system.get("cluster", {}).get("api_access", [])
    inside = [one for one in admitted if any(IPv4Network(one).subnet_of(IPv4Network(private)) for private in PRIVATE)]
    found = {("control plane", f"from {one}", "tcp", "443") for one in (*ranges, *inside)}
    endpoints = _listed(network.get("endpoints", list(vpc.SEED_ENDPOINTS)))
    if "vpc_id" not in network and ("auto" in endpoints or {*endpoints} - {"s3", "dynamodb"}):
        found |= {("private endpoints", f"from {one}", "tcp", "443") for one in ranges}
    ports = {"80", "443"} if "certificate_arn" in system or "domain" in system else {"80"}
    for name, balancer in _balancers(system).items():
        sources = PRIVATE if balancer.get("private") else (ANYWHERE,)
        found |= {(name, f"from {one}", "tcp", port) for one in sources for port in ports}
    for name, service in system["services"].items():
        found |= {(name, f"to {one}", "tcp", port) for one, port in _ways_out(service or {}, system, {*endpoints})}
    return found


def _ways_out(service: Any, system: System, endpoints: set[str]) -> set[tuple[str, str]]:
    egress = service.get("egress", [])
    opened = [{} if one == "internet" else one for one in (egress if isinstance(egress, list) else [egress])]
    found = {
        (to, str(port))
        for one in opened
        for to in _listed(one.get("to", ANYWHERE))
        for port in _listed(one.get("ports", 443))
    }
    containers = [service, *service.get("sidecars", {}).values(), *service.get("init", {}).values()]
    images = [one["image"] for one in containers if "image" in one] if "image" in service else []
    # Until there is an image, pods run the placeholder.
    images += [] if images else [f"{system.get('image_mirror', 'registry.example.com')}/placeholder"]
    from_ecr = [one for one in images if "/" not in one or ".dkr.ecr.eu-west-1." in one]
    words = {*service.get("aws", []), *(["secrets"] if "own" in service.get("secrets", {}).values() else [])}
    needed = {"logs", "sts", *(("ecr-api", "ecr-dkr", "s3") if from_ecr else ())}.union(*map(ENDPOINTS.get, words))  # type: ignore[arg-type]
    if len(from_ecr) < len(images) or not ("auto" in endpoints or needed <= endpoints):
        found.add((ANYWHERE, "443"))
    return found


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _changed(**changes: Any) -> System:
    """The shipped system with changes of its services."""
    system = shipped()
    for name, change in changes.items():
        system["services"][name.replace("_", "-")] |= change
    return system


THEIR_SUBNETS = {
    "public_subnet_ids": [f"subnet-0a1b2c3d4e5f6010{number}" for number in range(3)],
    "private_subnet_ids": [f"subnet-0a1b2c3d4e5f6020{number}" for number in range(3)],
}
VARIATIONS = {
    "as shipped": _changed(),
    "one more with Redis": _changed(payment_service={"aws": ["redis", "kms"]}),
    "one less with Aurora": _changed(user_service={"aws": ["s3"]}),
    "a call": _changed(order_service={"calls": ["payment-service"]}, payment_service={"port": 9090}),
    "a path": _changed(analytics_service={"path": "/reports", "port": 3000}),
    "no path": _changed(**{name.replace("-", "_"): {"path": []} for name in shipped()["services"]}),
    "private ways to all": shipped() | {"network": {"endpoints": "auto"}},
    "no private way": shipped() | {"network": {"endpoints": []}},
    "a private load balancer, and ways out": _changed(
        user_service={"egress": ["internet", {"to": "203.0.113.0/24", "ports": [9092, 587]}], "image": "v1"}
    )
    | {"load_balancer": {"private": True}, "cluster": {"api_access": ["10.8.0.0/16", "8.8.8.0/24"]}},
    "three load balancers": _changed(
        order_service={
            "load_balancer": "internal",
            "host": "orders.example.com",
            "image": "v1",
            "egress": {"ports": 80},
        },
        user_service={"load_balancer": "partners", "host": "users.example.com"},
    )
    | {"load_balancers": {"internal": {"private": True}, "partners": {}}},
    "a network of others, and HTTPS": shipped()
    | {
        "certificate_arn": "arn:aws:acm:eu-west-1:111122223333:certificate/a",
        "network": {
            "vpc_id": "vpc-0a1b2c3d4e5f60718",
            "endpoints": ["s3", "dynamodb", "sts", "logs"],
            **THEIR_SUBNETS,
        },
    },
    "a network of others without endpoints": _changed()
    | {"network": {"vpc_id": "vpc-0a1b2c3d4e5f60718", "endpoints": [], **THEIR_SUBNETS}},
    "load balancers of others": _changed(payment_service={"load_balancer": "other", "host": "pay.example.com"})
    | {"load_balancer": {"listener_arn": random_specs.LISTENER}}
    | {"load_balancers": {"other": {"listener_arn": random_specs.LISTENER.replace("shared", "other")}, "own": {}}},
}


@pytest.mark.parametrize("system", VARIATIONS.values(), ids=VARIATIONS.keys())
def test_groups_admit_what_the_file_declares_and_nothing_else(build_system: Build, system: System) -> None:
    _compare(build_system(system), system)


def _compare(built: Built, system: System) -> None:
    assert _inside(_edges(built, system)) == _declared(system)
    assert Landscape(built).ranges(list(system["services"])) == _declared_ranges(system)


@pytest.mark.parametrize(
    ("name", "old", "new", "found"),
    [
        ("network", '"cidr_ipv4": "10.0.0.0/16"', '"cidr_ipv4": "0.0.0.0/0"', ("private endpoints", "from 0.0.0.0/0")),
        ("edge", '"to_port": 80', '"to_port": 8080', ("load balancer", "from 0.0.0.0/0", "80-8080")),
        ("user-service", '"cidr_ipv4": "0.0.0.0/0"', '"cidr_ipv4": "0.0.0.0/1"', ("user-service", "to 0.0.0.0/1")),
    ],
)
def test_a_wrong_range_is_found(built: Built, name: str, old: str, new: str, found: tuple[str, ...]) -> None:
    path = f"stacks/{name}/cdk.tf.json"
    text = built[path].decode()
    assert text.count(old) == 1
    wrong = Landscape({**built, path: text.replace(old, new).encode()}).ranges(list(shipped()["services"]))
    assert [one for one in wrong - _declared_ranges(shipped()) if not {*found} - {*one}]


# Without shrinking: each example is a build.
@sampled(
    gate=6,
    minutes=5,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(random_specs.valid())
def test_groups_of_any_system_admit_what_its_file_declares(tmp_path: Path, system: System) -> None:
    _compare(build(spec_of(system, tmp_path)), system)


@pytest.fixture(scope="module")
def edges(built: Built) -> set[Edge]:
    return _edges(built, shipped())


def test_stores_are_reached_by_those_who_declare_them_only(edges: set[Edge]) -> None:
    for word, (store, port) in STORES.items():
        users = {name for name, service in shipped()["services"].items() if word in service["aws"]}
        assert {edge for edge in edges if edge[1] == store} == {(name, store, "tcp", str(port)) for name in users}


def test_pods_reach_neither_their_like_nor_another_service_that_they_do_not_call(edges: set[Edge]) -> None:
    services = shipped()["services"]
    called = {(name, other) for name, service in services.items() for other in service.get("calls", [])}
    assert {(source, target) for source, target, *_ in edges if {source, target} <= set(services)} == called


def test_the_internet_reaches_the_load_balancer_only(edges: set[Edge]) -> None:
    assert {edge[1:] for edge in edges if edge[0] == "internet"} == {("load balancer", "tcp", "80")}


def test_nobody_leaves_to_the_internet_but_services_by_https(edges: set[Edge]) -> None:
    leaving = {edge for edge in edges if edge[1] == "internet"}
    assert leaving == {(name, "internet", "tcp", "443") for name in shipped()["services"]}


def test_a_way_to_the_internet_says_its_reason_and_is_closed_without_one(build_system: Build) -> None:
    services = {"open": {"aws": ["sqs"]}, "closed": {"image": "v1", "aws": ["s3", "sqs", "dynamodb", "redis", "rds"]}}
    system = shipped() | {"network": {"endpoints": "auto"}, "services": services}
    built = build_system(system)
    assert {edge for edge in _edges(built, system) if edge[1] == "internet"} == {("open", "internet", "tcp", "443")}
    rule = stack(built, "open")["resource"]["aws_vpc_security_group_egress_rule"]["open_internet"]
    assert rule["description"] == "HTTPS to the internet: image from a public registry (placeholder)"


def test_addresses_alone_let_in_to_the_api_and_the_endpoints_only(build_system: Build) -> None:
    built = build_system(shipped() | {"cluster": {"api_access": ["10.8.0.0/16", "8.8.8.8/32"]}})
    landscape = Landscape(built)
    ranges = {
        (str(rule.other), rule.group, rule.ports) for rule in landscape.into if isinstance(rule.other, IPv4Network)
    }
    assert ranges == {
        ("0.0.0.0/0", ("edge", "load_balancer"), (80, 80)),
        ("10.0.0.0/16", ("network", "endpoints"), (443, 443)),
        ("10.0.0.0/16", landscape.cluster, (443, 443)),
        ("10.8.0.0/16", landscape.cluster, (443, 443)),
    }


def _resources(built: Built) -> list[tuple[str, Json]]:
    landscape = Landscape(built)
    kinds = {kind for content in landscape.stacks.values() for kind in content["resource"]}
    return [(kind, resource) for kind in sorted(kinds) for _, _, resource in landscape.resources(kind)]


def test_no_rule_is_written_inside_a_group_or_in_the_old_form(built: Built) -> None:
    for kind, resource in _resources(built):
        assert kind != "aws_security_group_rule"
        assert kind != "aws_security_group" or not {"ingress", "egress"} & set(resource)


def test_nothing_is_a_member_of_a_group_that_was_not_looked_at(built: Built) -> None:
    for kind, resource in _resources(built):
        if "rule" not in kind and kind not in MEMBERS:
            given = {key: value for key, value in resource.items() if key != "depends_on"}
            assert "security_group" not in str(given), f"{kind} has groups: add it to MEMBERS"


def test_descriptions_are_such_as_ec2_accepts(built: Built) -> None:
    for kind, resource in _resources(built):
        if kind.startswith(("aws_security_group", "aws_vpc_security_group")):
            assert re.fullmatch(r"[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]{1,255}", resource["description"])


def test_the_longest_reason_fits_into_a_description(build_system: Build) -> None:
    every = [
        "s3",
        "rds",
        "redis",
        "secrets",
        "sqs",
        "sns",
        "dynamodb",
        "kms",
        "cloudwatch",
        "athena",
        "glue",
        "redshift",
    ]
    system = shipped() | {"network": {"endpoints": []}, "services": {"a": {"aws": every}}}
    test_descriptions_are_such_as_ec2_accepts(build_system(system))


def test_a_called_service_learns_nothing_of_its_callers(built: Built, build_system: Build) -> None:
    system = _changed(user_service={"calls": ["payment-service"]})
    assert stack(build_system(system), "payment-service") == stack(built, "payment-service")


def test_two_services_can_call_each_other(build_system: Build) -> None:
    system = _changed(user_service={"calls": ["payment-service"]}, payment_service={"calls": ["user-service"]})
    built = build_system(system)
    assert _inside(_edges(built, system)) == _declared(system)
    manifest = json.loads(built["manifest.json"])["stacks"]
    assert "payment-service" not in manifest["user-service"]["dependencies"]


def test_another_port_changes_no_rule_between_the_load_balancer_and_the_pods(build_system: Build) -> None:
    """Otherwise a plan would close the old pods' port before the new ones are there."""
    rules = [
        stack(build_system(_changed(user_service={"port": port})), "user-service")["resource"][
            "aws_vpc_security_group_ingress_rule"
        ]
        for port in (8080, 9090)
    ]
    assert rules[0] == rules[1]


def test_the_printed_matrix_says_what_the_groups_admit(spec: Spec, edges: set[Edge]) -> None:
    who = {one: ["control plane"] for one in ("CoreDNS", "Kubernetes API", "Kubernetes control plane")}
    who[connectivity.EVERY_SERVICE] = list(spec.services)
    printed = {
        (source, target, str(first) if first == last else f"{first}-{last}")
        for edge in connectivity.edges(spec)
        for first, last in edge.ports
        if edge.source != connectivity.VPC
        for source in who.get(edge.source, [edge.source])
        for target in who.get(edge.target, [edge.target])
    }
    assert printed == {(source, target, port) for source, target, _, port in edges}
    text = matrix.render(spec)
    assert re.search(r"user-service +Aurora +5432", text)
    assert re.search(r"notification-service +- .* own, from order-service ", text)
