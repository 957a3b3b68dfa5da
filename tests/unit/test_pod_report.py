"""Why a pod is not ready, and what to do: a case for each row of the table, in the words of kubelet, EKS and ECR."""

from typing import Any

import pytest

from modules.deploy import pod_report
from modules.deploy.kubernetes_api import KubernetesError
from modules.deploy.pod_diagnosis import diagnose, is_ready, log_sources
from modules.deploy.pod_next_steps import NEXT_STEPS
from modules.deploy.pod_report import SeenPod
from modules.deploy.pod_watch import PodWatch, Release

Json = dict[str, Any]
READY = {"type": "Ready", "status": "True"}
GATE = "target-health.elbv2.k8s.aws/k8s-user"


def waiting(reason: str, message: str = "", **more: Any) -> Json:
    return {
        "containerStatuses": [{"name": "server", "state": {"waiting": {"reason": reason, "message": message}}} | more]
    }


def ended(**how: Any) -> Json:
    return {"lastState": {"terminated": how}, "restartCount": 2}


def event(reason: str, message: str, **more: Any) -> Json:
    involved = {"uid": "pod", "kind": "Pod", "name": "user-1"}
    time = {"lastTimestamp": "2026-01-02T03:04:05Z", "type": "Warning"}
    return {
        "metadata": {"resourceVersion": "1"},
        "involvedObject": involved,
        "reason": reason,
        "message": message,
        **time,
        **more,
    }


def pod(status: Json, **spec: Any) -> Json:
    metadata = {"namespace": "user", "name": "user-1", "uid": "pod"}
    return {"metadata": metadata, "spec": spec, "status": {"phase": "Pending", **status}}


