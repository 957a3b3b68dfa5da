"""What the charts' pods and the database job do in a container, with the sample values of the charts."""

import json
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.support import child_process, helm, postgresql
from tests.support.control_plane import CommandFailed
from tests.support.data_api import DataApi, Refusal
from tests.support.postgresql import DATABASE, MASTER

from .conftest import SERVICE, Cluster

NAME = "user-service"
RESUMING = Refusal("DatabaseResumingException", "The Aurora DB instance is resuming after being auto-paused.")
DENIED = Refusal("AccessDeniedException", "not authorized to perform: rds-data:ExecuteStatement")
Release = Callable[..., str]


@pytest.fixture
def release(cluster: Cluster, namespace: str) -> Iterator[Release]:
    """Installs or upgrades the chart with changed sample values, and waits as Terraform's provider does."""
    small = {"image": SERVICE[1], "pods": {"min": 1, "max": 2}, "drainSeconds": 0, "cpu": "250m", "memory": "128Mi"}
    yield lambda changes, *options: _release(cluster, namespace, helm.PODS, NAME, small | changes, *options)
    cluster.plane.helm("uninstall", NAME, f"--namespace={namespace}", "--wait=false", "--ignore-not-found")


@pytest.fixture
def users(cluster: Cluster, namespace: str) -> Release:
    """Likewise the chart of the database job."""
    return lambda changes: _release(cluster, namespace, helm.USERS, helm.USERS, changes)


def _listed(**variables: str) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in variables.items()]


def _release(cluster: Cluster, namespace: str, chart: str, name: str, changes: dict[str, Any], *options: str) -> str:
    values = helm.values(chart, changes)
    where = f"--namespace={namespace}"
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": values["serviceAccount"]}}
    cluster.kubectl(where, "apply", "--filename=-", input=json.dumps(account))
    file = cluster.plane.folder / f"{namespace}.json"
    file.write_text(json.dumps(values))
    command = ("upgrade", "--install", "--wait", "--timeout=120s", name, str(helm.CHARTS / chart))
    return cluster.plane.helm(*command, where, f"--values={file}", *options)


def test_a_server_finds_what_the_chart_gives_it_and_nothing_else(
    cluster: Cluster, namespace: str, release: Release
) -> None:
    release({"env": _listed(B="b", A="$(B) $(C) $$(B) $(HOME) `id`", C="c")})
    seen = json.loads(cluster.service(namespace, f"deployment/{NAME}", "-show"))
    kept = {name: value for name, value in seen["environment"].items() if not name.startswith("KUBERNETES_")}
    assert kept.pop("HOSTNAME").startswith(NAME)
    assert kept.pop("PATH")
    assert kept == {"A": "b $(C) $(B) /tmp `id`", "B": "b", "C": "c", "HOME": "/tmp"}
    assert seen["writable"] == {"/": False, "/tmp": True}
    assert (seen["user"], seen["group"], seen["groups"]) == (65532, 65532, [65532])
    assert (seen["capabilities"], seen["noNewPrivileges"], seen["seccomp"]) == ("0" * 16, "1", "2")


@pytest.mark.parametrize("user", [65532, 1000])
def test_a_secret_arrives_as_variable_in_other_variables_and_as_a_file_that_the_user_can_read(
    cluster: Cluster, namespace: str, release: Release, user: int
) -> None:
    """From a Secret as the operator writes it; the file lies in a folder that the image does not have."""
    secret = helm.with_secrets(helm.PODS)["secrets"]
    literals = ("--from-literal=API_KEY=hunter2", "--from-literal=file-0=-----BEGIN")
    cluster.kubectl(f"--namespace={namespace}", "create", "secret", "generic", secret["name"], *literals)
    release({"user": user, "secrets": secret, "env": _listed(URL="https://$(API_KEY)@example.com")})
    seen = json.loads(cluster.service(namespace, f"deployment/{NAME}", "-show"))
    assert seen["environment"]["API_KEY"] == "hunter2"
    assert seen["environment"]["URL"] == "https://hunter2@example.com"
    assert seen["user"] == user
    assert cluster.service(namespace, f"deployment/{NAME}", "-read=/etc/keys/api.key") == "-----BEGIN"


