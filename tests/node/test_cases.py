"""The pods of public systems (tests/cases) on a real node, with a stand-in for each program.

A stand-in answers what the source system's own probes ask, and is asked for every variable, file, folder and name that
the program is given.
"""

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.cases.system import NAMES, System, system
from tests.support import helm
from tests.support.control_plane import CommandFailed, ControlPlane
from tests.support.node import Node, stand_ins

from .conftest import Cluster

IMAGE = "registry.example.com/stand-in:v1"
COPIED = ("/etc/nginx", "/home/envoy", "/opt/kafka/config")
IN_THE_IMAGE = "of the image"
SECRET = "value of {}"
AT_A_TIME = 8
Json = dict[str, Any]


@pytest.fixture(scope="module")
def cases(built: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster of their own: their namespaces have names such as `frontend`."""
    text = tmp_path_factory.mktemp("image") / "made"
    text.write_text(IN_THE_IMAGE, encoding="utf-8")
    image = stand_ins.service_with_cp((IMAGE,), COPIED, text)
    with (
        ControlPlane(folder=tmp_path_factory.mktemp("control-plane"), node_count=0) as plane,
        Node(plane, [image]) as node,
    ):
        yield Cluster(plane, node)


# What Terraform knows after other stacks are applied; all else becomes a text of its own.
FILLED = {
    r"pods_security_group_id": "sg-0123456789abcdef0",
    r"security_group_id": "sg-0123456789abcdef1",
    r"vpc_id": "vpc-0123456789abcdef0",
    r"target_group_arn": "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/a/0123456789abcdef",
    r"secret_.*_arn": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:a-AbCdEf",
    r"secret_.*_version": "0f1e2d3c-4b5a-4697-8879-6a5b4c3d2e1f",
}


def _filled(values: Any) -> Any:
    text = re.sub(r"\$\{(\w+)\}", lambda match: _value(match[1]), json.dumps(values))
    return json.loads(text)


def _value(name: str) -> str:
    found = next((value for pattern, value in FILLED.items() if re.fullmatch(pattern, name)), None)
    return found or name.lower().replace("_", "-")


def _pods(case: System, service: str) -> Json:
    """The values of its pods with the stand-in in place of each program; a sidecar listens where the requests go to."""
    values: Json = _filled(case.values(service))
    values.pop("command", None)
    port, further = values.get("port"), [one["port"] for one in values.get("ports") or []]
    sidecars = values.get("sidecars") or []
    own = 8080 if sidecars else port
    tcp = [f"-listen-tcp=:{one}" for one in further]
    args = [f"-listen=:{own}", f"-text={service}", *tcp] if port else ["-work=1s"]
    for one in sidecars:
        one |= {"image": IMAGE, "args": [f"-listen=:{port}", f"-text={service}"]}
    return values | {"image": IMAGE, "args": args, "pods": {"min": 1, "max": 2}, "cpu": "20m", "memory": "48Mi"}


def _replaced(text: str, known: dict[str, str]) -> str:
    return re.sub(r"(?<!\$)\$\((\w+)\)", lambda match: known.get(match[1], match[0]), text)


class Running:
    """A system whose pods run."""

    def __init__(self, cluster: Cluster, case: System) -> None:
        self.cluster, self.case, self.kubectl = cluster, case, cluster.kubectl

    def install(self, service: str) -> None:
        where, secrets = f"--namespace={service}", self.secrets(service)
        self.kubectl(where, "create", "serviceaccount", service)
        if secrets:
            name = _filled(self.case.values(service))["secrets"]["name"]
            literals = [f"--from-literal={key}={value}" for key, value in secrets.items()]
            self.kubectl(where, "create", "secret", "generic", name, *literals)
        values = self._file(service, "network", _filled(self.case.network(service)))
        made = self.cluster.plane.helm("template", service, str(helm.CHARTS / helm.NETWORK), where, values)
        services = [one for one in YAML(typ="safe", pure=True).load_all(made) if one and one["kind"] == "Service"]
        for one in services:
            self.kubectl(where, "apply", "--filename=-", input=json.dumps(one))

    def release(self, service: str) -> None:
        values = self._file(service, "pods", _pods(self.case, service))
        command = ("upgrade", "--install", "--wait", "--timeout=300s", service, str(helm.CHARTS / helm.PODS))
        self.cluster.plane.helm(*command, f"--namespace={service}", values)

    def ask(self, service: str, *arguments: str) -> str:
        """What the stand-in says in the container of the service's program."""
        return self.kubectl(
            f"--namespace={service}", "exec", f"deployment/{service}", "-cserver", "--", "/service", *arguments
        )

    def secrets(self, service: str) -> dict[str, str]:
        """Keys of the Secret that the operator would write, with a value each."""
        values = self.case.network(service).get("secrets", {}).get("values", [])
        return {one["name"]: SECRET.format(one["name"]) for one in values}

    def expected(self, service: str) -> dict[str, str]:
        """Variables of the program, as Kubernetes replaces names in them."""
        keys = self.case.secret_variables(service)
        known = {name: value for name, value in self.secrets(service).items() if name in keys}
        known |= _filled(self.case.env(service))
        for _ in known:
            known = {name: _replaced(value, known) for name, value in known.items()}
        return known | {"HOME": known.get("HOME", "/tmp")}

    def _file(self, service: str, what: str, values: Json) -> str:
        file = Path(self.cluster.plane.folder) / f"{service}-{what}.json"
        file.write_text(json.dumps(values), encoding="utf-8")
        return f"--values={file}"


@contextmanager
def running(cluster: Cluster, case: System) -> Iterator[Running]:
    """Its namespaces, as stack `platform` makes them, and all of its pods, ready."""
    found = Running(cluster, case)
    services = list(case.spec.services)
    namespaces = case.resources("platform", "kubernetes_namespace_v1")
    try:
        for one in namespaces.values():
            manifest = {"apiVersion": "v1", "kind": "Namespace", "metadata": one["metadata"]}
            cluster.kubectl("apply", "--filename=-", input=json.dumps(manifest))
        with ThreadPoolExecutor(AT_A_TIME) as pool:
            list(pool.map(found.install, services))
            list(pool.map(found.release, services))
        yield found
    finally:
        names = [one["metadata"]["name"] for one in namespaces.values()]
        cluster.kubectl("delete", "namespace", *names, "--ignore-not-found", "--timeout=180s")


@pytest.mark.nightly(minutes=2)
@pytest.mark.parametrize("name", NAMES)
def test_the_pods_of_a_public_system_are_ready_and_have_what_their_programs_need(cases: Cluster, name: str) -> None:
    with running(cases, system(name)) as found, ThreadPoolExecutor(AT_A_TIME) as pool:
        list(pool.map(lambda service: _has_what_it_needs(found, service), found.case.spec.services))
        for service, declared in found.case.spec.services.items():
            for callee in declared.calls:
                _reaches(found, service, callee)
    print(f"{name}: {len(found.case.spec.services)} services")


def _has_what_it_needs(found: Running, service: str) -> None:
    case, declared = found.case, found.case.spec.services[service]
    seen = json.loads(found.ask(service, "-show"))
    given = {key: value for key, value in seen["environment"].items() if not key.startswith("KUBERNETES_")}
    assert {key: value for key, value in given.items() if key not in ("HOSTNAME", "PATH")} == found.expected(service)
    assert seen["user"] == (declared.user or 65532)
    assert seen["writable"]["/"] is False
    for file in case.values(service).get("files") or []:
        assert found.ask(service, f"-read={file['path']}") == file["text"]
    for path, one in case.secret_files(service).items():
        assert found.ask(service, f"-read={path}") == SECRET.format(one["name"])
    for folder in case.values(service).get("writable") or []:
        if folder["copied"]:
            assert found.ask(service, f"-read={folder['path']}/made") == IN_THE_IMAGE
        found.ask(service, f"-put={folder['path']}/written", "-text=x")


def _reaches(found: Running, service: str, callee: str) -> None:
    """Each port of the callee by its short name; a stand-in answers further ports of its program without HTTP."""
    own = found.case.values(callee)["port"]
    for port, target in found.case.ports(callee).items():
        line = f"-get=http://{callee}:{port}/"
        if target == own:
            assert found.ask(service, line) == f"{callee}\n"
        else:
            with pytest.raises(CommandFailed, match=rf'"{callee}\b'):
                found.ask(service, line)