RUNNING = {"phase": "Running", "containerStatuses": [{"name": "server", "state": {"running": {}}, "ready": False}]}
HEALTHY = {"phase": "Running", "containerStatuses": [{"name": "server", "state": {"running": {}}, "ready": True}]}
PROBE = "Readiness probe failed: "
# What the pod says, its events, then: reason, and the beginning of the next step.
CASES: list[tuple[Json, list[Json], str, str]] = [
    (
        waiting("ErrImagePull", 'rpc error: code = NotFound desc = failed to pull "…:v1": …/shop/user:v1: not found'),
        [],
        "ImagePullBackOff",
        "Push this image, or write a tag that was pushed",
    ),
    (
        {"phase": "Failed", "reason": "SysctlForbidden", "message": "forbidden sysctl"},
        [],
        "SysctlForbidden",
        "Ports below 1024 are refused here.",
    ),
    (HEALTHY, [], "NotEnded", "Let it end, or give it a longer `timeout:`"),
    (
        waiting("ImagePullBackOff", "Back-off pulling image"),
        [event("Failed", "unexpected status from HEAD request to https://1.dkr.ecr/v2/x: 403 Forbidden")],
        "ImagePullBackOff",
        "The registry refuses the pod execution role.",
    ),
    (
        waiting("ErrImagePull", 'Head "https://public.ecr.aws/v2/x": dial tcp 1.2.3.4:443: i/o timeout'),
        [],
        "ImagePullBackOff",
        "The pod can't reach the registry.",
    ),
    (waiting("InvalidImageName", "couldn't parse image name"), [], "ImagePullBackOff", "Compare the image's name"),
    (
        waiting("CrashLoopBackOff", "back-off", **ended(reason="OOMKilled", exitCode=137)),
        [],
        "OOMKilled",
        "The program used more than its memory: raise `memory:`",
    ),
    (
        waiting("CrashLoopBackOff", "back-off", **ended(reason="Error", exitCode=255)),
        [event("Failed", "exec /server: exec format error")],
        "CrashLoopBackOff",
        "The image was built for another processor",
    ),
    (
        waiting("CrashLoopBackOff", "back-off", **ended(reason="Error", exitCode=1)),
        [],
        "CrashLoopBackOff",
        "Read the last log lines: they are the program's own words. Correct it,",
    ),
    (
        waiting("RunContainerError", "exec /server: exec format error"),
        [],
        "RunContainerError",
        "The image was built for another processor",
    ),
    (
        waiting("CreateContainerError", 'exec: "/x": stat /x: no such file or directory'),
        [],
        "RunContainerError",
        "The image has no such program",
    ),
    (
        waiting("CreateContainerConfigError", "container has runAsNonRoot and image will run as root"),
        [],
        "CreateContainerConfigError",
        "The image runs as root, which is refused",
    ),
    (
        waiting("CreateContainerConfigError", 'secret "user" not found'),
        [],
        "CreateContainerConfigError",
        "A ConfigMap or Secret that the pod names is not there",
    ),
    (
        waiting("CreateContainerConfigError", 'secret "user-service-0123456789" not found'),
        [],
        "CreateContainerConfigError",
        "A value under `secrets:` has not come",
    ),
    (
        waiting("ContainerCreating"),
        [
            event(
                "FailedMount",
                'MountVolume.SetUp failed for volume "secrets": secret "user-service-0123456789" not found',
            )
        ],
        "FailedMount",
        "A value under `secrets:` has not come",
    ),
    (
        RUNNING,
        [event("Unhealthy", f"{PROBE}HTTP probe failed with statuscode: 404")],
        "ProbeFailed",
        "The server answers its health check with an error",
    ),
    (
        RUNNING,
        [
            event(
                "Unhealthy", f'{PROBE}Get "http://10.0.0.1:8080/": dial tcp 10.0.0.1:8080: connect: connection refused'
            )
        ],
        "ProbeFailed",
        "Nothing listens there",
    ),
    (
        RUNNING | ended(reason="Error", exitCode=137),
        [event("Unhealthy", f"{PROBE}context deadline exceeded (Client.Timeout exceeded while awaiting headers)")],
        "ProbeFailed",
        "The server does not answer its health check in time",
    ),
    (
        {},
        [event("FailedScheduling", "Your AWS account has reached the limit on the number of Fargate pods it can run")],
        "Unschedulable",
        "Fargate has no room for it: ask AWS to raise quota L-3032A538",
    ),
    (
        {},
        [event("FailedScheduling", "Misconfigured Fargate Profile: fargate profile user-fp blocked for new launches")],
        "Unschedulable",
        "No Fargate profile takes the pod: run make deploy STACK=cluster",
    ),
    (
        {},
        [event("FailedScheduling", "0/3 nodes are available: 3 Insufficient memory.")],
        "Unschedulable",
        "No node has that much room",
    ),
    ({}, [], "Unschedulable", "Fargate starts a pod in one to two minutes."),
    (
        HEALTHY
        | {"conditions": [{"type": GATE, "status": "False", "message": "Health checks failed with these codes"}]},
        [],
        "ReadinessGate",
        "The load balancer's health check fails",
    ),
    (HEALTHY, [], "ReadinessGate", "The load balancer has not found the pod healthy"),
    (
        waiting("ContainerCreating"),
        [event("FailedMount", 'MountVolume.SetUp failed for volume "x": configmap "x" not found')],
        "FailedMount",
        "A volume of the pod can't be mounted",
    ),
    (
        waiting("ContainerCreating"),
        [event("FailedCreatePodSandBox", "failed to assign an IP address to container")],
        "FailedCreatePodSandBox",
        "The pod got no network",
    ),
    (
        {
            "phase": "Failed",
            "containerStatuses": [{"name": "job", "state": {"terminated": {"exitCode": 1, "message": "no"}}}],
        },
        [],
        "Error",
        "Read the last log lines: they are the program's own words. Correct what they name",
    ),
    (RUNNING, [], "NotReady", "Nothing is wrong with it so far"),
]


