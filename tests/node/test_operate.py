"""The commands about a running service, on a real node: what they print, what runs, and that nothing is left."""

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from modules.paths import ROOT
from tests.support import helm, on_terminal

from .conftest import NUMBERS, SERVICE, Cluster

SMALL = {"cpu": "50m", "memory": "64Mi"}
GROUPS = ["sg-0123456789abcdef0"]
COMPONENT = "app.kubernetes.io/component"
Done = subprocess.CompletedProcess[str]
Main = Callable[..., Done]


@pytest.fixture(scope="module")
def name(cluster: Cluster) -> Iterator[str]:
    """A service of one pod with a sidecar and a job, deployed into its namespace."""
    name = f"web-{next(NUMBERS)}"
    where = f"--namespace={name}"
    cluster.kubectl("create", "namespace", name)
    cluster.kubectl("label", "namespace", name, "pod-security.kubernetes.io/enforce=restricted")
    cluster.kubectl(where, "create", "serviceaccount", name)
    job: dict[str, Any] = {
        "name": f"{name}-remind",
        "schedule": "0 0 29 2 *",
        "timeZone": "Etc/UTC",
        "overlap": "Forbid",
    }
    job |= {"deadlineSeconds": 60, "retries": 0, "command": ["/service", "-exit=4"]}
    own: dict[str, Any] = {"service": name, "securityGroups": GROUPS}
    values: dict[str, dict[str, Any]] = {
        helm.NETWORK: {**own, "targetGroup": None},
        helm.PODS: {
            **own,
            **SMALL,
            "serviceAccount": name,
            "image": SERVICE[1],
            "pods": {"min": 1, "max": 2},
            "drainSeconds": 0,
            "sidecars": [{"name": "proxy", "image": SERVICE[1], "args": ["-listen=:9000"]} | SMALL],
            "jobs": [job | SMALL],
        },
    }
    for chart, changes in values.items():
        file = cluster.plane.folder / f"{name}-{chart}.json"
        file.write_text(json.dumps(helm.values(chart, changes)))
        options = ("--install", "--wait", "--timeout=120s", where, f"--values={file}")
        cluster.plane.helm("upgrade", chart, str(helm.CHARTS / chart), *options)
    yield name
    cluster.kubectl("delete", "namespace", name, "--wait=false")


