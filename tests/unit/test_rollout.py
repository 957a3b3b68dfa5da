"""How long a rollout may take, and how much of the Fargate quota it needs, follow from its probes and its surge."""

import pytest

from modules.design import fargate_vcpu, jobs, rollout
from modules.spec.model import Service, Spec
from tests.unit.conftest import Check


def _service(system: Check, body: str) -> Service:
    return _spec(system, f"a: {body}").services["a"]


def _spec(system: Check, services: str) -> Spec:
    spec = system(services).spec
    assert spec is not None
    return spec


def test_a_pod_has_the_time_of_its_machine_its_server_and_its_target(system: Check) -> None:
    assert rollout.pod_seconds(_service(system, "{}")) == 240 + 150 + 5
    assert rollout.pod_seconds(_service(system, "{path: /a}")) == 240 + 150 + 5 + 30 + (2 + 1) * 15


def test_a_slower_server_has_a_longer_rollout(system: Check) -> None:
    before, after = (_service(system, f"{{path: /a, health: {{start: {start}}}}}") for start in ("150s", "750s"))
    assert rollout.pod_seconds(after) == rollout.pod_seconds(before) + 600
    assert rollout.release_seconds(after) == rollout.release_seconds(before) + 600


def test_slower_checks_have_a_longer_rollout(system: Check) -> None:
    service = _service(system, "{path: /a, health: {interval: 60, healthy: 5}}")
    assert rollout.pod_seconds(service) == 240 + 150 + 60 + 30 + (5 + 1) * 60


def test_without_health_check_a_pod_has_the_time_of_its_machine(system: Check) -> None:
    """And ten seconds, for which its program has to run."""
    assert rollout.pod_seconds(_service(system, "{health: none, image: v1}")) == 240 + 10


def test_a_worker_has_its_own_time_to_end_and_a_server_that_of_open_requests_too(system: Check) -> None:
    assert rollout.end_seconds(_service(system, "{port: none, stop: 300}")) == 300
    assert rollout.end_seconds(_service(system, "{drain: 60, stop: 300}")) == 60 + 10 + 300
    assert rollout.release_seconds(_service(system, "{port: none, stop: 60m}")) == 3600 + 60


def test_a_worker_that_has_to_end_quickly_has_to_run_for_less_than_that_until_it_is_ready(system: Check) -> None:
    times = {
        stop: rollout.running_seconds(_service(system, f"{{port: none, stop: {stop}}}")) for stop in (1, 5, 11, 60)
    }
    assert times == {1: 0, 5: 4, 11: 10, 60: 10}


def test_a_worker_that_is_asked_by_a_command_has_the_time_of_its_start(system: Check) -> None:
    service = _service(system, "{port: none, image: v1, health: {command: /alive, start: 60, interval: 20}}")
    assert rollout.pod_seconds(service) == 240 + 60 + 20
    assert rollout.running_seconds(service) == 0


@pytest.mark.parametrize(
    ("percent", "pods", "together", "waves"),
    [(100, 9, 9, 1), (100, 1, 1, 1), (25, 4, 1, 4), (25, 9, 3, 3), (50, 9, 5, 2)],
)
def test_a_release_has_the_time_of_all_its_waves(
    system: Check, monkeypatch: pytest.MonkeyPatch, percent: int, pods: int, together: int, waves: int
) -> None:
    monkeypatch.setattr(rollout, "SURGE_PERCENT", percent)
    assert (rollout.surge(pods), rollout.waves(pods)) == (together, waves)
    service = _service(system, f"{{pods: 1, max_pods: {pods}}}")
    assert rollout.release_seconds(service) == waves * 395 + 60


def test_a_rollout_needs_its_pods_twice(system: Check) -> None:
    spec = _spec(system, "a: {pods: 2, cpu: 1, memory: 2GB}\nb: {pods: 1, max_pods: 5}")
    assert fargate_vcpu.needed(spec) == (1.5, 1.5 + 2 + 0.25, 1.5 + 4 + 0.5, 1.5 + 12 + 2.5)


def test_a_smaller_surge_needs_less(system: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rollout, "SURGE_PERCENT", 25)
    assert fargate_vcpu.needed(_spec(system, "a: {pods: 2, max_pods: 8, cpu: 1, memory: 2GB}")) == (1.5, 3.5, 4.5, 11.5)


def test_what_runs_before_the_pods_has_its_time_and_that_of_its_machine_and_helm_waits_as_long(system: Check) -> None:
    body = "{image: v1, before_deploy: {command: /migrate, timeout: 20m}}"
    assert jobs.before_deploy_seconds(_service(system, body)) == 240 + 1200
    assert rollout.release_seconds(_service(system, body)) == 240 + 1200 + 60
    without_image = _service(system, body.replace("image: v1, ", ""))
    assert (jobs.before_deploy(without_image), jobs.before_deploy_seconds(without_image)) == (None, 0)


def test_a_service_of_jobs_only_needs_quota_only_while_they_run(system: Check) -> None:
    spec = _spec(system, "a: {pods: 0, image: v1, cpu: 1, memory: 2GB, jobs: {b: {schedule: '@daily'}}}")
    assert fargate_vcpu.needed(spec) == (1.75, 1.75, 1.75, 2.75), "with who watches them"
    assert rollout.release_seconds(spec.services["a"]) == 30 + 60
