"""What `make deploy` and `make destroy` do where the cluster can't be asked: they say so in one line, and go on."""

from pathlib import Path

import pytest

from tests.support.aws_answers import REFUSAL, Answer, AwsAnswers

from .test_deploy import Machine

RELEASES = {"order": {"name": "order", "namespace": "order", "timeout": 300}}
CONTROLLER = {"controller": {"name": "aws-load-balancer-controller", "namespace": "kube-system"}}
REFUSED = (
    "It needs the permission eks:DescribeCluster. "
    "Ask who administers the account to allow eks:DescribeCluster to you, or check this by hand."
)
CALL = "GET /clusters/shop"
CLUSTER = {"endpoint": "https://127.0.0.1:9", "certificateAuthority": {"data": "bm9uZQ=="}}


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, logged_in: AwsAnswers) -> Machine:
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:/usr/bin:/bin")
    machine = Machine(tmp_path)
    machine.generate("order", helm_release=RELEASES)
    return machine


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (REFUSAL, REFUSED),
        ((200, {"cluster": {}}), "EKS names no endpoint and certificate authority of shop yet."),
        ((200, {"cluster": CLUSTER}), "the certificate authority of https://127.0.0.1:9 can't be read."),
    ],
)
def test_a_deploy_goes_on_without_the_cluster(
    machine: Machine, logged_in: AwsAnswers, capfd: pytest.CaptureFixture[str], answer: Answer, words: str
) -> None:
    logged_in[CALL] = answer
    assert machine.run("deploy", "--auto-approve") == 0
    said = capfd.readouterr().err
    assert f"Whether a Helm release is half done can't be seen: {words}\n" in said
    assert f"Should pods not become ready, the reason can't be shown: {words}\n" in said
    assert f"Whether something of older revisions is left in order can't be seen: {words}\n" in said
    assert machine.asked[-1] == "deploy order"


def test_a_stack_without_releases_does_not_ask_the_cluster(machine: Machine, logged_in: AwsAnswers) -> None:
    machine.generate("order")
    assert machine.run("deploy", "--auto-approve") == 0
    assert logged_in.asked == []


def test_a_destroy_of_the_controllers_stack_says_that_it_could_not_look(
    machine: Machine, capfd: pytest.CaptureFixture[str]
) -> None:
    machine.generate("platform", helm_release=CONTROLLER)
    machine.apply("platform")
    assert machine.run("destroy", "platform", "--auto-approve") == 0
    assert f"Whether TargetGroupBindings are left can't be seen: {REFUSED}\n" in capfd.readouterr().err