@pytest.fixture(scope="module")
def line(cluster: Cluster, name: str, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The begin of a command line."""
    folder = tmp_path_factory.mktemp("operate")
    (folder / "kubectl").symlink_to(cluster.plane.programs["kubectl"])
    services = f"project: shop\nregion: eu-west-1\nservices:\n  {name}:\n    image: ghcr.io/shop/web:1\n    stop: 2s\n"
    services += "    jobs: {remind: {schedule: '0 0 29 2 *', command: [remind]}}\n  other: {image: ghcr.io/shop/o:1}\n"
    (folder / "services.yaml").write_text(services)
    program = [sys.executable, "-m", "tests.support.main_on_plane", str(cluster.plane.kubeconfig)]
    return ["env", f"PATH={folder}:{os.environ['PATH']}", f"SERVICES={folder / 'services.yaml'}", *program]


def _file(line: list[str]) -> str:
    return next(word.partition("=")[2] for word in line if word.startswith("SERVICES="))


@pytest.fixture(scope="module")
def main(line: list[str]) -> Main:
    def run(command: str, *words: str) -> Done:
        asked = [*line, command, f"--file={_file(line)}", *words]
        nothing, pipe = subprocess.DEVNULL, subprocess.PIPE
        return subprocess.run(
            asked, cwd=ROOT, stdin=nothing, stdout=pipe, stderr=pipe, text=True, timeout=120, check=False
        )

    return run


def _runs(cluster: Cluster, name: str) -> list[dict[str, Any]]:
    """Jobs and pods of one-off commands."""
    of_runs = f"--selector={COMPONENT}=run"
    return [*cluster.items(name, "jobs", of_runs), *cluster.items(name, "pods", of_runs)]


def test_a_command_has_what_the_pods_have_and_its_exit_code_is_passed_on(
    cluster: Cluster, name: str, main: Main
) -> None:
    shown = main("run", name, "--", "/service", "-show", "$(DATABASE_PORT) $$ $HOME")
    assert shown.returncode == 0, shown.stderr
    seen = json.loads(shown.stdout)
    assert seen["environment"]["DATABASE_PORT"] == "5432"
    assert (seen["user"], seen["writable"]) == (65532, {"/": False, "/tmp": True})
    assert seen["arguments"] == ["/service", "-show", "$(DATABASE_PORT) $$ $HOME"]
    failed = main("run", name, "--command", "/service '-exit=3'")
    assert (failed.returncode, "ending with 3, as told" in failed.stdout) == (3, True), failed.stderr
    assert f"$ kubectl create --namespace={name} --filename=-\n" in failed.stderr
    assert re.search(
        rf"\$ kubectl logs {name}-run-\w+-\w+ --namespace={name} --container=run --follow\n", failed.stderr
    )
    assert re.search(rf"\$ kubectl delete job {name}-run-\w+ --namespace={name} --wait=false\n", failed.stderr)
    cluster.eventually("nothing is left", lambda: _runs(cluster, name) == [])


def test_its_pod_has_the_services_groups_and_account_and_nothing_that_serves_counts_it(
    cluster: Cluster, name: str, line: list[str]
) -> None:
    """Ended by ctrl-C, after which nothing is left."""
    found: dict[str, Any] = {}

    def look() -> None:
        pod = cluster.eventually("it runs", lambda: [one for one in _runs(cluster, name) if one["kind"] == "Pod"])[0]
        policy = cluster.items(name, "securitygrouppolicies")[0]["spec"]["podSelector"]["matchLabels"]
        found["has groups"] = policy.items() <= pod["metadata"]["labels"].items()
        found["pod"] = pod
        found["budget"] = cluster.items(name, "poddisruptionbudgets")[0]
        # What autoscalers count, Kubernetes' own and KEDA's: the pods that the scale of their Deployment selects.
        scale = json.loads(cluster.kubectl("get", "--raw", f"/apis/apps/v1/namespaces/{name}/deployments/{name}/scale"))
        found["counted"] = cluster.items(name, "pods", f"--selector={scale['status']['selector']}")
        found["endpoints"] = cluster.items(name, "endpointslices")
        found["job"] = cluster.items(name, "jobs", f"--selector={COMPONENT}=run")[0]

    words = ["run", f"--file={_file(line)}", name, "--", "/service", "-work=90m"]
    # Without a terminal behind it, as in a CI job.
    piped = ["sh", "-c", '"$@" | cat', "sh", *line, *words]
    seen = on_terminal.run(piped, interrupt_after="a message takes 1h30m0s", before_interrupt=look)
    assert "Interrupted" in seen.written
    assert found["has groups"]
    spec, labels = found["pod"]["spec"], found["pod"]["metadata"]["labels"]
    assert [one["name"] for one in spec["containers"]] == ["run"]
    assert spec["serviceAccountName"] == name
    assert spec["containers"][0]["resources"]["requests"] == {"cpu": "250m", "memory": "256Mi"}
    assert (labels[COMPONENT], "app.kubernetes.io/instance" in labels) == ("run", False)
    assert found["budget"]["status"]["expectedPods"] == 1
    assert [one["metadata"]["labels"][COMPONENT] for one in found["counted"]] == ["server"]
    addresses = [one for slice in found["endpoints"] for one in slice["endpoints"] or ()]
    assert [
        one["targetRef"]["name"] for one in addresses if one["targetRef"]["name"] == found["pod"]["metadata"]["name"]
    ] == []
    assert (len(addresses), found["job"]["spec"]["activeDeadlineSeconds"]) == (1, 4 * 3600)
    cluster.eventually("nothing is left", lambda: _runs(cluster, name) == [])


def test_on_a_terminal_the_program_has_it(cluster: Cluster, name: str, line: list[str]) -> None:
    """The kernel of the container's terminal makes SIGINT of ctrl-C; the program ends by it."""
    words = ["run", f"--file={_file(line)}", name, "--", "/service", "-work=2s"]
    seen = on_terminal.run([*line, *words], interrupt_after="a message takes 2s")
    assert f"--namespace={name} --container=run --stdin --tty" in seen.written
    assert "Interrupted" not in seen.written
    assert seen.exit_code not in (0, 130), seen.written
    cluster.eventually("nothing is left", lambda: _runs(cluster, name) == [])


def test_what_cannot_start_is_said_with_its_reason_and_removed(cluster: Cluster, name: str, main: Main) -> None:
    done = main("run", name, "--", "/bin/none")
    assert done.returncode == 1
    assert re.search(rf"The pod {name}-run-\S+ did not start: RunContainerError, .*/bin/none", done.stderr), done.stderr
    cluster.eventually("nothing is left", lambda: _runs(cluster, name) == [])


def test_what_has_not_ended_in_its_time_is_ended(cluster: Cluster, name: str, main: Main) -> None:
    done = main("run", name, "--timeout=10s", "--", "/service", "-work=90m")
    assert done.returncode == 1
    assert "The program was ended before it was done: it had 10 s, or its pod was deleted." in done.stderr
    assert "--timeout 8h" in done.stderr
    cluster.eventually("nothing is left", lambda: _runs(cluster, name) == [])


def test_logs_are_those_of_all_containers_with_their_pod(name: str, main: Main) -> None:
    done = main("logs", name)
    assert done.returncode == 0, done.stderr
    assert re.search(rf"^\[pod/{name}-\w+-\w+/server\] .*listening on :\d+$", done.stdout, re.MULTILINE)
    assert re.search(rf"^\[pod/{name}-\w+-\w+/proxy\] .*listening on :9000$", done.stdout, re.MULTILINE)
    chosen = f"--namespace={name} --selector=app.kubernetes.io/name={name}"
    assert done.stderr == f"$ kubectl logs {chosen} --all-containers --prefix --tail=100\n"


def test_followed_logs_go_on_with_lines_as_they_come(cluster: Cluster, name: str, line: list[str]) -> None:
    seen: list[on_terminal.Seen] = []
    words = [*line, "logs", f"--file={_file(line)}", name, "--follow"]
    following = threading.Thread(
        target=lambda: seen.append(on_terminal.run(words, columns=300, interrupt_after="a request waits 0 s"))
    )
    following.start()
    pod = cluster.items(name, "pods", f"--selector={COMPONENT}=server")[0]["metadata"]["name"]
    following.join(4)  # what is written before it follows would be printed without following, too
    assert following.is_alive(), seen
    cluster.service(name, pod, "-get=http://127.0.0.1:8080/wait?n=0")
    following.join(60)
    (ended,) = seen
    assert f"[pod/{pod}/proxy] " in ended.written
    assert re.search(rf"\[pod/{pod}/server\] \S+ \S+ a request waits 0 s", ended.written)
    assert "--follow --ignore-errors --max-log-requests=5" in ended.written
    assert (ended.exit_code, "Traceback" in ended.written) == (130, False)


def test_a_shell_is_a_program_in_a_running_pod(name: str, line: list[str]) -> None:
    """The image has no sh, so another program is named; without a terminal there is none."""
    words = ["shell", f"--file={_file(line)}", name, "--", "/service", "-exit=5"]
    seen = on_terminal.run([*line, *words])
    assert "ending with 5, as told" in seen.written
    assert (seen.exit_code, "--container=server --stdin --tty" in seen.written) == (5, True)


def test_a_restart_gives_new_pods_and_status_says_what_runs_and_how_jobs_ended(
    cluster: Cluster, name: str, main: Main
) -> None:
    before = _servers(cluster, name)
    cluster.kubectl(f"--namespace={name}", "create", "job", "failing", f"--from=cronjob/{name}-remind")
    done = main("restart", name)
    assert (done.returncode, done.stdout) == (0, f"{name}: 1 new pod is ready.\n"), done.stderr
    assert f"$ kubectl rollout restart deployment/{name} --namespace={name}\n" in done.stderr
    cluster.eventually("the old pod is gone", lambda: len(_servers(cluster, name)) == 1)
    assert _servers(cluster, name).isdisjoint(before)
    cluster.kubectl(f"--namespace={name}", "wait", "job/failing", "--for=condition=Failed", "--timeout=90s")
    said = main("status", name)
    assert said.returncode == 0, said.stderr
    first, pod, job_pod, job = said.stdout.splitlines()
    assert first == f"{name}: 1 of 1 pods ready, image {SERVICE[1]}"
    assert re.fullmatch(rf"  pod {name}-\w+-\w+: ready, \d+ \w+ old", pod)
    assert re.fullmatch(r"  pod failing-\w+ \(job\): failed: Error, It ended with exit code 4\., \d+ \w+ old", job_pod)
    schedule = re.escape("(0 0 29 2 * Etc/UTC)")
    assert re.fullmatch(
        rf"  job remind {schedule}: failed with exit code 4 \(BackoffLimitExceeded\), began .* ago, took .*", job
    )
    assert said.stderr == f"$ kubectl get deployments,pods,cronjobs,jobs,events --namespace={name}\n"
    every = json.loads(main("status", "--json").stdout)["services"]
    assert [one["service"] for one in every] == [name, "other"]
    assert every[0]["rollout"] | {"revision": 0} == {
        "state": "done",
        "wanted": 1,
        "updated": 1,
        "ready": 1,
        "image": SERVICE[1],
        "revision": 0,
    }
    assert every[0]["rollout"]["revision"] == 2
    assert (every[0]["jobs"][0]["last_run"]["result"], every[0]["jobs"][0]["last_run"]["exit_code"]) == ("failed", 4)
    assert every[1] | {"queues": []} == {"service": "other", "rollout": None, "pods": [], "jobs": [], "queues": []}


def _servers(cluster: Cluster, name: str) -> set[str]:
    return {pod["metadata"]["uid"] for pod in cluster.items(name, "pods", f"--selector={COMPONENT}=server")}


def test_a_service_without_pods_is_said(name: str, line: list[str], main: Main) -> None:
    restarted, ran = main("restart", "other"), main("run", "other", "--", "true")
    assert (restarted.returncode, ran.returncode) == (1, 1)
    assert "other has no Deployment: it is jobs only, or it is not deployed yet." in restarted.stderr
    assert "The cluster has neither pods nor jobs of other." in ran.stderr
    assert "make deploy STACK=other" in ran.stderr
    seen = on_terminal.run([*line, "shell", f"--file={_file(line)}", "other"], columns=200)
    assert (seen.exit_code, "No pod of other runs." in seen.written) == (1, True)
    unknown = main("logs", "othe")
    assert (unknown.returncode, 'There is no service "othe".' in unknown.stderr) == (1, True)
    assert 'Did you mean "other"?' in unknown.stderr


def test_without_kubectl_that_is_the_error(line: list[str], name: str) -> None:
    alone = ["env", f"PATH={Path(sys.executable).parent}", *line[3:]]
    done = subprocess.run(
        [*alone, "logs", f"--file={_file(line)}", name, "--follow"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "There is no kubectl on PATH, which this needs." in done.stderr
    assert "https://kubernetes.io/docs/tasks/tools/" in done.stderr
