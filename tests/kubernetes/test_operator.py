"""External Secrets Operator's real program, with the rights that stack `platform` gives it, against an emulated AWS.

Its version 0.16.2: that of the shipped chart (modules/facts/charts.py) can't be built, since the Go modules that it
consists of are not published. The objects of its own chart are installed with the values that we give the shipped one.
"""

import base64
import json
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from ruamel.yaml import YAML

from modules.design import external_secrets
from modules.design.log_routing import SYSTEM_NAMESPACE
from tests.support import helm
from tests.support.control_plane import ControlPlane, free_ports, kubeconfig
from tests.support.control_plane.processes import Processes
from tests.support.emulator import REGION, clients, emulated_aws
from tests.support.go_tools import binary, source
from tests.synth.conftest import spec_of

pytestmark = pytest.mark.nightly(minutes=4)

SERVICE, OTHER = "user-service", "order-service"
NAME = external_secrets.NAME
KINDS = ("externalsecrets", "secretstores", "generatorstates")
RIGHTS = ("ServiceAccount", "ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding")
SECONDS = 90
VALUES = {"API_KEY": "hunter2 $(HOME) {{ .API_KEY }}", "unused": "nobody asked for it"}
WHOLE = "-----BEGIN KEY-----\nof a file, to its last line\n"
Json = dict[str, Any]
_yaml = YAML(typ="safe", pure=True)


class Operator(NamedTuple):
    """The control plane with the operator, and the emulated AWS that it reads."""

    plane: ControlPlane
    client: Callable[[str], Any]
    log: Path

    def get(self, kind: str, name: str, namespace: str = SERVICE) -> Json:
        found: Json = json.loads(self.plane.kubectl("get", kind, name, f"--namespace={namespace}", "--output=json"))
        return found

    def brings(self, name: str) -> None:
        """Waits until it has brought the values; it tries again what fails at first."""

        def is_ready() -> bool:
            conditions = self.get("externalsecret", name).get("status", {}).get("conditions", [])
            return [one["status"] for one in conditions if one["type"] == "Ready"] == ["True"]

        self.eventually(f"ExternalSecret {name} ready", is_ready)

    def says(self, words: str) -> None:
        """Waits until these words are in its log, which is JSON."""
        self.eventually(f"its words {words}", lambda: words in self.log.read_text().replace('\\"', '"'))

    def eventually(self, what: str, check: Callable[[], bool]) -> None:
        end = time.monotonic() + SECONDS
        while not check():
            assert time.monotonic() < end, f"not within {SECONDS} s: {what}\n{self.log.read_text()[-3000:]}"
            time.sleep(0.5)

    def secret(self, name: str) -> dict[str, str]:
        data = self.get("secret", name)["data"]
        return {key: base64.b64decode(value).decode() for key, value in data.items()}

    def deploy(self, service: str, name: str, values: list[Json]) -> None:
        """The release `<service>-network`, as its stack makes it."""
        account = {"region": REGION, "serviceAccount": service}
        changes = {"service": service, "secrets": {"name": name, "values": values, **account}, "targetGroup": None}
        file = self.plane.folder / f"{name}.json"
        file.write_text(json.dumps(helm.values(helm.NETWORK, changes)))
        chart = str(helm.CHARTS / helm.NETWORK)
        where = (f"{service}-network", chart, f"--namespace={service}", f"--values={file}")
        self.plane.helm("upgrade", "--install", *where)


def _rights(folder: Path) -> Iterator[Json]:
    """What the operator's own chart installs with our values, but for its programs."""
    secrets = {"image": "v1", "secrets": {"API_KEY": "own"}, "aws": ["secrets"]}
    spec = spec_of({"project": "shop", "region": REGION, "services": {SERVICE: secrets, OTHER: {}}}, folder)
    values, chart = folder / "values.json", folder / "chart"
    values.write_text(json.dumps(external_secrets.values(spec)))
    _copy_chart(source(NAME) / "deploy" / "charts" / NAME, chart)
    text = _template(chart, values)
    for one in _yaml.load_all(text):
        if one and one["kind"] in RIGHTS:
            yield one


def _copy_chart(published: Path, chart: Path) -> None:
    """Without the dependency, which is for another provider and is not beside it."""
    for file in published.rglob("*"):
        if file.is_file() and "tests" not in file.relative_to(published).parts:
            target = chart / file.relative_to(published)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.read_bytes())
    (chart / "Chart.lock").unlink()
    about = _yaml.load((chart / "Chart.yaml").read_text())
    about.pop("dependencies")
    (chart / "Chart.yaml").write_text(json.dumps(about))


