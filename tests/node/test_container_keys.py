"""Keys of a container on a real node, each from services.yaml: `storage`, `pull_secret`, `writable`, and `health`."""

import itertools
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from ruamel.yaml import YAML

from modules.synth.build import build
from tests.support import helm
from tests.support.control_plane import CommandFailed, ControlPlane
from tests.support.node import Node, registry, stand_ins
from tests.support.node.registry import Registry
from tests.synth.conftest import spec_of

from .conftest import Cluster

pytestmark = pytest.mark.nightly(minutes=4)

NAME, IMAGE = "web", "registry.example.com/web:v1"
COPIED, IN_THE_IMAGE = "/etc/web", "of the image"
NUMBERS = itertools.count()
Json = dict[str, Any]


class Place(NamedTuple):
    """A namespace for one deployment."""

    cluster: Cluster
    registry: Registry
    folder: Path
    namespace: str

    def deploy(self, service: Json, *options: str, timeout: int = 120, **changes: Any) -> None:
        """A service of services.yaml, in small."""
        declared: Json = {"image": IMAGE, **service}
        system = {"project": "shop", "region": "eu-west-1", "services": {NAME: declared}}
        text = build(spec_of(system, self.folder))[f"stacks/{NAME}/values.yaml"].decode()
        values: Json = YAML(typ="safe", pure=True).load(text)
        groups = ["sg-0123456789abcdef0", "sg-0123456789abcdef1"]
        small = {"cpu": "50m", "memory": "64Mi", "pods": {"min": 1, "max": 1}, "drainSeconds": 0}
        file = self.folder / "values.json"
        file.write_text(json.dumps({**values, **small, "securityGroups": groups, **changes}))
        where = (NAME, str(helm.CHARTS / helm.PODS), f"--namespace={self.namespace}", f"--values={file}")
        self.cluster.plane.helm("upgrade", "--install", "--wait", f"--timeout={timeout}s", *options, *where)

    def ask(self, *arguments: str) -> str:
        return self.cluster.service(self.namespace, f"deployment/{NAME}", *arguments)

    def get(self, path: str) -> str:
        return self.ask(f"-get=http://127.0.0.1:8080{path}")

    def is_ready(self) -> bool:
        (pod,) = self.cluster.items(self.namespace, "pods")
        return bool(pod["status"]["containerStatuses"][0]["ready"])

    def messages(self) -> str:
        return "\n".join(str(event["message"]) for event in self.cluster.items(self.namespace, "events"))


@pytest.fixture(scope="module")
def cluster(built: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Cluster, Registry]]:
    folder = tmp_path_factory.mktemp("images")
    made = folder / "made"
    made.write_text(IN_THE_IMAGE, encoding="utf-8")
    private = stand_ins.service_with_cp(("private/web:v1",), (), made)
    image = stand_ins.service_with_cp((IMAGE,), (COPIED,), made)
    with (
        registry.serving(folder, private) as found,
        ControlPlane(folder=tmp_path_factory.mktemp("control-plane"), node_count=0) as plane,
        Node(plane, [image], ports=[found.port]) as node,
    ):
        found.known_to(node.folder)
        yield Cluster(plane, node), found


@pytest.fixture
def place(cluster: tuple[Cluster, Registry], tmp_path: Path) -> Iterator[Place]:
    found, images = cluster
    name = f"web-{next(NUMBERS)}"
    found.kubectl("create", "namespace", name)
    found.kubectl("label", "namespace", name, "pod-security.kubernetes.io/enforce=restricted")
    found.kubectl(f"--namespace={name}", "create", "serviceaccount", NAME)
    yield Place(found, images, tmp_path, name)
    found.kubectl("delete", "namespace", name, "--wait=false")


ARGUMENTS = ["-listen=:8080", "-text=ok"]


def test_a_folder_begins_with_what_the_image_has_there_and_can_be_written(place: Place) -> None:
    place.deploy({"args": ARGUMENTS, "writable": {COPIED: "copied", "/var/cache/web": "empty"}})
    assert place.ask(f"-read={COPIED}/made") == IN_THE_IMAGE
    for folder in (COPIED, "/var/cache/web"):
        place.ask(f"-put={folder}/written", "-text=x")
    with pytest.raises(CommandFailed, match="read-only file system"):
        place.ask("-put=/etc/other", "-text=x")


def test_a_pod_that_asks_for_more_disk_runs_where_the_node_has_it(place: Place) -> None:
    disk = {"ephemeral-storage": "100Gi"}
    status = {"status": {"capacity": disk, "allocatable": disk}}
    place.cluster.kubectl("patch", "node", "node", "--subresource=status", f"--patch={json.dumps(status)}")
    place.deploy({"args": ARGUMENTS, "storage": 50})
    (pod,) = place.cluster.items(place.namespace, "pods")
    (container,) = pod["spec"]["containers"]
    for kind in ("requests", "limits"):
        assert container["resources"][kind]["ephemeral-storage"] == "50Gi"
    assert place.is_ready()


def test_an_image_that_asks_for_a_login_comes_with_the_secret_and_not_without(place: Place) -> None:
    private: Json = {"image": f"{place.registry.host}/private/web:v1", "args": ARGUMENTS}
    with pytest.raises(CommandFailed, match="context deadline exceeded"):
        place.deploy(private, "--atomic", timeout=15)
    assert f'Failed to pull image "{private["image"]}"' in place.messages()
    assert {*place.registry.asked} == {401}
    login = (f"--docker-server={place.registry.host}", f"--docker-username={registry.USER}")
    command = ("create", "secret", "docker-registry", "registry-login", *login)
    place.cluster.kubectl(f"--namespace={place.namespace}", *command, f"--docker-password={registry.PASSWORD}")
    place.deploy({**private, "pull_secret": "registry-login"})
    assert place.get("/") == "ok\n"
    assert 200 in place.registry.asked


QUICK = {"interval": "5s", "timeout": "2s", "unhealthy": 2}
WELL = "/tmp/well"


def _ready_and_not(place: Place, make: Callable[[bool], object]) -> None:
    assert place.is_ready()
    make(False)
    place.cluster.eventually("not ready", lambda: not place.is_ready())
    make(True)
    place.cluster.eventually("ready again", place.is_ready)


def test_a_pod_is_ready_while_the_health_service_of_grpc_says_so(place: Place) -> None:
    place.deploy({"args": ARGUMENTS, "health": {"grpc": True, **QUICK}})
    _ready_and_not(place, lambda well: place.get("/heal" if well else "/break"))


def test_a_pod_is_ready_while_its_command_ends_well(place: Place) -> None:
    prepare = {"name": "prepare", "image": IMAGE, "args": [f"-put={WELL}", "-text=x"], "cpu": "20m", "memory": "32Mi"}
    place.deploy({"args": ARGUMENTS, "health": {"command": ["/service", f"-read={WELL}"], **QUICK}}, init=[prepare])
    _ready_and_not(place, lambda well: place.ask(f"-{'put' if well else 'remove'}={WELL}"))


def test_a_pod_is_ready_when_its_port_takes_connections(place: Place) -> None:
    unhealthy = [*ARGUMENTS, "-unhealthy"]
    place.deploy({"args": [*unhealthy, "-start-after=8s"], "health": {"tcp": True, **QUICK}})
    assert place.is_ready()
    assert "Startup probe failed: dial tcp" in place.messages()
