"""Ports, protocols, stickiness and drain time: what the load balancer, the Service and the pods have of them."""

from collections.abc import Callable
from typing import Any

from ruamel.yaml import YAML

from modules.design import rollout
from modules.spec.document import Document
from modules.spec.parse import parse
from tests.support.random_specs import System
from tests.support.run_synth import shipped
from tests.synth.conftest import Built, Json, stack

Build = Callable[[System], Built]
DOMAIN = {"domain": "shop.example.com", "hosted_zone": "Z0123456789ABCDEFGHIJ"}
WEB = {"path": "/", "image": "v1"}


def _built(build_system: Build, **services: System) -> Built:
    return build_system(shipped() | DOMAIN | {"services": services})


def _group(files: Built) -> Json:
    (group,) = stack(files, "web")["resource"]["aws_lb_target_group"].values()
    return dict(group)


def _values(files: Built, service: str, file: str) -> Any:
    return YAML(typ="safe").load(files[f"stacks/{service}/{file}"].decode())


def test_others_call_a_port_that_the_container_does_not_have(build_system: Build) -> None:
    files = _built(build_system, carts={"image": "v1", "ports": {"80": 8080}}, web=WEB | {"calls": ["carts"]})
    network, pods = (_values(files, "carts", file) for file in ("network.values.yaml", "values.yaml"))
    assert (network["port"], network["ports"]) == (8080, [{"name": "port-80", "port": 80, "target": "http"}])
    assert (pods["port"], "ports" in pods) == (8080, False)
    rules = stack(files, "web")["resource"]["aws_vpc_security_group_egress_rule"]
    assert [rule["from_port"] for rule in rules.values() if rule["description"] == "carts"] == [8080]


def test_each_port_of_the_container_is_open_to_who_calls_it(build_system: Build) -> None:
    files = _built(
        build_system, otel={"image": "v1", "port": 4317, "ports": {"4318": 4318}}, web=WEB | {"calls": ["otel"]}
    )
    assert _values(files, "otel", "values.yaml")["ports"] == [{"name": "port-4318", "port": 4318}]
    for kind in ("egress", "ingress"):
        rules = stack(files, "web")["resource"][f"aws_vpc_security_group_{kind}_rule"]
        opened = {key: (rule["from_port"], rule["to_port"]) for key, rule in rules.items() if "calls" in key}
        assert opened == {"web_calls_otel": (4317, 4317), "web_calls_otel_4318": (4318, 4318)}


def test_a_port_below_1024_is_opened_to_the_pods_unless_they_run_as_root(build_system: Build) -> None:
    files = _built(
        build_system, a={"port": 80}, b={"port": 80, "user": 0}, c={"ports": {"443": 443, "80": 80}}, web=WEB
    )
    starts = {name: _values(files, name, "values.yaml").get("unprivilegedPortStart") for name in ("a", "b", "c", "web")}
    assert starts == {"a": 80, "b": None, "c": 80, "web": None}


def test_another_protocol_is_another_group_made_before_the_old_one_goes(build_system: Build) -> None:
    plain, grpc = (_built(build_system, web=WEB | one) for one in ({}, {"protocol": "grpc", "port": 9000}))
    assert (_group(plain)["name"], "protocol_version" in _group(plain)) == ("shop-web", False)
    assert (_group(grpc)["name"], _group(grpc)["protocol_version"]) == ("shop-web-GRPC", "GRPC")
    for files in (plain, grpc):
        assert _group(files)["lifecycle"] == {"create_before_destroy": True}
    bindings = [_values(files, "web", "network.values.yaml")["targetGroup"].get("name") for files in (plain, grpc)]
    assert bindings == [None, "web-grpc"]


def test_a_server_of_grpc_is_asked_by_grpc(build_system: Build) -> None:
    files = _built(build_system, web=WEB | {"protocol": "grpc", "port": 9000})
    check = _group(files)["health_check"]
    assert (check["path"], check["matcher"]) == ("/grpc.health.v1.Health/Check", "0")
    assert _values(files, "web", "values.yaml")["probes"]["readiness"]["grpc"] == {"port": 9000}
    own = _built(
        build_system, web=WEB | {"protocol": "grpc", "health": {"tcp": True, "path": "/a.B/C", "codes": [0, 12]}}
    )
    check = _group(own)["health_check"]
    assert (check["path"], check["matcher"]) == ("/a.B/C", "0,12")
    assert _values(own, "web", "values.yaml")["probes"]["readiness"]["tcpSocket"] == {"port": "http"}


def test_the_placeholder_speaks_http_until_there_is_an_image(build_system: Build) -> None:
    files = _built(build_system, web={"path": "/", "protocol": "grpc", "health": {"codes": "0"}})
    group = _group(files)
    assert (group["name"], group["health_check"]["matcher"]) == ("shop-web", "200")
    assert _values(files, "web", "values.yaml")["probes"]["readiness"]["httpGet"]["path"] == "/healthz"


def test_another_port_replaces_neither_group_nor_binding(build_system: Build) -> None:
    before, after = (_built(build_system, web=WEB | {"port": port}) for port in (8080, 9000))
    assert _group(before) == _group(after)
    bindings = [_values(files, "web", "network.values.yaml")["targetGroup"] for files in (before, after)]
    assert bindings[0] == bindings[1]


def test_a_client_sticks_to_a_pod_only_where_it_is_declared(build_system: Build) -> None:
    assert "stickiness" not in _group(_built(build_system, web=WEB))
    sticky = _group(_built(build_system, web=WEB | {"sticky": "5m"}))
    assert sticky["stickiness"] == {"type": "lb_cookie", "cookie_duration": 300}


def test_the_drain_time_is_that_of_the_target_group_and_of_the_pods(build_system: Build) -> None:
    files = _built(build_system, web=WEB | {"drain": "10m"})
    assert _group(files)["deregistration_delay"] == "600"
    assert _values(files, "web", "values.yaml")["drainSeconds"] == 600


def test_a_release_is_removed_only_after_its_longest_drain() -> None:
    spec, problems = parse(
        Document("services.yaml", values={"project": "shop", "region": "eu-west-1", "services": {"a": {"drain": 3600}}})
    )
    assert not problems
    assert rollout.release_seconds(spec.services["a"]) > 3600 + 40
