"""Commands about a running service: the Job of a one-off command, queues, and the words of a status."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest

from modules.checks.check import check
from modules.cli import account_of, command_line
from modules.deploy.kubernetes_api import KubernetesApi, KubernetesError
from modules.doctor import finding
from modules.doctor.account import Account
from modules.errors import CommandError
from modules.operate import one_off, queues, status, status_lines
from modules.operate.cluster import Cluster
from tests.support import aws_answers
from tests.support.aws_answers import AwsAnswers
from tests.unit.conftest import Check, file_text

WEB = "web: {image: v1, cpu: 0.5, memory: 1GB, storage: 30, aws: [sqs]}"
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
URL = "http://sqs/111122223333/shop-web"
# As the cluster has it of a Deployment, in short.
SERVER = {
    "name": "server",
    "image": "ghcr.io/shop/web:1",
    "args": ["-listen=:8080"],
    "env": [{"name": "A", "value": "b"}],
    "resources": {"requests": {"cpu": "450m", "memory": "704Mi", "ephemeral-storage": "30Gi"}},
    "securityContext": {"readOnlyRootFilesystem": True},
    "volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}],
    "ports": [{"containerPort": 8080}],
    **{key: {} for key in ("lifecycle", "readinessProbe", "livenessProbe", "startupProbe")},
}
TEMPLATE = {
    "metadata": {
        "labels": {
            "app.kubernetes.io/name": "web",
            "app.kubernetes.io/component": "server",
            "app.kubernetes.io/instance": "web",
            "app.kubernetes.io/managed-by": "Helm",
            "team": "shop",
        },
        "annotations": {"checksum/security-groups": "0"},
    },
    "spec": {"serviceAccountName": "web", "containers": [SERVER, {"name": "proxy"}], "restartPolicy": "Always"},
}


def _job(system: Check, *, terminal: bool = False) -> dict[str, Any]:
    spec = system(WEB).spec
    assert spec
    words = ["sh", "-c", "echo $HOME"]
    return one_off.job("web", spec.services["web"], TEMPLATE, words, seconds=60, terminal=terminal)


def test_a_one_off_job_keeps_what_the_service_is_and_drops_what_serves(system: Check) -> None:
    job = _job(system)
    pod = job["spec"]["template"]
    (container,) = pod["spec"]["containers"]
    labels = {"app.kubernetes.io/name": "web", "app.kubernetes.io/component": "run", "team": "shop"}
    assert pod["metadata"] == {"labels": labels, "annotations": {"checksum/security-groups": "0"}}
    assert not {"ports", "lifecycle", "readinessProbe", "livenessProbe", "startupProbe", "args"} & container.keys()
    assert {"image", "env", "securityContext", "volumeMounts"} <= container.keys()
    size = {"cpu": "500m", "memory": "768Mi", "ephemeral-storage": "30Gi"}
    assert container["resources"] == {"requests": size, "limits": size}
    assert container["command"] == ["sh", "-c", "echo $$HOME"]
    assert (pod["spec"]["restartPolicy"], pod["spec"]["terminationGracePeriodSeconds"]) == ("Never", 30)
    assert pod["spec"]["serviceAccountName"] == "web"
    bounds = {key: job["spec"][key] for key in ("activeDeadlineSeconds", "backoffLimit", "ttlSecondsAfterFinished")}
    assert bounds == {"activeDeadlineSeconds": 60, "backoffLimit": 0, "ttlSecondsAfterFinished": 300}


def test_a_terminal_is_asked_for_where_there_is_one(system: Check) -> None:
    (plain,) = _job(system)["spec"]["template"]["spec"]["containers"]
    (attached,) = _job(system, terminal=True)["spec"]["template"]["spec"]["containers"]
    assert "tty" not in plain
    assert {key: attached[key] for key in ("stdin", "stdinOnce", "tty")} == dict.fromkeys(
        ("stdin", "stdinOnce", "tty"), True
    )


def test_the_depths_of_a_queue_and_its_dead_letters_come_with_the_call(
    system: Check, logged_in: AwsAnswers, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = system(WEB).spec
    assert spec
    names = (
        "ApproximateNumberOfMessages",
        "ApproximateNumberOfMessagesNotVisible",
        "ApproximateNumberOfMessagesDelayed",
    )
    logged_in["GetQueueUrl"] = (200, {"QueueUrl": URL})
    logged_in["GetQueueAttributes"] = (200, {"Attributes": dict(zip(names, ("12", "3", "0"), strict=True))})
    counts = {"waiting": 12, "in_hand": 3, "delayed": 0}
    assert queues.depths(spec, "web", Account(spec.region)) == [
        {"queue": "shop-web", "dead_letters": False, **counts},
        {"queue": "shop-web-dead-letters", "dead_letters": True, **counts},
    ]
    asked = f"$ aws sqs get-queue-attributes --queue-url {URL} --attribute-names {' '.join(names)}\n"
    assert capsys.readouterr().err == asked * 2


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (aws_answers.error("AWS.SimpleQueueService.NonExistentQueue"), "There is no queue of this name yet."),
        (aws_answers.REFUSAL, "It needs the permission sqs:GetQueueUrl."),
    ],
)
def test_a_queue_that_cannot_be_asked_is_said_and_the_rest_goes_on(
    system: Check, logged_in: AwsAnswers, answer: aws_answers.Answer, words: str
) -> None:
    spec = system(WEB).spec
    assert spec
    logged_in["GetQueueUrl"] = answer
    assert [one["problem"] for one in queues.depths(spec, "web", Account(spec.region))] == [words] * 2


def _service(**changes: Any) -> dict[str, Any]:
    return {"service": "web", "rollout": None, "pods": [], "jobs": [], "queues": [], **changes}


def _rollout(state: str) -> dict[str, Any]:
    return {"state": state, "wanted": 3, "updated": 1, "ready": 2, "image": "v1", "revision": 4}


@pytest.mark.parametrize(
    ("found", "line"),
    [
        (_service(), "web: no Deployment"),
        (_service(rollout=_rollout("done")), "web: 2 of 3 pods ready, image v1"),
        (
            _service(rollout=_rollout("in progress")),
            "web: 2 of 3 pods ready, image v1, rollout in progress: 1 of 3 pods are new",
        ),
        (_service(rollout=_rollout("failed")), "web: 2 of 3 pods ready, image v1, rollout failed"),
        (
            _service(
                pods=[
                    {"pod": "web-1", "component": "job", "state": "succeeded", "restarts": 2}
                    | {"created": "2026-11-26T09:00:00Z"}
                ]
            ),
            "  pod web-1 (job): succeeded, restarted 2 times, 3 h old",
        ),
        (
            _service(queues=[{"queue": "q", "dead_letters": True, "waiting": 2, "in_hand": 0, "delayed": 5}]),
            "  dead-letter queue q: 2 waiting, 0 in hand, 5 delayed",
        ),
        (
            _service(queues=[{"queue": "q", "dead_letters": False, "problem": "There is none."}]),
            "  queue q: There is none.",
        ),
        (
            _service(
                jobs=[{"job": "a", "schedule": "@daily", "time_zone": None, "last_success": None, "last_run": None}]
            ),
            "  job a (@daily): has not run yet",
        ),
        (
            _service(
                jobs=[
                    {
                        "job": "a",
                        "schedule": "@daily",
                        "time_zone": "Etc/UTC",
                        "last_success": "2026-11-24T00:00:00Z",
                        "last_run": {
                            "run": "a-1",
                            "result": "failed",
                            "reason": "Late",
                            "exit_code": 1,
                            "started": "2026-11-26T00:00:00Z",
                            "ended": "2026-11-26T00:01:30Z",
                        },
                    }
                ]
            ),
            "  job a (@daily Etc/UTC): failed with exit code 1 (Late), began 12 h ago, took 90 s; last success 2 d ago",
        ),
    ],
)
def test_a_status_is_said_in_lines(found: dict[str, Any], line: str) -> None:
    assert list(status_lines.lines([found], NOW))[-1] == line


class _Api:
    """Lists pods of a cluster in which some namespaces may be seen."""

    def __init__(self, *seen: str, status: int = 403) -> None:
        self._seen, self._status = seen, status

    def items(self, path: str) -> list[dict[str, Any]]:
        if not any(f"/namespaces/{one}/" in path for one in self._seen):
            raise KubernetesError("it answered that this is forbidden", self._status)
        return []


def _status(tmp_path: Path, api: _Api) -> list[str]:
    (tmp_path / "services.yaml").write_text(file_text("web: {image: v1}\napi: {}"))
    spec = check(tmp_path / "services.yaml", NOW.date()).spec
    assert spec
    cluster = Cluster(cast(KubernetesApi, api), "status")
    return list(status_lines.lines(status.gather(spec, list(spec.services), cluster, Account("eu-west-1")), NOW))


def test_a_team_sees_the_status_of_its_own_services(tmp_path: Path) -> None:
    assert _status(tmp_path, _Api("web")) == ["web: no Deployment", "api: your login may not see it"]


@pytest.mark.parametrize("api", [_Api(), _Api("web", status=500)])
def test_who_sees_nothing_and_what_fails_is_one_mistake(tmp_path: Path, api: _Api) -> None:
    with pytest.raises(CommandError, match="it answered that this is forbidden"):
        _status(tmp_path, api)


def _main(tmp_path: Path, *words: str) -> int:
    file = tmp_path / "services.yaml"
    file.write_text(file_text("web: {image: v1}\napi: {}"))
    return command_line.main([*words[:1], f"--file={file}", *words[1:]])


@pytest.fixture
def of_aws(monkeypatch: pytest.MonkeyPatch, logged_in: AwsAnswers) -> AwsAnswers:
    monkeypatch.setattr(account_of, "log_in", lambda spec: (Account(spec.region), finding.ok("")))
    return logged_in


@pytest.mark.parametrize("command", ["logs", "restart", "run", "status"])
@pytest.mark.parametrize(
    ("service", "answer", "words"),
    [
        ("wep", None, ('There is no service "wep".', 'Did you mean "web"?')),
        (
            "web",
            aws_answers.error("ResourceNotFoundException"),
            ("There is no EKS cluster shop in eu-west-1.", "Make it first: make deploy."),
        ),
        ("web", aws_answers.REFUSAL, ("It needs the permission eks:DescribeCluster.",)),
        (
            "web",
            (200, {"cluster": {"name": "shop", "status": "CREATING"}}),
            ("EKS names no endpoint and certificate authority of shop yet.", "Wait until the cluster is made"),
        ),
    ],
)
def test_what_stands_in_the_way_is_one_mistake(
    tmp_path: Path,
    of_aws: AwsAnswers,
    capsys: pytest.CaptureFixture[str],
    command: str,
    service: str,
    answer: aws_answers.Answer | None,
    words: tuple[str, ...],
) -> None:
    if answer:
        of_aws["GET /clusters/shop"] = answer
    assert _main(tmp_path, command, service, *(["--", "true"] if command == "run" else [])) == 1
    said = " ".join(capsys.readouterr().err.split())
    assert f"{command} {service} error:" in said
    assert all(word in said for word in words), said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("run", "web"), ("There is no command to run.", "main.py run web -- bin/rails console")),
        (("run", "web", "--command", "echo 'a"), ("The command can't be split into words: No closing quotation.",)),
        (("shell", "web"), ("A shell needs a terminal, and there is none.", "main.py run web -- PROGRAM")),
    ],
)
def test_a_command_that_cannot_run_says_what_to_write(
    tmp_path: Path,
    of_aws: AwsAnswers,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    said: tuple[str, ...],
) -> None:
    assert _main(tmp_path, *words) == 1
    err = " ".join(capsys.readouterr().err.split())
    assert all(one in err for one in said), err
    assert of_aws.asked == []


def test_a_time_that_is_none_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        _main(tmp_path, "run", "web", "--timeout", "3d", "--", "true")
    assert ended.value.code == 2
    assert "a time from 10s to 24h, such as 30m" in capsys.readouterr().err
