"""`main.py logs` of a service whose pods are gone: what its log group has of them."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from modules.paths import ROOT
from tests.support.control_plane import ControlPlane
from tests.support.emulator import clients, emulated_aws

GROUP = "/shop/web"
LATER = "".join(f"  s{number}: {{image: v1}}\n" for number in range(60))
Done = subprocess.CompletedProcess[str]
Logs = Callable[[str], Done]


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with emulated_aws(tmp_path_factory.mktemp("emulator") / "log") as environment:
        yield environment


@pytest.fixture(scope="module")
def logs(control_plane: ControlPlane, aws: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Logs:
    file = tmp_path_factory.mktemp("logs") / "services.yaml"
    file.write_text("project: shop\nregion: eu-west-1\nservices:\n  web: {image: v1}\n  other: {image: v1}\n" + LATER)

    def run(service: str) -> Done:
        main = [sys.executable, "-m", "tests.support.main_on_plane", str(control_plane.kubeconfig)]
        words = ["logs", service, f"--file={file}"]
        environment = {"PATH": str(Path(sys.executable).parent), **aws}
        return subprocess.run(
            [*main, *words], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
        )

    return run


def test_without_pods_the_log_group_is_read_the_oldest_line_first(aws: dict[str, str], logs: Logs) -> None:
    client, now = clients(aws)("logs"), int(time.time() * 1000)
    client.create_log_group(logGroupName=GROUP)
    for stream, ages in (("pod-1", (7_200_000, 60_000, 20_000)), ("pod-2", (40_000,))):
        client.create_log_stream(logGroupName=GROUP, logStreamName=stream)
        events = [{"timestamp": now - age, "message": f"{stream} {age}\n"} for age in ages]
        client.put_log_events(logGroupName=GROUP, logStreamName=stream, logEvents=events)
    done = logs("web")
    assert done.returncode == 0, done.stderr
    assert [line.split(" ", 1)[1] for line in done.stdout.splitlines()] == ["pod-1 60000", "pod-2 40000", "pod-1 20000"]
    assert done.stderr.splitlines() == [
        "No pod of web has a log now. Its log group has of the last hour:",
        f"$ aws logs tail {GROUP} --since 1h --region eu-west-1",
    ]


def test_of_a_shared_log_group_only_the_services_own_streams_are_read(aws: dict[str, str], logs: Logs) -> None:
    client, now, streams = clients(aws)("logs"), int(time.time() * 1000), "pod-kube.var.log.containers."
    client.create_log_group(logGroupName="/shop/services")
    for name in ("s59-1_s59_server-0f.log", "s59-9-1_s59-9_server-0f.log"):
        client.create_log_stream(logGroupName="/shop/services", logStreamName=f"{streams}{name}")
        events = [{"timestamp": now - 1000, "message": name}]
        client.put_log_events(logGroupName="/shop/services", logStreamName=f"{streams}{name}", logEvents=events)
    done = logs("s59")
    assert [line.split(" ", 1)[1] for line in done.stdout.splitlines()] == ["s59-1_s59_server-0f.log"]
    assert f"tail /shop/services --log-stream-name-prefix {streams}s59- --since" in done.stderr


def test_without_a_log_group_that_is_the_error(logs: Logs) -> None:
    done = logs("other")
    assert (done.returncode, done.stdout) == (1, "")
    said = " ".join(done.stderr.split())
    assert "logs other error:" in said
    assert "logs FilterLogEvents failed with ResourceNotFoundException" in said