def test_a_home_of_the_services_own_is_kept(cluster: Cluster, namespace: str, release: Release) -> None:
    release({"env": _listed(HOME="/tmp/home")})
    seen = json.loads(cluster.service(namespace, f"deployment/{NAME}", "-show"))
    assert seen["environment"]["HOME"] == "/tmp/home"


def test_a_pod_of_the_old_version_keeps_its_variables_when_it_restarts_during_a_deployment(
    cluster: Cluster, namespace: str, release: Release
) -> None:
    """The rollback then brings them back for all."""
    release({"env": _listed(A="old")})
    (pod,) = cluster.items(namespace, "pods")
    old = pod["metadata"]["name"]
    failing = {"env": _listed(A="new"), "args": ["-listen=:8080", "-unhealthy"]}
    with ThreadPoolExecutor() as pool:
        upgrade = pool.submit(release, failing, "--atomic", "--timeout=25s")
        cluster.eventually("a new pod", lambda: len(cluster.items(namespace, "pods")) == 2)
        with pytest.raises(CommandFailed, match="command terminated with exit code"):
            cluster.service(namespace, old, "-get=http://127.0.0.1:8080/exit?n=3")
        cluster.eventually("a restart", lambda: cluster.container(namespace, old)["restartCount"] == 1)
        cluster.wait_ready(namespace, old)
        seen = json.loads(cluster.service(namespace, old, "-show"))
        with pytest.raises(CommandFailed, match="context deadline exceeded"):
            upgrade.result()
    assert seen["environment"]["A"] == "old"
    (deployment,) = cluster.items(namespace, "deployments")
    (server,) = deployment["spec"]["template"]["spec"]["containers"]
    assert {"name": "A", "value": "old"} in server["env"]


def test_files_and_folders_are_those_of_all_containers_and_a_sidecar_answers_beside_the_server(
    cluster: Cluster, namespace: str, release: Release
) -> None:
    """The first init container fills a folder for the others, under the level restricted."""
    small = {"image": SERVICE[1], "cpu": "20m", "memory": "32Mi"}
    made, text = "/var/work/made", "url: ${HOST}\n"
    release(
        {
            "files": [{"path": "/etc/app/app.yaml", "text": text}],
            "writable": [{"path": "/var/work", "copied": False}],
            "init": [small | {"name": "prepare", "args": [f"-put={made}", "-text=by init"]}],
            "sidecars": [small | {"name": "proxy", "args": ["-listen=:9000", "-text=beside"], "env": _listed(A="b")}],
        }
    )
    (pod,) = cluster.items(namespace, "pods")
    name = pod["metadata"]["name"]
    assert cluster.service(namespace, name, "-read=/etc/app/app.yaml") == text
    assert cluster.service(namespace, name, f"-read={made}") == "by init"
    assert cluster.service(namespace, name, "-get=http://127.0.0.1:9000/") == "beside\n"
    beside = json.loads(cluster.kubectl(f"--namespace={namespace}", "exec", name, "-cproxy", "--", "/service", "-show"))
    assert beside["environment"]["A"] == "b"
    assert (beside["user"], beside["capabilities"], beside["writable"]["/"]) == (65532, "0" * 16, False)
    with pytest.raises(CommandFailed, match=r"read-only file system|permission denied"):
        cluster.service(namespace, name, "-put=/etc/app/app.yaml", "-text=x")


def test_a_pod_of_the_old_version_keeps_its_file_when_it_restarts_during_a_deployment(
    cluster: Cluster, namespace: str, release: Release
) -> None:
    def of(text: str) -> dict[str, Any]:
        return {"files": [{"path": "/etc/app.yaml", "text": text}]}

    release(of("old"))
    (pod,) = cluster.items(namespace, "pods")
    old = pod["metadata"]["name"]
    failing = of("new") | {"args": ["-listen=:8080", "-unhealthy"]}
    with ThreadPoolExecutor() as pool:
        upgrade = pool.submit(release, failing, "--atomic", "--timeout=25s")
        cluster.eventually("a new pod", lambda: len(cluster.items(namespace, "pods")) == 2)
        with pytest.raises(CommandFailed, match="command terminated with exit code"):
            cluster.service(namespace, old, "-get=http://127.0.0.1:8080/exit?n=3")
        cluster.eventually("a restart", lambda: cluster.container(namespace, old)["restartCount"] == 1)
        cluster.wait_ready(namespace, old)
        seen = cluster.service(namespace, old, "-read=/etc/app.yaml")
        with pytest.raises(CommandFailed, match="context deadline exceeded"):
            upgrade.result()
    assert seen == "old"