@pytest.mark.parametrize(("status", "events", "reason", "step"), CASES, ids=lambda value: str(value)[:40])
def test_a_pod_that_is_not_ready_has_a_reason_and_a_next_step(
    status: Json, events: list[Json], reason: str, step: str
) -> None:
    gates = [{"conditionType": GATE}] if reason == "ReadinessGate" else []
    seen = pod({"conditions": [{"type": "PodScheduled", "status": str(status != {})}], **status}, readinessGates=gates)
    if reason == "NotEnded":
        seen["metadata"]["labels"] = {"app.kubernetes.io/component": "before-deploy"}
    found = diagnose(seen, events)
    assert not is_ready(seen)
    assert found.reason == reason
    assert found.next_step(one["message"] for one in events).startswith(step)


@pytest.mark.parametrize(
    ("status", "events"),
    [
        (
            {"phase": "Failed", "reason": "SysctlForbidden", "message": 'forbidden sysctl: "net.ipv4" not allowlisted'},
            [],
        ),
        (
            {"conditions": [{"type": "PodScheduled", "status": "False"}]},
            [event("FailedScheduling", "Pod not supported on Fargate: fields not supported: Sysctls")],
        ),
    ],
)
def test_a_node_that_refuses_the_sysctl_of_a_low_port_is_answered_with_the_way_to_move_it(
    status: Json, events: list[Json]
) -> None:
    step = diagnose(pod(status), events).next_step(one["message"] for one in events)
    assert step.startswith("Ports below 1024 are refused here.")
    assert "write `port: 8080` with `ports: {80: 8080}`" in step


def test_every_row_of_the_table_has_a_case() -> None:
    steps = {row.next_step for row in NEXT_STEPS if row.reason != "FailedCreate"}
    assert {next(one for one in steps if one.startswith(step)) for *_, step in CASES} == steps


@pytest.mark.parametrize(
    ("message", "step"),
    [
        ('pods "user-1" is forbidden: violates PodSecurity "restricted:latest": …', "The namespace admits only pods"),
        (
            'error looking up service account user/user: serviceaccount "user" not found',
            "The service account is not there",
        ),
        (
            'Internal error occurred: failed calling webhook "mpod.elbv2.k8s.aws": failed to call webhook: Post "https://…"',
            "No pod starts while the load balancer controller is down",
        ),
        ("exceeded quota: pods", "The cluster refuses to make the pod"),
    ],
)
def test_a_pod_that_could_not_be_made_has_a_next_step(message: str, step: str) -> None:
    refused = event("FailedCreate", message, involvedObject={"kind": "ReplicaSet", "name": "user-5f"})
    refused["metadata"]["namespace"] = "user"
    said = pod_report.render([], [refused])
    assert "user/user-5f: ReplicaSet, FailedCreate: no pod could be made" in said
    assert f"Next step: {step}" in said


def test_pods_of_one_replica_set_with_one_reason_are_one_block() -> None:
    def seen(name: str, logs: dict[str, list[str]]) -> SeenPod:
        one = pod(waiting("CrashLoopBackOff", **ended(reason="Error", exitCode=1)))
        one["metadata"] |= {"name": name, "uid": name, "ownerReferences": [{"uid": "replica-set"}]}
        return SeenPod(one, [event("BackOff", "Back-off", count=4)], logs)

    said = pod_report.render([seen("user-1", {}), seen("user-2", {"server": ["no \x1b[31mconfiguration"]})], [])
    assert said == (
        "Pods that are not ready:\n\n"
        "user/user-2: Pending, CrashLoopBackOff\n"
        "  It ends with exit code 1.\n"
        "  Likewise: user/user-1\n"
        "  Last events:\n"
        "    03:04:05 Warning BackOff (4 times): Back-off\n"
        "  Last log lines of container server:\n"
        "    no �[31mconfiguration\n"
        "  Next step: Read the last log lines: they are the program's own words. Correct it, push a new tag, and write "
        "that tag into `image:`. Check `command:` and `env:` too."
    )


