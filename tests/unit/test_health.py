"""The health checks of the load balancer and of Kubernetes follow from one place."""

from typing import Any

import pytest

from modules.design import health, images
from modules.spec.model import Service
from tests.unit.conftest import Check


def _service(system: Check, body: str) -> Service:
    spec = system(f"a: {body}").spec
    assert spec is not None
    return spec.services["a"]


def test_a_path_is_the_check_of_the_load_balancer_and_of_every_probe(system: Check) -> None:
    service = _service(system, "{path: /a, image: v1, health: '/up?deep=1'}")
    assert health.target_group_check(service).path == "/up?deep=1"
    assert {one["httpGet"]["path"] for one in health.probes(service).values()} == {"/up?deep=1"}


def test_a_path_is_short_for_a_mapping(system: Check) -> None:
    short, long = (_service(system, f"{{image: v1, health: {one}}}") for one in ("/up", "{path: /up}"))
    assert short == long


def test_without_a_check_there_is_no_probe(system: Check) -> None:
    assert health.probes(_service(system, "{image: v1, health: none}")) == {}


@pytest.mark.parametrize(
    ("check", "probe"),
    [
        ("{grpc: true}", {"grpc": {"port": 8080}}),
        ("{grpc: true, port: 9000}", {"grpc": {"port": 9000}}),
        ("{tcp: true}", {"tcpSocket": {"port": "http"}}),
        ("{command: [/bin/ok, -v]}", {"exec": {"command": ["/bin/ok", "-v"]}}),
        ("{port: 9000}", {"httpGet": {"path": "/healthz", "port": 9000}}),
        ("{port: 8080}", {"httpGet": {"path": "/healthz", "port": "http"}}),
    ],
)
def test_the_other_ways_to_check(system: Check, check: str, probe: dict[str, Any]) -> None:
    probes = health.probes(_service(system, f"{{image: v1, health: {check}}}"))
    assert set(probes) == {"startup", "readiness", "liveness"}
    for one in probes.values():
        assert probe.items() <= one.items()


def test_the_placeholder_is_asked_by_http_until_there_is_an_image(system: Check) -> None:
    probes = health.probes(_service(system, "{health: {grpc: true, port: 9000, start: 300}}"))
    assert probes["readiness"]["httpGet"] == {"path": "/healthz", "port": "http"}
    assert probes["startup"]["failureThreshold"] == 60


def test_a_restart_can_follow_from_another_path_or_from_none(system: Check) -> None:
    other = health.probes(_service(system, "{image: v1, health: {path: /up, live: /livez}}"))
    assert (other["readiness"]["httpGet"]["path"], other["liveness"]["httpGet"]["path"]) == ("/up", "/livez")
    assert "liveness" not in health.probes(_service(system, "{image: v1, health: {path: /up, live: none}}"))


def test_times_and_counts(system: Check) -> None:
    service = _service(
        system, "{path: /a, image: v1, health: {interval: 1m, timeout: 20, healthy: 4, unhealthy: 5, start: 301}}"
    )
    check, probes = health.target_group_check(service), health.probes(service)
    assert (check.interval, check.timeout, check.healthy, check.unhealthy) == (60, 20, 4, 5)
    assert [(one["periodSeconds"], one["timeoutSeconds"], one["failureThreshold"]) for one in probes.values()] == [
        (5, 20, 61),
        (60, 20, 5),
        (120, 20, 10),
    ]


def test_status_codes_can_be_numbers_ranges_or_one_word(system: Check) -> None:
    for written, codes in (("204", "204"), ("[200, 300-302]", "200,300-302")):
        service = _service(system, f"{{path: /a, image: v1, health: {{codes: {written}}}}}")
        assert health.target_group_check(service).codes == codes


def test_a_frequent_check_has_an_answer_before_the_next(system: Check) -> None:
    assert health.target_group_check(_service(system, "{path: /a, health: {interval: 5}}")).timeout == 4


def test_arguments_and_entrypoint_wait_for_the_image(system: Check) -> None:
    service = _service(system, "{image: v1, command: [/bin/server], args: [--port, '8080']}")
    assert (images.command(service), images.arguments("a", service)) == (("/bin/server",), ["--port", "8080"])
    placeholder = _service(system, "{command: [/bin/server], args: [--port, '8080']}")
    assert images.command(placeholder) == ()
    assert images.arguments("a", placeholder)[0] == "-listen=:8080"


@pytest.mark.parametrize("body", ["", "health: none", "health: {command: /alive}"])
def test_a_worker_is_asked_by_nothing_but_its_command(system: Check, body: str) -> None:
    service = _service(system, f"{{port: none, image: v1, {body}}}")
    probes = health.probes(service)
    assert set(probes) == ({"startup", "readiness", "liveness"} if "command" in body else set())
    assert all(probe["exec"] == {"command": ["/alive"]} for probe in probes.values())


def test_a_worker_without_an_image_is_not_asked_since_the_placeholder_has_no_such_command(system: Check) -> None:
    service = _service(system, "{port: none, health: {command: /alive}}")
    assert health.probes(service) == {}
    assert images.arguments("a", service)[0] == "-listen=:8080"
