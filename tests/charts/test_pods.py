"""The objects that run a service's pods."""

from typing import Any

import pytest

from tests.support import helm

KINDS = {"ConfigMap", "Deployment", "HorizontalPodAutoscaler", "PodDisruptionBudget"}
WITH_PODS = ("Deployment", "Job")


@pytest.fixture
def workloads(pods: dict[str, Any], users: dict[str, Any]) -> dict[str, Any]:
    return pods | users


def template(objects: dict[str, Any], kind: str = "Deployment") -> dict[str, Any]:
    return dict(objects[kind]["spec"]["template"])


def container(objects: dict[str, Any], kind: str = "Deployment") -> dict[str, Any]:
    (only,) = template(objects, kind)["spec"]["containers"]
    return dict(only)


def test_a_service_has_no_policy_that_fargate_ignores(pods: dict[str, Any]) -> None:
    assert set(pods) == KINDS


def test_no_hook_runs_when_a_service_is_removed_so_its_data_stays(
    pods: dict[str, Any], network: dict[str, Any], users: dict[str, Any]
) -> None:
    def hooks(objects: dict[str, Any]) -> set[str | None]:
        return {one["metadata"].get("annotations", {}).get("helm.sh/hook") for one in objects.values()}

    assert hooks(pods) == hooks(network) == {None}
    assert hooks(users) == {"post-install,post-upgrade"}


def test_every_object_is_called_after_the_service_and_says_which_release_made_it(
    pods: dict[str, Any], network: dict[str, Any]
) -> None:
    labels = {
        "app.kubernetes.io/name": "user-service",
        "app.kubernetes.io/instance": "user-service",
        "app.kubernetes.io/managed-by": "Helm",
    }
    for chart, objects in ((helm.PODS, pods), (helm.NETWORK, network)):
        for found in objects.values():
            metadata = found["metadata"]
            if found["kind"] != "ConfigMap":  # which has a digest too
                assert metadata["name"] == "user-service"
            assert metadata["namespace"] == "user-service"
            assert labels.items() <= metadata["labels"].items()
            assert metadata["labels"]["helm.sh/chart"].startswith(f"{chart}-1.")


@pytest.mark.parametrize("kind", WITH_PODS)
def test_pods_keep_the_rules_of_the_level_restricted_and_cannot_write_to_their_root(
    workloads: dict[str, Any], kind: str
) -> None:
    pod, only = template(workloads, kind)["spec"], container(workloads, kind)
    security = pod["securityContext"]
    assert security["runAsNonRoot"] is True
    assert {security[key] for key in ("runAsUser", "runAsGroup", "fsGroup")} == {65532}
    assert security["seccompProfile"] == {"type": "RuntimeDefault"}
    assert only["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert not {"hostNetwork", "hostPID", "hostIPC", "initContainers"} & set(pod)
    assert all(len(volume) == 2 and {"emptyDir", "configMap"} & set(volume) for volume in pod["volumes"])
    assert only["volumeMounts"][0] == {"name": "tmp", "mountPath": "/tmp"}


@pytest.mark.parametrize(
    ("kind", "size"),
    [("Deployment", {"cpu": "500m", "memory": "768Mi"}), ("Job", {"cpu": "250m", "memory": "256Mi"})],
)
def test_pods_may_use_what_they_ask_for_and_no_more(workloads: dict[str, Any], kind: str, size: dict[str, str]) -> None:
    assert container(workloads, kind)["resources"] == {"requests": size, "limits": size}


@pytest.mark.parametrize(("kind", "account"), [("Deployment", "user-service"), ("Job", "database-users")])
def test_pods_have_an_account_for_aws_and_no_token_for_kubernetes(
    workloads: dict[str, Any], kind: str, account: str
) -> None:
    pod = template(workloads, kind)["spec"]
    assert pod["serviceAccountName"] == account
    assert pod["automountServiceAccountToken"] is False
    assert pod["enableServiceLinks"] is False


def test_the_autoscaler_alone_counts_the_pods(pods: dict[str, Any]) -> None:
    scaler = pods["HorizontalPodAutoscaler"]["spec"]
    assert "replicas" not in pods["Deployment"]["spec"]
    assert (scaler["minReplicas"], scaler["maxReplicas"]) == (3, 9)
    assert scaler["scaleTargetRef"] == {"apiVersion": "apps/v1", "kind": "Deployment", "name": "user-service"}
    assert scaler["metrics"] == [
        {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}}}
    ]


def test_fewer_pods_at_most_than_at_rest_are_refused() -> None:
    assert "pods.max is 2, less than pods.min, which is 3: raise pods.max" in helm.refusal(helm.PODS, {"pods.max": 2})


def test_an_upgrade_starts_all_new_pods_before_it_takes_an_old_one_away_and_a_drain_takes_one_at_a_time(
    pods: dict[str, Any],
) -> None:
    deployment, budget = pods["Deployment"]["spec"], pods["PodDisruptionBudget"]["spec"]
    assert deployment["strategy"]["rollingUpdate"] == {"maxSurge": "100%", "maxUnavailable": 0}
    assert budget["maxUnavailable"] == 1
    assert budget["selector"] == deployment["selector"]
    assert deployment["selector"]["matchLabels"] == {
        "app.kubernetes.io/name": "user-service",
        "app.kubernetes.io/component": "server",
    }