def test_what_runs_before_the_pods_is_not_ready_until_it_has_ended() -> None:
    running = pod({"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}], "containerStatuses": []})
    running["metadata"]["labels"] = {"app.kubernetes.io/component": "before-deploy"}
    assert not is_ready(running)
    assert diagnose(running, []).reason == "NotEnded"
    running["status"]["containerStatuses"] = [{"name": "before-deploy", "ready": True, "state": {"running": {}}}]
    assert log_sources(running) == ["before-deploy"]
    running["status"] = {"phase": "Succeeded"}
    assert is_ready(running)


class Api:
    """Answers from lists; a log by its pod's name."""

    def __init__(self) -> None:
        self.lists: dict[str, list[Json]] = {"pods": [], "events": []}
        self.problem: str | None = None

    def items(self, path: str, **selectors: str) -> list[Json]:
        if self.problem:
            raise KubernetesError(self.problem)
        if path.endswith("/pods"):
            of_releases = "app.kubernetes.io/instance in (user,user-network),app.kubernetes.io/component!=job"
            assert selectors == {"labelSelector": of_releases}
        return self.lists[path.rpartition("/")[2]]

    def text(self, path: str, **query: str) -> str:
        return f"{path} {query['container']}"


@pytest.fixture
def api() -> Api:
    return Api()


def watched(api: Api) -> PodWatch:
    return PodWatch(api, [Release("user-network", "user"), Release("user", "user")][::-1])  # type: ignore[arg-type]


def test_what_was_seen_of_a_pod_is_kept_when_it_is_removed(api: Api) -> None:
    watch = watched(api)
    api.lists = {"pods": [pod(waiting("CrashLoopBackOff", **ended(exitCode=3)))], "events": [event("BackOff", "again")]}
    watch.poll()
    api.lists["pods"][0] = pod({"phase": "Running"})
    api.lists["pods"][0]["metadata"]["deletionTimestamp"] = "2026-01-02T03:04:06Z"
    watch.poll()
    api.lists = {"pods": [], "events": []}
    watch.poll()
    api.problem = "gone"
    watch.poll()
    said = watch.report()
    assert "user/user-1: Pending, CrashLoopBackOff\n  It ends with exit code 3.\n" in said
    assert "Warning BackOff: again" in said
    assert "/api/v1/namespaces/user/pods/user-1/log server" in said


def test_a_pod_that_became_ready_is_not_named(api: Api) -> None:
    watch = watched(api)
    api.lists["pods"] = [pod(RUNNING)]
    watch.poll()
    api.lists["pods"] = [pod(HEALTHY | {"conditions": [READY]})]
    watch.poll()
    assert watch.report() == "No pod of these releases was seen that is not ready."


def test_a_job_that_failed_before_is_not_named_and_one_that_fails_now_is(api: Api) -> None:
    watch = watched(api)
    failed = {"phase": "Failed", "message": "no"}
    api.lists["pods"] = [pod(failed)]
    watch.poll()
    assert watch.report() == "No pod of these releases was seen that is not ready."
    api.lists["pods"].append(pod(failed))
    api.lists["pods"][1]["metadata"] |= {"name": "user-2", "uid": "other"}
    watch.poll()
    assert "user/user-2: Failed, Error\n  no\n" in watch.report()
    assert "user-1" not in watch.report()


def test_a_refusal_from_before_is_not_named(api: Api) -> None:
    watch = watched(api)
    refused = event("FailedCreate", "exceeded quota", involvedObject={"kind": "ReplicaSet", "name": "user-5f"})
    refused["metadata"] = {"namespace": "user", "resourceVersion": "7"}
    api.lists["events"] = [refused]
    watch.poll()
    assert "FailedCreate" not in watch.report()
    api.lists["events"] = [refused | {"metadata": {"namespace": "user", "resourceVersion": "8"}}]
    watch.poll()
    assert "user/user-5f: ReplicaSet, FailedCreate" in watch.report()


def test_an_api_that_does_not_answer_is_one_line(api: Api) -> None:
    api.problem = "this machine can't connect to the Kubernetes API https://api (timed out)"
    watch = watched(api)
    watch.poll()
    assert watch.report() == f"Which pods are not ready can't be shown: {api.problem}."
