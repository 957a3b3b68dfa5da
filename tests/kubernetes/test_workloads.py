"""A real API server takes what workers make of the charts, at level `restricted`."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from modules.checks.check import check
from modules.design import helm_values, terraform_text
from modules.spec.model import Spec
from tests.support import helm
from tests.support.control_plane import CommandFailed, ControlPlane
from tests.unit.conftest import TODAY

QUEUE = "https://sqs.eu-west-1.amazonaws.com/111122223333/shop-mails"
KNOWN = {
    "QUEUE_URL": QUEUE,
    "load_balancer_arn_suffix": "app/shop/50dc6c495c0c9188",
    "target_group_arn": "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/shop-mails/73e2d6bc24d8a067",
    "target_group_arn_suffix": "targetgroup/shop-mails/73e2d6bc24d8a067",
    "vpc_id": "vpc-0123456789abcdef0",
    "pods_security_group_id": "sg-0123456789abcdef0",
    "security_group_id": "sg-0fedcba9876543210",
}
NAMESPACE = "workloads"
Objects = dict[str, dict[str, Any]]
Render = Callable[[str], Objects]


@pytest.fixture(scope="module")
def plane(control_plane: ControlPlane) -> ControlPlane:
    labels = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "warn")}
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE, "labels": labels}}
    control_plane.kubectl("apply", "--filename=-", input=json.dumps(namespace))
    return control_plane


def _spec(folder: Path, service: str) -> Spec:
    file = folder / "services.yaml"
    file.write_text(f"project: shop\nregion: eu-west-1\nservices: {{mails: {service}}}\n")
    checked = check(file, TODAY)
    assert checked.spec is not None, checked.mistakes
    return terraform_text.literal(checked.spec)


@pytest.fixture
def taken(plane: ControlPlane, tmp_path: Path) -> Render:
    """The objects of both charts, by kind, which the API server has taken without a warning."""

    def render(service: str) -> Objects:
        spec = _spec(tmp_path, service)
        found: Objects = {}
        for chart, text in (
            (helm.NETWORK, helm_values.network(spec, "mails")),
            (helm.PODS, helm_values.service(spec, "mails", {"QUEUE_URL": "${QUEUE_URL}"})),
        ):
            values = tmp_path / f"{chart}.yaml"
            values.write_text(re.sub(r"\$\{(\w+)\}", lambda one: KNOWN[one[1]], text))
            command = ("template", "mails", str(helm.CHARTS / chart), f"--namespace={NAMESPACE}", f"--values={values}")
            rendered = plane.helm(*command)
            options = ("--server-side", "--dry-run=server", "--warnings-as-errors", "--filename=-", "--output=json")
            plane.kubectl(f"--namespace={NAMESPACE}", "apply", *options, input=rendered)
            found |= {one["kind"]: one for one in YAML(typ="safe").load_all(rendered) if one}
        return found

    return render


@pytest.mark.parametrize("health", ["", "health: {command: [/alive, --now]}"])
def test_the_api_server_takes_a_worker_without_service_and_without_ports(taken: Render, health: str) -> None:
    objects = taken(f"{{port: none, image: registry.example.com/mails:v1, stop: 2m, {health}}}")
    assert set(objects) == {"SecurityGroupPolicy", "Deployment", "HorizontalPodAutoscaler", "PodDisruptionBudget"}
    pod = objects["Deployment"]["spec"]["template"]["spec"]
    (server,) = pod["containers"]
    assert pod["terminationGracePeriodSeconds"] == 120
    assert ("ports" in server, "preStop" in server.get("lifecycle", {})) == (False, False)
    assert ("postStart" in server.get("lifecycle", {})) is not bool(health)
    assert server.get("readinessProbe", {}).get("exec") == ({"command": ["/alive", "--now"]} if health else None)


@pytest.mark.parametrize(("stop", "wait"), [(1, None), (5, 4)])
def test_the_api_server_takes_a_worker_that_has_to_end_quickly(taken: Render, stop: int, wait: int | None) -> None:
    objects = taken(f"{{port: none, image: registry.example.com/mails:v1, stop: {stop}}}")
    (server,) = objects["Deployment"]["spec"]["template"]["spec"]["containers"]
    assert server.get("lifecycle") == (None if wait is None else {"postStart": {"sleep": {"seconds": wait}}})


def test_the_api_server_takes_a_worker_with_sidecars(taken: Render) -> None:
    image = "registry.example.com/proxy:v1"
    objects = taken(f"{{port: none, image: registry.example.com/mails:v1, sidecars: {{proxy: {{image: '{image}'}}}}}}")
    server, proxy = objects["Deployment"]["spec"]["template"]["spec"]["containers"]
    assert "lifecycle" not in server
    assert proxy["lifecycle"] == {"postStart": {"sleep": {"seconds": 10}}}


JOBS = """jobs: {
    reminders: {schedule: 30 9 * * MON-FRI, time_zone: Europe/Berlin, command: [/remind], deadline: 20m, retries: 2},
    %s: {schedule: '@daily', overlap: replace, command: [/clean]}}""" % ("c" * 63)


def _cron_jobs(plane: ControlPlane, spec: Spec, folder: Path) -> dict[str, dict[str, Any]]:
    """As the API server answers them, by name."""
    values = folder / "values.yaml"
    values.write_text(re.sub(r"\$\{(\w+)\}", lambda one: KNOWN[one[1]], helm_values.service(spec, "mails", {})))
    command = ("template", "mails", str(helm.CHARTS / helm.PODS), f"--namespace={NAMESPACE}", f"--values={values}")
    options = ("--server-side", "--dry-run=server", "--warnings-as-errors", "--filename=-", "--output=json")
    answered = plane.kubectl(f"--namespace={NAMESPACE}", "apply", *options, input=plane.helm(*command))
    return {one["metadata"]["name"]: one for one in json.loads(answered)["items"] if one["kind"] == "CronJob"}


def test_the_api_server_takes_jobs_as_they_are_written_under_names_that_fit(
    plane: ControlPlane, tmp_path: Path
) -> None:
    proxy = "sidecars: {proxy: {image: 'registry.example.com/proxy:v1'}}"
    spec = _spec(tmp_path, f"{{image: registry.example.com/mails:v1, stop: 1m, {proxy}, {JOBS}}}")
    found = _cron_jobs(plane, spec, tmp_path)
    (short, long) = sorted(found, key=len)
    assert (short, len(long), long[:45]) == ("mails-reminders", 52, f"mails-{'c' * 39}")
    job = found[short]["spec"]
    assert (job["schedule"], job["timeZone"], job["concurrencyPolicy"]) == (
        "30 9 * * MON-FRI",
        "Europe/Berlin",
        "Forbid",
    )
    assert found[long]["spec"]["concurrencyPolicy"] == "Replace"
    run = job["jobTemplate"]["spec"]
    assert (run["activeDeadlineSeconds"], run["backoffLimit"]) == (1200, 2)
    pod = run["template"]["spec"]
    (container,) = pod["containers"]  # without the sidecar, and with the whole size
    assert (container["command"], container["resources"]["limits"]["memory"]) == (["/remind"], "256Mi")
    assert (pod["restartPolicy"], pod["terminationGracePeriodSeconds"], pod["serviceAccountName"]) == (
        "Never",
        60,
        "mails",
    )


def test_the_api_server_takes_a_service_of_jobs_only(taken: Render) -> None:
    objects = taken("{pods: 0, image: registry.example.com/mails:v1, jobs: {a: {schedule: '@hourly'}}}")
    assert set(objects) == {"SecurityGroupPolicy", "CronJob"}


def test_a_placeholder_runs_no_job(taken: Render) -> None:
    assert "CronJob" not in taken("{jobs: {a: {schedule: '@hourly', command: /a}}}")


@pytest.mark.parametrize(
    "wrong", ["cron(30 9 * * ? *)", "rate(5 minutes)", "0 0 * * 7", "5-1 * * * *", "TZ=UTC 0 0 * * *"]
)
def test_what_is_refused_as_a_schedule_the_api_server_refuses_too(
    plane: ControlPlane, tmp_path: Path, wrong: str
) -> None:
    spec = _spec(tmp_path, "{pods: 0, image: registry.example.com/mails:v1, jobs: {a: {schedule: '@hourly'}}}")
    job = spec.services["mails"].jobs["a"].model_copy(update={"schedule": wrong})
    service = spec.services["mails"].model_copy(update={"jobs": {"a": job}})
    with pytest.raises(CommandFailed, match=r"spec.schedule: Invalid value"):
        _cron_jobs(plane, spec.model_copy(update={"services": {"mails": service}}), tmp_path)


def test_the_api_server_takes_what_runs_before_the_pods_which_is_a_hook_with_texts_of_its_own(
    plane: ControlPlane, tmp_path: Path, taken: Render
) -> None:
    (tmp_path / "a.yaml").write_text("a: 1\n")
    migrate = "before_deploy: {command: [/migrate, now], timeout: 15m}"
    objects = taken(f"{{image: registry.example.com/mails:v1, stop: 1m, files: {{/etc/a: a.yaml}}, {migrate}}}")
    job = objects["Job"]
    assert job["metadata"]["annotations"]["helm.sh/hook"] == "pre-install,pre-upgrade"
    assert (job["spec"]["backoffLimit"], job["spec"]["activeDeadlineSeconds"]) == (0, 240 + 900)
    pod = job["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert (container["command"], pod["serviceAccountName"]) == (["/migrate", "now"], "mails")
    (texts,) = (volume["configMap"]["name"] for volume in pod["volumes"] if volume["name"] == "files")
    assert texts == "mails-before-deploy-files"  # the pods' own is made after the hooks


def test_the_api_server_takes_what_the_number_of_pods_follows_without_keda(taken: Render) -> None:
    objects = taken("{port: none, scale: {cpu: 50, memory: 80}}")
    assert "ScaledObject" not in objects
    metrics = objects["HorizontalPodAutoscaler"]["spec"]["metrics"]
    assert {one["resource"]["name"]: one["resource"]["target"]["averageUtilization"] for one in metrics} == {
        "cpu": 50,
        "memory": 80,
    }


def test_the_api_server_takes_all_triggers_of_keda_in_one_object(taken: Render) -> None:
    times = "times: [{start: 0 8 * * 1-5, end: 0 18 * * 1-5, pods: 4, time_zone: Europe/Berlin}]"
    scale = f"scale: {{cpu: 50, memory: 80, requests: 90, queue: 5, {times}}}"
    objects = taken(f"{{path: /, pods: 2, {scale}, aws: sqs}}")
    assert "HorizontalPodAutoscaler" not in objects
    scaled = objects["ScaledObject"]["spec"]
    assert (scaled["minReplicaCount"], scaled["maxReplicaCount"]) == (2, 6)
    found = {one["type"]: one["metadata"] for one in scaled["triggers"]}
    assert list(found) == ["cpu", "memory", "aws-cloudwatch", "aws-sqs-queue", "cron"]
    assert found["aws-sqs-queue"]["queueURL"] == QUEUE
    assert found["aws-cloudwatch"]["dimensionValue"] == (
        "app/shop/50dc6c495c0c9188;targetgroup/shop-mails/73e2d6bc24d8a067"
    )


def test_the_api_server_takes_a_worker_without_pods_at_rest(taken: Render) -> None:
    objects = taken("{port: none, pods: 0, max_pods: 9, scale: {queue: 5}, aws: sqs}")
    assert set(objects) == {"SecurityGroupPolicy", "Deployment", "ScaledObject", "PodDisruptionBudget"}
    scaled = objects["ScaledObject"]["spec"]
    assert (scaled["minReplicaCount"], scaled["maxReplicaCount"]) == (0, 9)


def test_the_api_server_refuses_a_field_that_keda_does_not_know(plane: ControlPlane) -> None:
    text = helm.rendered(helm.PODS, {"triggers": [{"type": "cpu", "metadata": {"value": "60"}}]})
    for right, wrong, words in (
        ("maxReplicaCount:", "maxReplicas:", 'unknown field "spec.maxReplicas"'),
        ("maxReplicaCount: 9", "maxReplicaCount: many", "must be of type integer"),
    ):
        assert right in text
        wrong_text = text.replace(right, wrong).replace("namespace: user-service", f"namespace: {NAMESPACE}")
        options = ("--validate=strict", "--dry-run=server", "--filename=-")
        with pytest.raises(CommandFailed, match=re.escape(words)):
            plane.kubectl("apply", *options, input=wrong_text)
