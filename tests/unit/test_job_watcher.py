"""Who has a watcher of jobs, what it may reach, and what it costs."""

import pytest

from modules.design import fargate_vcpu, job_watcher
from modules.design.vpc_endpoints import endpoints
from modules.spec.model import Spec
from tests.unit.conftest import Check, mistakes

JOBS = """\
web: {image: v1, jobs: {a: {schedule: '@daily', command: a}, b: {schedule: '@hourly', command: b}}}
api: {image: v1}
only: {pods: 0, image: v1, jobs: {c: {schedule: '@daily'}}}
"""


def _spec(system: Check, services: str, platform: str = "") -> Spec:
    result = system(services, platform)
    assert result.spec is not None, result.mistakes
    return result.spec


def test_it_reads_the_jobs_of_the_services_that_have_some(system: Check) -> None:
    spec = _spec(system, JOBS)
    assert job_watcher.values(spec)["namespaces"] == job_watcher.users(spec) == ["only", "web"]
    assert job_watcher.users(_spec(system, "a: {image: v1}")) == []


def test_it_writes_where_no_service_does(system: Check) -> None:
    spec = _spec(system, JOBS)
    assert job_watcher.namespace(spec.names) == "shop/job-watcher"
    wrong = mistakes(system("job-watcher: {image: v1, aws: [cloudwatch]}"))
    assert '"job-watcher" is reserved by the platform' in wrong


@pytest.mark.parametrize(("services", "has"), [(JOBS, True), ("a: {image: v1}", False)])
def test_it_reaches_what_it_asks_by_private_endpoints(system: Check, services: str, has: bool) -> None:
    found = endpoints(_spec(system, services, "network: {endpoints: auto}\n"))
    assert ("monitoring" in found) is has


def test_its_pod_counts_in_the_quota_and_four_metrics_a_job_in_the_cost(system: Check) -> None:
    spec, without = _spec(system, JOBS), _spec(system, "web: {image: v1}")
    assert fargate_vcpu.needed(spec).platform == fargate_vcpu.needed(without).platform + 0.25
    assert job_watcher.metrics(spec.services) == 3 * 4 + 1
    assert job_watcher.metrics(without.services) == 0


def test_a_job_is_known_by_the_name_that_it_has_in_kubernetes(system: Check) -> None:
    names = _spec(system, JOBS).names
    metric = job_watcher.of_job(names, "web", "a" * 63, job_watcher.FAILED)
    assert metric.dimensions[0] == ("Service", "web")
    assert len(metric.dimensions[1][1]) == 52