def test_arguments_arrive_as_the_kubelet_expands_them(cluster: Cluster, namespace: str, release: Release) -> None:
    """$(NAME) is a variable's value and $$ is $, as everywhere in Kubernetes; all else stays."""
    text = "$(B) $(NONE) $$(B) $B `id` 'a  b' \"*\""
    release({"env": _listed(B="b"), "args": ["-listen=:8080", f"-text={text}"]})
    with cluster.forwarded(namespace, f"deployment/{NAME}") as ask:
        assert ask("/") == "b $(NONE) $(B) $B `id` 'a  b' \"*\"\n"


def test_a_user_without_privileges_listens_on_a_port_below_1024_where_the_pod_allows_it(
    cluster: Cluster, namespace: str, release: Release
) -> None:
    """containerd 2 opens all ports where a pod says nothing, so a port below the one that it says is tried too."""
    low = {"unprivilegedPortStart": 80}
    release(low | {"port": 80, "args": ["-listen=:80", "-text=low"]})
    seen = json.loads(cluster.service(namespace, f"deployment/{NAME}", "-show"))
    assert (seen["user"], seen["capabilities"]) == (65532, "0" * 16)
    (pod,) = cluster.items(namespace, "pods")
    assert cluster.service(namespace, pod["metadata"]["name"], "-get=http://127.0.0.1:80/") == "low\n"
    with pytest.raises(CommandFailed, match="context deadline exceeded"):
        release(low | {"port": 79, "args": ["-listen=:79", "-text=lower"]}, "--atomic", "--timeout=15s")


def test_a_request_in_flight_ends_well_while_its_pod_goes(cluster: Cluster, namespace: str, release: Release) -> None:
    """It outlives the sleep before SIGTERM, and is finished after that."""
    release({"args": ["-listen=:8080", "-text=done"]})
    (pod,) = cluster.items(namespace, "pods")
    name = pod["metadata"]["name"]
    answers: list[str] = []
    with cluster.forwarded(namespace, f"pod/{name}") as ask:
        request = threading.Thread(target=lambda: answers.append(ask("/wait?n=16")))
        request.start()
        time.sleep(1)
        started = time.monotonic()
        logs = _following(cluster, namespace, name)
        cluster.kubectl(f"--namespace={namespace}", "delete", "pod", name, "--wait=false")
        request.join(60)
        said, _ = logs.communicate(timeout=60)
    cluster.kubectl(f"--namespace={namespace}", "wait", f"pod/{name}", "--for=delete", "--timeout=60s")
    assert answers == ["done\n"]
    assert [line.split(" ", 2)[2] for line in said.splitlines()] == [
        "listening on :8080",
        "a request waits 16 s",
        "SIGTERM",
        "ended after the last request",
    ]
    assert 14 <= time.monotonic() - started < 40  # neither at SIGTERM nor at the end of the grace period


def test_a_server_that_starts_slowly_is_not_restarted(cluster: Cluster, namespace: str, release: Release) -> None:
    release({"args": ["-listen=:8080", "-start-after=20s"]})
    (pod,) = cluster.items(namespace, "pods")
    assert pod["status"]["containerStatuses"][0]["restartCount"] == 0
    assert any("Startup probe failed" in event["message"] for event in cluster.items(namespace, "events"))


@pytest.mark.nightly(minutes=2)
def test_a_server_that_is_not_well_leaves_its_service_and_is_restarted(
    cluster: Cluster, namespace: str, release: Release
) -> None:
    """After three failures of readiness, and a minute of those of liveness."""
    release({})
    cluster.kubectl(f"--namespace={namespace}", "expose", "deployment", NAME, "--port=80", "--target-port=8080")
    (pod,) = cluster.items(namespace, "pods")
    name = pod["metadata"]["name"]
    cluster.service(namespace, name, "-get=http://127.0.0.1:8080/break")
    started = time.monotonic()
    cluster.eventually("not ready", lambda: not cluster.container(namespace, name)["ready"])
    assert cluster.container(namespace, name)["restartCount"] == 0
    (slice_,) = cluster.items(namespace, "endpointslices")
    assert [endpoint["conditions"]["ready"] for endpoint in slice_["endpoints"]] == [False]
    cluster.eventually("a restart", lambda: cluster.container(namespace, name)["restartCount"] == 1, 120)
    assert time.monotonic() - started > 40
    cluster.wait_ready(namespace, name)