def _template(chart: Path, values: Path) -> str:
    command = [str(binary("helm")), "template", NAME, str(chart), f"--namespace={SYSTEM_NAMESPACE}"]
    done = subprocess.run([*command, f"--values={values}"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _without_tokens(role: Json) -> Json:
    """As with `rbac.serviceAccountTokenCreate: false`, which the chart of this version does not know yet."""
    if role["kind"] != "ClusterRole":
        return role
    return {**role, "rules": [one for one in role["rules"] if one.get("resources") != ["serviceaccounts/token"]]}


@pytest.fixture(scope="module")
def operator(version: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operator]:
    program = binary(NAME)
    folder = tmp_path_factory.mktemp("operator")
    with (
        emulated_aws(folder / "emulator.log") as aws,
        ControlPlane(version, folder=tmp_path_factory.mktemp("control-plane"), node_count=0) as plane,
    ):
        _install(plane, folder, clients(aws))
        access = folder / "kubeconfig"
        token = plane.kubectl("create", "token", NAME, f"--namespace={SYSTEM_NAMESPACE}").strip()
        kubeconfig.write(access, plane.endpoint, ca_pem=plane.ca_pem, token=token)
        processes = Processes(folder)
        endpoint = aws["AWS_ENDPOINT_URL"]
        settings = [f"KUBECONFIG={access}", f"AWS_STS_ENDPOINT={endpoint}", f"AWS_SECRETSMANAGER_ENDPOINT={endpoint}"]
        (port,) = free_ports(1)
        off = [f"--enable-{kind}-reconciler=false" for kind in _OFF]
        try:
            processes.start(NAME, "/usr/bin/env", *settings, program, *off, f"--metrics-addr=127.0.0.1:{port}")
            yield Operator(plane, clients(aws), processes.log(NAME))
        finally:
            processes.stop_all()


_OFF = ("cluster-store", "cluster-external-secret", "cluster-push-secret", "push-secret")


def _install(plane: ControlPlane, folder: Path, client: Callable[[str], Any]) -> None:
    crds = source(NAME) / "config" / "crds" / "bases"
    plane.kubectl("delete", "crd", *(f"{kind}.external-secrets.io" for kind in KINDS[:2]))
    files = [next(crds.glob(f"*_{kind}.yaml")) for kind in KINDS]
    plane.kubectl("create", *(f"--filename={file}" for file in files))
    plane.kubectl("wait", "--for=condition=Established", *(f"--filename={file}" for file in files), "--timeout=60s")
    for service in (SERVICE, OTHER):
        role = client("iam").create_role(RoleName=service, AssumeRolePolicyDocument="{}")["Role"]["Arn"]
        annotations = {"eks.amazonaws.com/role-arn": role}
        account = {"name": service, "namespace": service, "annotations": annotations}
        plane.kubectl("create", "namespace", service)
        manifest = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": account}
        plane.kubectl("apply", "--filename=-", input=json.dumps(manifest))
    for one in _rights(folder):
        plane.kubectl("apply", "--filename=-", input=json.dumps(_without_tokens(one)))


class Stored(NamedTuple):
    arn: str
    version: str


def _store(operator: Operator, name: str, text: str) -> Stored:
    made = operator.client("secretsmanager").create_secret(Name=name, SecretString=text)
    return Stored(made["ARN"], made["VersionId"])


@pytest.fixture(scope="module")
def own(operator: Operator) -> Stored:
    return _store(operator, f"shop/{SERVICE}/secrets", json.dumps(VALUES))


def _value(stored: Stored, name: str, key: str | None = None) -> Json:
    found = {"name": name, "secret": stored.arn, "version": stored.version}
    return found | ({"key": key} if key else {})


FIRST, SECOND = f"{SERVICE}-0123456789", f"{SERVICE}-9876543210"


def test_the_operator_brings_keys_and_whole_texts_and_nothing_else(operator: Operator, own: Stored) -> None:
    shared = _store(operator, "shared/key", WHOLE)
    operator.deploy(SERVICE, FIRST, [_value(own, "API_KEY", "API_KEY"), _value(shared, "file-0")])
    operator.brings(FIRST)
    assert operator.secret(FIRST) == {"API_KEY": VALUES["API_KEY"], "file-0": WHOLE}
    metadata = operator.get("secret", FIRST)["metadata"]
    assert metadata["labels"]["app.kubernetes.io/component"] == "secrets"
    assert "ownerReferences" not in metadata, "Kubernetes would delete it with the object that Helm deletes"


def test_another_version_is_another_secret_and_the_old_one_keeps_its_value(operator: Operator, own: Stored) -> None:
    text = json.dumps(VALUES | {"API_KEY": "changed"})
    put = operator.client("secretsmanager").put_secret_value(SecretId=own.arn, SecretString=text)
    new = Stored(own.arn, put["VersionId"])
    assert operator.secret(FIRST)["API_KEY"] == VALUES["API_KEY"]
    operator.deploy(SERVICE, SECOND, [_value(new, "API_KEY", "API_KEY")])
    operator.brings(SECOND)
    assert operator.secret(SECOND) == {"API_KEY": "changed"}
    assert operator.plane.kubectl("get", "externalsecrets", f"--namespace={SERVICE}", "--output=name").split() == [
        f"externalsecret.external-secrets.io/{SECOND}"
    ]
    assert operator.secret(FIRST)["API_KEY"] == VALUES["API_KEY"]


def test_a_version_that_is_not_there_is_said_and_makes_no_secret(operator: Operator, own: Stored) -> None:
    name = f"{SERVICE}-aaaaaaaaaa"
    gone = Stored(own.arn, "00000000-1111-2222-3333-444444444444")
    operator.deploy(SERVICE, name, [_value(gone, "API_KEY", "API_KEY")])
    operator.says(f"error processing spec.data[0] (key: {own.arn}), err: Secret does not exist")
    assert name not in operator.plane.kubectl("get", "secrets", f"--namespace={SERVICE}", "--output=name")


def test_it_logs_in_as_no_service_that_has_no_secrets(operator: Operator, own: Stored) -> None:
    """Its own rights make no token: each service with `secrets:` has a Role that lets it."""
    name = f"{OTHER}-0123456789"
    operator.deploy(OTHER, name, [_value(own, "API_KEY", "API_KEY")])
    operator.says(f'serviceaccounts "{OTHER}" is forbidden: User "system:serviceaccount:{SYSTEM_NAMESPACE}:{NAME}"')
    assert name not in operator.plane.kubectl("get", "secrets", f"--namespace={OTHER}", "--output=name")


def test_no_value_is_in_its_log(operator: Operator) -> None:
    said = operator.log.read_text()
    assert "hunter2" not in said
    assert "of a file, to its last line" not in said
