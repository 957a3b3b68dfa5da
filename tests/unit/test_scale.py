"""What the number of pods follows: Kubernetes' own autoscaler or KEDA, and what KEDA may and reaches then."""

import pytest

from modules.design import fargate_vcpu, keda, scaling
from modules.design.vpc_endpoints import endpoints
from modules.spec.model import Service, Spec
from tests.unit.conftest import Check, mistakes, warnings

WORKER = "a: {port: none, pods: 0, scale: {queue: 5}, aws: sqs}"


def _spec(system: Check, services: str, platform: str = "") -> Spec:
    result = system(services, platform)
    assert result.spec is not None, mistakes(result)
    return result.spec


def _service(system: Check, keys: str) -> Service:
    return _spec(system, f"a: {{{keys}}}").services["a"]


@pytest.mark.parametrize(
    ("keys", "metrics"),
    [
        ("pods: 2", {}),  # the chart's default
        ("scale: {cpu: 50}", {"cpu": 50}),
        ("scale: {memory: 80}", {"memory": 80}),
        ("scale: {cpu: 50, memory: 80}", {"cpu": 50, "memory": 80}),
    ],
)
def test_cpu_and_memory_are_left_to_kubernetes_own_autoscaler(
    system: Check, keys: str, metrics: dict[str, int]
) -> None:
    spec = _spec(system, f"a: {{{keys}}}")
    assert scaling.metrics(spec.services["a"]) == metrics
    assert scaling.triggers(spec, spec.services["a"], None) == []
    assert keda.users(spec) == []


def test_all_triggers_are_kedas_where_one_is(system: Check) -> None:
    times = "times: [{start: 0 8 * * *, end: 0 9 * * *, pods: 2}]"
    spec = _spec(system, f"a: {{path: /, aws: sqs, scale: {{cpu: 50, memory: 80, requests: 90, queue: 5, {times}}}}}")
    service = spec.services["a"]
    assert scaling.metrics(service) == {}
    found = scaling.triggers(spec, service, "https://queue")
    assert [one["type"] for one in found] == ["cpu", "memory", "aws-cloudwatch", "aws-sqs-queue", "cron"]
    assert all(isinstance(value, str) for one in found for value in one["metadata"].values())
    assert [one["type"] for one in found if one.get("useCachedMetrics")] == ["aws-cloudwatch", "aws-sqs-queue"]
    assert found[3]["metadata"] == {
        "queueURL": "https://queue",
        "queueLength": "5",
        "awsRegion": "eu-west-1",
        "identityOwner": "operator",
    }
    assert (found[2]["metadata"]["metricName"], found[2]["metadata"]["metricStat"]) == ("RequestCount", "Sum")
    assert "metricType" not in found[2], "KEDA's default is a value for each pod"


def test_what_is_asked_for_replaces_the_default(system: Check) -> None:
    spec = _spec(system, "a: {path: /, scale: {requests: 90}}")
    assert [one["type"] for one in scaling.triggers(spec, spec.services["a"], None)] == ["aws-cloudwatch"]
    assert scaling.described(spec.services["a"]) == ["90 requests a minute for a pod"]
    assert scaling.described(_service(system, "pods: 2")) == []


def test_a_worker_without_pods_at_rest_has_at_most_three_unless_it_says_otherwise(system: Check) -> None:
    worker = _spec(system, WORKER).services["a"]
    assert (worker.has_pods, worker.pods, worker.max_replicas, worker.listens_on) == (True, 0, 3, None)
    jobs = _service(system, "pods: 0, jobs: {b: {schedule: '@daily'}}")
    assert (jobs.has_pods, jobs.max_replicas) == (False, 0)


def test_no_pod_at_rest_proves_no_image(system: Check) -> None:
    said = warnings(system(WORKER))["no-pod-at-rest"]
    assert "While its queue is empty, a has no pods: a deployment at that time succeeds whether its image" in said
    assert "Write `pods: 1` where that is too late; or accept it" in said
    assert "no-pod-at-rest" not in warnings(system(WORKER.replace("pods: 0", "pods: 1")))


def test_keda_counts_the_messages_of_exactly_the_queues_that_somebody_scales_by(system: Check) -> None:
    url = "https://sqs.eu-west-1.amazonaws.com/111122223333/older"
    spec = _spec(
        system,
        f"""\
        a: {{aws: sqs, scale: {{queue: 5}}}}
        b: {{aws: {{sqs: {{adopt: {{url: '{url}'}}}}}}, scale: {{queue: 5}}}}
        c: {{aws: {{sqs: {{of: d}}}}, scale: {{queue: 5}}}}
        d: {{aws: sqs}}
        e: {{aws: sqs, scale: {{cpu: 50}}}}
        """,
    )
    assert keda.users(spec) == ["a", "b", "c"]
    assert keda.queues_of(spec) == ["shop-a", "older", "shop-d"]
    assert keda.counts_requests(spec) is False


def test_keda_has_rights_in_the_namespaces_of_those_that_it_scales_only(system: Check) -> None:
    spec = _spec(system, f"{WORKER}\nb: {{path: /, scale: {{requests: 5}}}}\nc: {{secrets: {{A: own}}}}")
    values = keda.values(spec)
    assert values["watchNamespace"] == "a,b"
    assert values["permissions"]["operator"]["restrict"]["secret"] is True
    assert values["rbac"] == {"enabledCustomScaledRefKinds": False}
    assert (values["service"]["portHttpsTarget"], values["webhooks"]["port"]) == (6443, 9443), "10250 is the kubelet's"
    assert all(len(one["tag"].partition("@sha256:")[2]) == 64 for one in values["image"].values())


@pytest.mark.parametrize(
    ("service", "words"),
    [
        ("a: {path: /, scale: {requests: 5}}", {"sts", "monitoring"}),
        (WORKER, {"sts", "sqs"}),
        ("a: {scale: {times: [{start: 0 8 * * *, end: 0 9 * * *, pods: 2}]}}", set()),
    ],
)
def test_keda_reaches_what_it_asks_by_private_endpoints(system: Check, service: str, words: set[str]) -> None:
    spec = _spec(system, service, "network: {endpoints: auto}\n")
    assert set(keda.endpoints(spec)) == words
    assert words <= set(endpoints(spec))
    assert "monitoring" not in endpoints(_spec(system, "a: {scale: {cpu: 50}}", "network: {endpoints: auto}\n"))


def test_its_three_pods_count_in_the_quota(system: Check) -> None:
    without = fargate_vcpu.needed(_spec(system, "a: {aws: sqs, scale: {cpu: 50}}")).platform
    assert fargate_vcpu.needed(_spec(system, "a: {aws: sqs, scale: {queue: 5}}")).platform == without + 0.75