def test_the_autoscaler_adds_a_pod_under_load_that_the_kubelet_measured(
    cluster: Cluster, namespace: str, release: Release
) -> None:
    """So small a pod that a busy machine has processor enough for more than 70 % of it."""
    release({"cpu": "30m"})

    def scaler() -> dict[str, Any]:
        (found,) = cluster.items(namespace, "horizontalpodautoscalers")
        return dict(found["status"])

    cluster.eventually("one measured pod", lambda: _measured(scaler()) and scaler()["desiredReplicas"] == 1, 120)
    with pytest.raises(CommandFailed, match=r"Client\.Timeout"):  # it burns on
        cluster.service(namespace, f"deployment/{NAME}", "-get=http://127.0.0.1:8080/burn?n=100")
    cluster.eventually("another pod", lambda: scaler()["desiredReplicas"] == 2, 90)
    cluster.kubectl(f"--namespace={namespace}", "rollout", "status", f"deployment/{NAME}", "--timeout=60s")


def test_the_job_makes_the_user_and_schema_in_a_real_database(
    cluster: Cluster, namespace: str, users: Release, database: DataApi
) -> None:
    values = helm.values(helm.USERS)
    user = "shop_job"
    database.requests.clear()
    database.refusals = [RESUMING]
    released = threading.Thread(target=users, args=({"users.0.name": user},))
    released.start()
    pods = cluster.eventually("the job's pod", lambda: cluster.items(namespace, "pods"))
    name = pods[0]["metadata"]["name"]
    running = "--for=jsonpath={.status.phase}=Running"
    cluster.kubectl(f"--namespace={namespace}", "wait", f"pod/{name}", running, "--timeout=60s")
    said, _ = _following(cluster, namespace, name).communicate(timeout=60)
    released.join(120)
    assert said == "The database users are there.\n"
    print(said)
    schema = f"SELECT nspowner::regrole FROM pg_namespace WHERE nspname = '{user}'"
    assert database.server.run(schema, role=MASTER) == f"{user}__owner"
    with pytest.raises(postgresql.Refused, match=r"password"):
        database.server.run("SELECT 1", role=user, password="none")
    first, again, *_ = database.requests
    assert first == again
    expected = {"resourceArn": values["clusterArn"], "secretArn": values["secretArn"], "database": DATABASE}
    assert {key: value for key, value in first.items() if key != "sql"} == expected


def test_a_job_that_fails_keeps_its_words(cluster: Cluster, namespace: str, users: Release, database: DataApi) -> None:
    database.refusals = [DENIED] * 3
    with pytest.raises(CommandFailed, match=r"job database-users failed: BackoffLimitExceeded"):
        users({})
    assert database.refusals == []
    pods = cluster.items(namespace, "pods")
    assert len(pods) == 3
    ends = [pod["status"]["containerStatuses"][0]["state"]["terminated"] for pod in pods]
    assert {end["exitCode"] for end in ends} == {1}
    for end in ends:
        assert "This statement failed: DO $do$ DECLARE name text; BEGIN FOR name IN SELECT datname" in end["message"]
        assert f"({DENIED.code}) when calling the ExecuteStatement operation: {DENIED.message}" in end["message"]


def _measured(scaler: dict[str, Any]) -> bool:
    return any(
        "averageUtilization" in one.get("resource", {}).get("current", {}) for one in scaler.get("currentMetrics") or []
    )


def _following(cluster: Cluster, namespace: str, pod: str) -> subprocess.Popen[str]:
    """The logs of a pod until it ends."""
    command: list[str | Path] = [cluster.plane.programs["kubectl"], f"--namespace={namespace}", "logs", pod, "--follow"]
    return child_process.start(command, env=cluster.plane.environment, stdout=subprocess.PIPE)