@pytest.mark.parametrize("seconds", [0, 30, 300])
def test_a_pod_that_goes_outlasts_its_deregistration_and_then_has_30_seconds(seconds: int) -> None:
    objects = helm.objects(helm.PODS, {"drainSeconds": seconds})
    sleep = container(objects)["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert sleep > seconds
    assert template(objects)["spec"]["terminationGracePeriodSeconds"] - sleep == 30


def test_the_probes_ask_the_health_path_and_a_busy_pod_leaves_the_load_balancer_before_it_is_restarted(
    pods: dict[str, Any],
) -> None:
    startup, readiness, liveness = (container(pods)[f"{probe}Probe"] for probe in ("startup", "readiness", "liveness"))
    for probe in (startup, readiness, liveness):
        assert probe["httpGet"] == {"path": "/healthz", "port": "http"}
    assert liveness["periodSeconds"] * liveness["failureThreshold"] > (
        readiness["periodSeconds"] * readiness["failureThreshold"]
    )


def test_a_container_has_the_probes_of_the_values_and_no_others() -> None:
    asked = {"grpc": {"port": 9000}, "periodSeconds": 5, "timeoutSeconds": 3, "failureThreshold": 3}
    made = container(helm.objects(helm.PODS, {"probes": {"readiness": asked}}))
    assert made["readinessProbe"] == asked
    assert not {"startupProbe", "livenessProbe"} & made.keys()


def test_the_environment_is_in_the_template_of_the_pods_as_it_was_given_and_in_its_order(pods: dict[str, Any]) -> None:
    """In a ConfigMap that changes in place, pods of the older revision would restart with the newer configuration."""
    assert "envFrom" not in container(pods)
    odd = {"YES": "yes", "PORT": "5432", "EMPTY": "", "ON": "a: b\n{{ .Values }}\n", "QUOTES": "\"'\\", "A": "$(PORT)"}
    listed = [{"name": name, "value": value} for name, value in odd.items()]
    assert container(helm.objects(helm.PODS, {"env": listed}))["env"] == [{"name": "HOME", "value": "/tmp"}, *listed]


def test_home_can_be_written_unless_the_configuration_names_another(pods: dict[str, Any]) -> None:
    """It comes first, so that others can refer to it."""
    assert container(pods)["env"][0] == {"name": "HOME", "value": "/tmp"}
    home = {"name": "HOME", "value": "/data"}
    assert container(helm.objects(helm.PODS, {"env": [home]}))["env"] == [home]


@pytest.mark.parametrize(
    "change",
    [
        {"env.1.value": "5433"},
        {"env": []},
        {"securityGroups": ["sg-0123456789abcdef0"]},
        {"image": "a/b:2"},
    ],
    ids=str,
)
def test_a_change_of_configuration_groups_or_image_rolls_the_pods(pods: dict[str, Any], change: dict[str, Any]) -> None:
    assert template(helm.objects(helm.PODS, change)) != template(pods)


@pytest.mark.parametrize(
    "change",
    [
        {"securityGroups": ["sg-0fedcba9876543210", "sg-0123456789abcdef0"]},
        {"pods.max": 12},
    ],
    ids=str,
)
def test_another_order_of_groups_number_of_pods_or_job_does_not_roll_them(
    pods: dict[str, Any], change: dict[str, Any]
) -> None:
    assert template(helm.objects(helm.PODS, change)) == template(pods)


def test_a_new_version_of_the_chart_alone_rolls_no_pods(pods: dict[str, Any]) -> None:
    assert "helm.sh/chart" not in template(pods)["metadata"]["labels"]


@pytest.mark.parametrize("key", ["command", "args"])
def test_the_image_keeps_its_own_command_and_arguments_unless_others_are_given(key: str) -> None:
    assert key not in container(helm.objects(helm.PODS, {key: []}))
    assert container(helm.objects(helm.PODS, {key: ["/server", "--port=8080"]}))[key] == ["/server", "--port=8080"]


def test_the_job_stays_only_when_it_failed_and_then_for_an_hour(users: dict[str, Any]) -> None:
    job = users["Job"]
    assert job["metadata"]["annotations"]["helm.sh/hook-delete-policy"] == "before-hook-creation,hook-succeeded"
    assert job["spec"]["ttlSecondsAfterFinished"] == 3600
    assert template(users, "Job")["spec"]["restartPolicy"] == "Never"


def test_a_port_below_1024_is_opened_in_the_pods_own_network_and_no_privilege_is_given(pods: dict[str, Any]) -> None:
    """In Kubernetes' list of safe sysctls since 1.22, so level `restricted` allows it."""
    assert "sysctls" not in template(pods)["spec"]["securityContext"]
    changed = helm.objects(helm.PODS, {"port": 80, "unprivilegedPortStart": 80})
    security = template(changed)["spec"]["securityContext"]
    assert security["sysctls"] == [{"name": "net.ipv4.ip_unprivileged_port_start", "value": "80"}]
    assert security["runAsNonRoot"] is True
    assert container(changed)["securityContext"] == container(pods)["securityContext"]
    assert container(changed)["ports"][0] == {"name": "http", "containerPort": 80, "protocol": "TCP"}
