"""What `make deploy` and `make destroy` do where the cluster can't be asked: they say so in one line, and go on."""

import json
from pathlib import Path

import pytest

from .test_deploy import AWS_CLI, Machine

RELEASES = {"order": {"name": "order", "namespace": "order", "timeout": 300}}
CONTROLLER = {"controller": {"name": "aws-load-balancer-controller", "namespace": "kube-system"}}
REFUSED = "An error occurred (AccessDeniedException) when calling the DescribeCluster operation: no"
CLUSTER = {"cluster": {"endpoint": "https://127.0.0.1:9", "certificateAuthority": {"data": "bm9uZQ=="}}}


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, logged_in: None) -> Machine:
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:/usr/bin:/bin")
    machine = Machine(tmp_path)
    machine.generate("order", helm_release=RELEASES)
    return machine


def answer(machine: Machine, to_describe_cluster: str) -> None:
    machine.install("aws", f'case "$1" in eks) {to_describe_cluster} ;; *) {AWS_CLI} ;; esac')


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (f"echo '{REFUSED}' >&2; exit 254", f"{REFUSED}."),
        ("echo '{}'", "`aws eks describe-cluster --name shop` names no endpoint and certificate authority."),
        (f"echo '{json.dumps(CLUSTER)}'", "the certificate authority of https://127.0.0.1:9 can't be read."),
        ("echo nothing", "aws eks describe-cluster did not print a JSON object."),
    ],
)
def test_a_deploy_goes_on_without_the_cluster(
    machine: Machine, capfd: pytest.CaptureFixture[str], script: str, words: str
) -> None:
    answer(machine, script)
    assert machine.run("deploy", "--auto-approve") == 0
    said = capfd.readouterr().err
    assert f"Whether a Helm release is half done can't be seen: {words}\n" in said
    assert f"Should pods not become ready, the reason can't be shown: {words}\n" in said
    assert machine.asked[-1] == "deploy order"


def test_a_stack_without_releases_does_not_ask_the_cluster(machine: Machine) -> None:
    answer(machine, f"touch {machine.root}/asked-eks; exit 1")
    machine.generate("order")
    assert machine.run("deploy", "--auto-approve") == 0
    assert not (machine.root / "asked-eks").exists()


def test_a_destroy_of_the_controllers_stack_says_that_it_could_not_look(
    machine: Machine, capfd: pytest.CaptureFixture[str]
) -> None:
    answer(machine, f"echo '{REFUSED}' >&2; exit 254")
    machine.generate("platform", helm_release=CONTROLLER)
    machine.apply("platform")
    assert machine.run("destroy", "platform", "--auto-approve") == 0
    assert f"Whether TargetGroupBindings are left can't be seen: {REFUSED}.\n" in capfd.readouterr().err
