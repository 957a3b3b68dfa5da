"""The API server as `make deploy` asks it: found on an emulated AWS, with a token that AWS's answer admits."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from modules.cli import command_line
from modules.deploy.kubernetes_api import KubernetesApi, KubernetesError
from modules.doctor.account import Account
from tests.support.control_plane import ControlPlane
from tests.support.emulator import REGION, emulated_aws, lead_to

from .test_token_webhook import ADMIN, CLUSTER, admit, assume, make_cluster, role

NAMESPACES = "/api/v1/namespaces"


@pytest.fixture(scope="module")
def plane(version: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    """Behind the EKS cluster of an AWS of its own; this process is logged in as somebody whom it admits."""
    log = tmp_path_factory.mktemp("emulator") / "log"
    with emulated_aws(log) as aws, ControlPlane(version, node_count=0, aws=aws, cluster_name=CLUSTER) as plane:
        lead_to(log, plane.endpoint, plane.ca_pem, plane.issuer)
        make_cluster(aws)
        admin = role(aws, "admin")
        admit(aws, admin, ADMIN)
        keys = assume(aws, admin).get_credentials()
        with pytest.MonkeyPatch.context() as patch:
            for name, value in plane.environment.items():
                patch.setenv(name, value)
            patch.setenv("AWS_ENDPOINT_URL", aws["AWS_ENDPOINT_URL"])
            patch.setenv("AWS_ACCESS_KEY_ID", keys.access_key)
            patch.setenv("AWS_SECRET_ACCESS_KEY", keys.secret_key)
            patch.setenv("AWS_SESSION_TOKEN", keys.token)
            yield plane


def test_it_answers_whom_the_cluster_admits(plane: ControlPlane) -> None:
    api = KubernetesApi.of_cluster(CLUSTER, Account(REGION))
    assert api.endpoint == plane.endpoint
    names = [one["metadata"]["name"] for one in api.items(NAMESPACES)]
    assert "kube-system" in names
    assert json.loads(api.text("/version"))["gitVersion"].startswith("v1.")


def test_what_it_refuses_is_one_line_with_its_status(plane: ControlPlane) -> None:
    api = KubernetesApi.of_cluster(CLUSTER, Account(REGION))
    with pytest.raises(KubernetesError) as refused:
        api.items(f"{NAMESPACES}/none/pods/none/log")
    assert str(refused.value) == f'GET {NAMESPACES}/none/pods/none/log: pods "none" not found'
    assert refused.value.status == 404


def test_an_object_that_has_changed_is_not_deleted(plane: ControlPlane) -> None:
    api = KubernetesApi.of_cluster(CLUSTER, Account(REGION))
    plane.kubectl("create", "secret", "generic", "one", "--namespace=default")
    (found,) = api.items(f"{NAMESPACES}/default/secrets")
    plane.kubectl("label", "secret", "one", "changed=yes", "--namespace=default")
    with pytest.raises(KubernetesError, match=r"The object might have been modified"):
        api.delete(f"{NAMESPACES}/default/secrets/one", found)
    (found,) = api.items(f"{NAMESPACES}/default/secrets")
    api.delete(f"{NAMESPACES}/default/secrets/one", found)
    assert api.items(f"{NAMESPACES}/default/secrets") == []


def test_a_cluster_that_is_not_there_or_does_not_answer_is_one_line(plane: ControlPlane) -> None:
    with pytest.raises(
        KubernetesError,
        match=r"eks DescribeCluster failed with ResourceNotFoundException: No cluster found for name: none",
    ):
        KubernetesApi.of_cluster("none", Account(REGION))
    api = KubernetesApi("https://127.0.0.1:9", plane.ca_pem, lambda: "token")
    with pytest.raises(
        KubernetesError, match=r"this machine can't connect to the Kubernetes API https://127\.0\.0\.1:9"
    ):
        api.items(NAMESPACES)


def test_status_logs_in_and_asks_the_cluster_and_the_queues(
    plane: ControlPlane, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sqs = Account(REGION).client("sqs")
    url = sqs.create_queue(QueueName="shop-web")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="one")
    sqs.send_message(QueueUrl=url, MessageBody="two")
    sqs.receive_message(QueueUrl=url, VisibilityTimeout=600)
    file = tmp_path / "services.yaml"
    file.write_text(f"project: shop\nregion: {REGION}\nservices:\n  web: {{image: v1, aws: [sqs]}}\n")
    assert command_line.main(["status", "web", f"--file={file}"]) == 0
    printed = capsys.readouterr()
    assert printed.out.splitlines() == [
        "web: no Deployment",
        "  queue shop-web: 1 waiting, 1 in hand",
        "  dead-letter queue shop-web-dead-letters: There is no queue of this name yet.",
    ]
    assert printed.err.splitlines()[0] == f"$ aws eks update-kubeconfig --region {REGION} --name shop"
    assert f"$ aws sqs get-queue-attributes --queue-url {url} --attribute-names Approx" in printed.err
