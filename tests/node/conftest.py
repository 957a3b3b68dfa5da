"""One control plane with a node that runs pods, for all tests here; kwok plays two more, which take no pods unasked."""

import itertools
import json
import re
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from modules.facts import charts
from tests.support import child_process, data_api, helm
from tests.support.control_plane import PROGRAMS as OF_THE_PLANE
from tests.support.control_plane import ControlPlane
from tests.support.data_api import DataApi
from tests.support.go_tools import binaries
from tests.support.node import PROGRAMS, Node, lacking, stand_ins
from tests.support.tool_missing import ToolMissing

STARTED = pytest.StashKey[str]()
SHARED = pytest.StashKey["Cluster"]()
OF_KUBERNETES = {"default", "kube-node-lease", "kube-public", "kube-system"}
REPOSITORY = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/user-service"
SERVICE = (charts.PLACEHOLDER, f"{REPOSITORY}:v1", f"{REPOSITORY}:v2")
AWS_CLI = (helm.values(helm.USERS)["image"],)
NUMBERS = itertools.count()
Json = dict[str, Any]


class Cluster:
    """The control plane, its node, and short ways to ask them."""

    def __init__(self, plane: ControlPlane, node: Node) -> None:
        self.plane, self.node = plane, node
        self.kubectl = plane.kubectl

    def items(self, namespace: str, kind: str, *options: str) -> list[Json]:
        listed = self.kubectl(f"--namespace={namespace}", "get", kind, "--output=json", *options)
        return list(json.loads(listed)["items"])

    def eventually(self, what: str, check: Callable[[], Any], seconds: float = 60) -> Any:
        """What `check` returns as soon as it is true."""
        end = time.monotonic() + seconds
        while not (found := check()):
            assert time.monotonic() < end, f"not within {seconds} s: {what}\n{self.node.last_words()}"
            time.sleep(0.2)
        return found

    def run(self, namespace: str, name: str, *arguments: str, **container: Any) -> None:
        """A pod of one container, as the level `restricted` wants it."""
        secure = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
        one = {"name": name, "image": SERVICE[0], "args": list(arguments), "securityContext": secure} | container
        of_pod = {"runAsNonRoot": True, "runAsUser": 65532, "seccompProfile": {"type": "RuntimeDefault"}}
        spec = {"containers": [one], "securityContext": of_pod, "terminationGracePeriodSeconds": 2}
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "labels": {"app": name}}, "spec": spec}
        self.kubectl(f"--namespace={namespace}", "apply", "--filename=-", input=json.dumps(pod))

    def wait_ready(self, namespace: str, name: str) -> None:
        self.kubectl(f"--namespace={namespace}", "wait", f"pod/{name}", "--for=condition=Ready", "--timeout=60s")

    def container(self, namespace: str, pod: str) -> Json:
        """Its status."""
        (found,) = self.items(namespace, "pods", f"--field-selector=metadata.name={pod}")
        statuses = found["status"].get("containerStatuses")
        return dict(statuses[0]) if statuses else {"restartCount": 0, "state": {}}

    def service(self, namespace: str, pod: str, *arguments: str) -> str:
        """What the program of the image of a pod says to these arguments, run beside it in its container."""
        return self.kubectl(f"--namespace={namespace}", "exec", pod, "--", "/service", *arguments)

    @contextmanager
    def forwarded(self, namespace: str, what: str, port: int = 8080) -> Iterator[Callable[[str], str]]:
        """`kubectl port-forward`: asks for a path, and gives the answer."""
        command: list[str | Path] = [
            self.plane.programs["kubectl"],
            f"--namespace={namespace}",
            "port-forward",
            what,
            f":{port}",
        ]
        pipe = subprocess.PIPE
        forward = child_process.start(command, env=self.plane.environment, stdout=pipe, stderr=pipe)
        assert forward.stdout
        found = re.search(r"127\.0\.0\.1:(\d+)", forward.stdout.readline())
        try:
            assert found, forward.stderr and forward.stderr.read()
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

            def ask(path: str) -> str:
                with opener.open(f"http://127.0.0.1:{found[1]}{path}", timeout=60) as answer:
                    return str(answer.read().decode())

            yield ask
        finally:
            child_process.end(forward)


@pytest.fixture(scope="session")
def built(request: pytest.FixtureRequest) -> None:
    """Before the first test's clock runs, and under the user's eyes: it takes minutes."""
    if reason := lacking():
        raise ToolMissing(reason)
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        binaries([*OF_THE_PLANE, *PROGRAMS, "metrics-server"])


@pytest.fixture(scope="session")
def database(built: None) -> Iterator[DataApi]:
    with data_api.started() as api:
        yield api


@pytest.fixture(scope="session")
def cluster(
    built: None, database: DataApi, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Cluster]:
    images = [stand_ins.service(SERVICE), stand_ins.aws_cli(AWS_CLI, database.port)]
    with ControlPlane(folder=tmp_path_factory.mktemp("control-plane"), node_count=2) as plane:
        plane.kubectl("cordon", "fargate-1", "fargate-2")
        with Node(plane, images, ports=[database.port], metrics=True) as node:
            request.config.stash[STARTED] = f"The node was ready after {node.seconds_to_start:.1f} s"
            shared = request.config.stash[SHARED] = Cluster(plane, node)
            yield shared
            started = time.monotonic()
        request.config.stash[STARTED] += f", and gone after {time.monotonic() - started:.1f} s"


@pytest.fixture(scope="module", autouse=True)
def nothing_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """After each module: which modules share a cluster, and in which order, is chance."""
    yield
    if cluster := request.config.stash.get(SHARED, None):
        namespaces = cluster.items("default", "namespaces")
        active = {one["metadata"]["name"] for one in namespaces if one["status"]["phase"] == "Active"}
        assert active == OF_KUBERNETES


@pytest.fixture
def namespace(cluster: Cluster, request: pytest.FixtureRequest) -> Iterator[str]:
    words = re.sub("[^a-z]+", "-", request.node.name.removeprefix("test_"))[:48].strip("-")
    name = f"{words}-{next(NUMBERS)}"
    cluster.kubectl("create", "namespace", name)
    cluster.kubectl("label", "namespace", name, "pod-security.kubernetes.io/enforce=restricted")
    yield name
    cluster.kubectl("delete", "namespace", name, "--wait=false")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if STARTED in config.stash:
        terminalreporter.write_line(config.stash[STARTED])
