"""Pods that log in to a real PostgreSQL with what `rds: {login: password}` gives them, and go on in a rotation."""

import json
import re
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from ruamel.yaml import YAML

from modules.synth.build import build
from tests.charts.test_passwords import LOGINS, WEB, Job
from tests.charts.test_sql import make
from tests.support import aws_by_boto3, data_api, helm, postgresql
from tests.support.control_plane import ControlPlane, free_ports
from tests.support.emulator import KEYS, clients, emulated_aws
from tests.support.node import Node, files, stand_ins
from tests.support.node.oci import Image
from tests.support.postgresql import DATABASE
from tests.synth.conftest import spec_of

from .conftest import Cluster

pytestmark = pytest.mark.nightly(minutes=3)

NAME, PSQL = "web", "/usr/bin/psql"
IMAGE = "registry.example.com/web:v1"
WHO = "SELECT session_user || ' as ' || current_user"  # the server takes connections by TLS alone
TABLE = "CREATE TABLE IF NOT EXISTS orders (id int)"
SYSTEM: dict[str, Any] = {
    "project": "shop",
    "region": "eu-west-1",
    "services": {
        NAME: {
            "image": IMAGE,
            "aws": {"rds": {"login": "password"}},
            "init": {"migrate": {"command": [PSQL, "$(DATABASE_URL)", "-c", TABLE]}},
            "sidecars": {"beside": {"image": IMAGE, "command": ["/service", "-listen=:9000"]}},
        }
    },
}
Json = dict[str, Any]


class Deployed(NamedTuple):
    cluster: Cluster
    job: Job
    values: Json

    def deploy(self, number: int) -> None:
        """With the value that the secret has now, in a Secret of its own, as the operator writes it."""
        value, name = self.job.value(), f"{NAME}-logins-{number}"
        names = self.values["secrets"]["variables"]
        literals = [f"--from-literal={key}={value[key]}" for key in names]
        self.cluster.kubectl(f"--namespace={NAME}", "create", "secret", "generic", name, *literals)
        secrets = {**self.values["secrets"], "name": name}
        file = self.cluster.plane.folder / f"{name}.json"
        file.write_text(json.dumps({**self.values, "secrets": secrets}))
        where = (NAME, str(helm.CHARTS / helm.PODS), f"--namespace={NAME}", f"--values={file}")
        self.cluster.plane.helm("upgrade", "--install", "--wait", "--timeout=120s", *where)

    def ask(self, statement: str, pod: str = f"deployment/{NAME}") -> str:
        """By psql in the container, with no more than the address that it was given."""
        line = f'{PSQL} "$DATABASE_URL" -Atqc "{statement}"'
        return self.cluster.kubectl(f"--namespace={NAME}", "exec", pod, "-cserver", "--", "sh", "-c", line).strip()

    @property
    def pod(self) -> str:
        (found,) = [
            one["metadata"]["name"]
            for one in self.cluster.items(NAME, "pods")
            if "deletionTimestamp" not in one["metadata"]
        ]
        return str(found)


def _image() -> Image:
    """The stand-in with the machine's psql, a shell, and the libraries of both."""
    program = postgresql.debian(Path()) / "psql"
    listed = subprocess.run(["ldd", program], capture_output=True, text=True, check=True, timeout=60).stdout
    libraries = {path.strip("/"): Path(path).resolve() for path in re.findall(r"(/\S+) \(0x", listed)}
    image = stand_ins.service_with_shell((IMAGE,))
    return image._replace(files={**image.files, PSQL.strip("/"): program, **libraries})


def _values(folder: Path, port: int) -> Json:
    """Those of stack `web`, with the address of the server."""
    text = build(spec_of(SYSTEM, folder))[f"stacks/{NAME}/values.yaml"].decode()
    filled = {"DATABASE_HOST": files.ADDRESS, "DATABASE_READER_HOST": files.ADDRESS, "DATABASE_PORT": str(port)}
    known = filled | dict.fromkeys(("DATABASE_NAME",), DATABASE)
    text = re.sub(r"\$\{(\w+)\}", lambda match: known.get(match[1], match[1].lower().replace("_", "-")), text)
    values: Json = YAML(typ="safe", pure=True).load(text)
    for one in (*values["init"], *values["sidecars"]):
        one |= {"cpu": "20m", "memory": "64Mi"}
    groups = ["sg-0123456789abcdef0", "sg-0123456789abcdef1"]
    small = {"cpu": "50m", "memory": "64Mi", "pods": {"min": 1, "max": 1}, "drainSeconds": 0}
    return values | small | {"securityGroups": groups, "args": ["-listen=:8080", "-text=ok"]}


@pytest.fixture(scope="module")
def deployed(built: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    folder = tmp_path_factory.mktemp("login")
    (port,) = free_ports(1)
    server_of = partial(postgresql.started, with_password=LOGINS, tcp_port=port)
    with (
        emulated_aws(folder / "emulator.log") as aws,
        server_of() as server,
        data_api.serving(server) as api,
        aws_by_boto3.playing(
            {
                "secretsmanager": clients(aws)("secretsmanager"),
                "elasticache": clients(aws)("elasticache"),
                "rds-data": clients({**KEYS, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{api.port}"})("rds-data"),
            }
        ) as cli,
        ControlPlane(folder=tmp_path_factory.mktemp("control-plane"), node_count=0) as plane,
        Node(plane, [_image()], ports=[port]) as node,
    ):
        make(server, WEB)
        job = Job(server, cli, clients(aws), tmp_path_factory.mktemp("job"))
        plane.kubectl("create", "namespace", NAME)
        plane.kubectl("label", "namespace", NAME, "pod-security.kubernetes.io/enforce=restricted")
        plane.kubectl(f"--namespace={NAME}", "create", "serviceaccount", NAME)
        yield Deployed(Cluster(plane, node), job, _values(folder, port))


def test_pods_log_in_with_the_address_that_they_are_given_and_go_on_in_a_rotation(deployed: Deployed) -> None:
    assert (ran := deployed.job.run()).code == 0, ran.said
    deployed.deploy(1)
    first = deployed.job.value()["DATABASE_USER"]
    old = deployed.pod
    assert deployed.ask(WHO) == f"{first} as {WEB}__owner"
    assert deployed.ask("SELECT count(*) FROM orders") == "0", "the init container made it, with the same address"

    assert deployed.job.run(request="rotate").code == 0
    second = deployed.job.value()["DATABASE_USER"]
    assert {first, second} == {*LOGINS}
    assert deployed.ask(WHO, old).startswith(first), "its pods have the old one until they are replaced"
    deployed.deploy(2)
    assert deployed.pod != old
    assert deployed.ask(WHO) == f"{second} as {WEB}__owner"
    assert deployed.ask("INSERT INTO orders VALUES (1) RETURNING id") == "1"


def test_a_container_with_an_image_of_its_own_has_the_host_and_no_address_with_a_password(deployed: Deployed) -> None:
    seen = json.loads(
        deployed.cluster.kubectl(
            f"--namespace={NAME}", "exec", f"deployment/{NAME}", "-cbeside", "--", "/service", "-show"
        )
    )["environment"]
    assert seen["DATABASE_HOST"] == files.ADDRESS
    assert not {"DATABASE_URL", "DATABASE_USER", "DATABASE_PASSWORD"} & {*seen}
    assert not [name for name, value in seen.items() if "$(" in value]
