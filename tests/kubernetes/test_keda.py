"""KEDA's real programs scale by a queue, by requests and by times: none, many, none; and autoscalers change under load.

The control plane and KEDA are real, SQS and CloudWatch are emulated, and kwok plays the pods. The values are those that
the product writes, with the address of the emulator in them.
"""

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from ruamel.yaml import YAML

from modules.checks.check import check
from modules.design import helm_values, terraform_text
from modules.facts import fargate
from tests.support import helm, keda
from tests.support.control_plane import CommandFailed, ControlPlane
from tests.support.control_plane.processes import Processes
from tests.support.emulator import REGION, clients, emulated_aws
from tests.unit.conftest import TODAY

pytestmark = pytest.mark.nightly(minutes=10)

NAME = "mails"
GROUP = "targetgroup/shop-mails/0123456789abcdef"
KNOWN = {
    "pods_security_group_id": "sg-0123456789abcdef0",
    "security_group_id": "sg-0fedcba9876543210",
    "load_balancer_arn_suffix": "app/shop/0123456789abcdef",
    "target_group_arn_suffix": GROUP,
    "target_group_arn": f"arn:aws:elasticloadbalancing:{REGION}:123456789012:{GROUP}",
    "vpc_id": "vpc-0123456789abcdef0",
}
SECONDS = 300
WAITING = "{port: none, pods: 0, max_pods: 5, image: registry.example.com/mails:v1, aws: sqs, scale: {queue: 10}}"
Say = Callable[[str], None]


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with emulated_aws(tmp_path_factory.mktemp("aws") / "log") as environment:
        yield environment


@pytest.fixture(scope="module")
def programs(control_plane: ControlPlane, aws: dict[str, str]) -> Iterator[Processes]:
    with keda.running(control_plane, aws, [NAME]) as processes:
        yield processes


class Worker:
    """A worker with a queue of its own, in a namespace of its own."""

    def __init__(self, plane: ControlPlane, aws: dict[str, str], folder: Path) -> None:
        self.plane, self.aws, self.folder = plane, aws, folder
        client = clients(aws)
        self.sqs, self.cloudwatch = client("sqs"), client("cloudwatch")
        self.url = self.sqs.create_queue(QueueName=f"shop-{NAME}")["QueueUrl"]
        self.started = time.monotonic()

    def deploy(self, service: str, *options: str) -> None:
        """A release as the product makes it; KEDA looks every two seconds, and not every thirty."""
        file = self.folder / "services.yaml"
        file.write_text(f"project: shop\nregion: {REGION}\nservices: {{{NAME}: {service}}}\n")
        checked = check(file, TODAY)
        assert checked.spec is not None, checked.mistakes
        text = helm_values.service(terraform_text.literal(checked.spec), NAME, {"QUEUE_URL": self.url})
        values = YAML(typ="safe").load(re.sub(r"\$\{(\w+)\}", lambda one: KNOWN[one[1]], text))
        values["image"] = "registry.example.com/mails:v1"
        for trigger in values.get("triggers", ()):
            if trigger["type"].startswith("aws-"):
                trigger["metadata"]["awsEndpoint"] = self.aws["AWS_ENDPOINT_URL"]
        (self.folder / "values.json").write_text(json.dumps(values))
        chart = (NAME, str(helm.CHARTS / helm.PODS), f"--values={self.folder}/values.json")
        self.plane.helm("upgrade", "--install", "--wait", "--timeout=60s", "--atomic", *chart, self.where, *options)
        if "triggers" in values:
            self.patch(
                "scaledobject", {"spec": {"pollingInterval": 2, "cooldownPeriod": 6, "initialCooldownPeriod": 2}}
            )

    def send(self, count: int) -> None:
        for number in range(count):
            self.sqs.send_message(QueueUrl=self.url, MessageBody=str(number))

    def answered(self, minute: datetime, requests: int) -> None:
        """What the load balancer tells CloudWatch of a minute."""
        names = {"LoadBalancer": KNOWN["load_balancer_arn_suffix"], "TargetGroup": GROUP}
        told = {
            "MetricName": "RequestCount",
            "Dimensions": [{"Name": key, "Value": value} for key, value in names.items()],
            "Timestamp": minute,
            "Value": requests,
        }
        self.cloudwatch.put_metric_data(Namespace="AWS/ApplicationELB", MetricData=[told])

    def patch(self, kind: str, change: dict[str, Any]) -> None:
        self.plane.kubectl("patch", kind, NAME, self.where, "--type=merge", f"--patch={json.dumps(change)}")

    @property
    def where(self) -> str:
        return f"--namespace={NAME}"

    @property
    def pods(self) -> int:
        """That the Deployment is to have."""
        return int(self.plane.kubectl("get", "deployment", NAME, self.where, "--output=jsonpath={.spec.replicas}"))

    @property
    def autoscalers(self) -> set[str]:
        return set(self.plane.kubectl("get", "hpa", self.where, "--output=name").split())

    def eventually(self, what: str, is_so: Callable[[], bool]) -> None:
        end = time.monotonic() + SECONDS
        while not is_so():
            assert time.monotonic() < end, f"not within {SECONDS} s: {what}; there are {self.pods} pods\n{self.told()}"
            time.sleep(0.3)
        print(f"{time.monotonic() - self.started:6.1f} s  {what}")

    def told(self) -> str:
        """What Kubernetes and KEDA say of it."""
        about = self.plane.kubectl("describe", "hpa,scaledobject", self.where)
        log = (self.plane.folder / "keda" / "keda-operator.log").read_text().splitlines()[-30:]
        return "\n".join([about, *log])


@pytest.fixture
def worker(control_plane: ControlPlane, programs: Processes, aws: dict[str, str], tmp_path: Path) -> Iterator[Worker]:
    assert not programs.died()
    control_plane.kubectl("create", "namespace", NAME)
    control_plane.kubectl("create", "serviceaccount", NAME, f"--namespace={NAME}")
    worker = Worker(control_plane, aws, tmp_path)
    yield worker
    control_plane.kubectl("delete", "namespace", NAME, "--timeout=120s")
    worker.sqs.delete_queue(QueueUrl=worker.url)
    assert not programs.died()


def test_a_worker_has_no_pods_then_as_many_as_messages_need_then_none(worker: Worker) -> None:
    worker.deploy(WAITING)
    worker.eventually("no message, no pod", lambda: worker.pods == 0)
    assert worker.autoscalers == {f"horizontalpodautoscaler.autoscaling/keda-hpa-{NAME}"}
    worker.send(3)
    worker.eventually("3 messages, 1 pod", lambda: worker.pods == 1)
    worker.send(32)
    worker.eventually("35 messages, 4 pods", lambda: worker.pods == 4)
    worker.send(100)
    worker.eventually("135 messages, 5 pods, the most", lambda: worker.pods == 5)
    worker.eventually("5 pods run", lambda: worker.plane.running_pods()[NAME] == 5)
    worker.sqs.purge_queue(QueueUrl=worker.url)
    worker.eventually("no message, no pod", lambda: worker.pods == 0)


def test_requests_that_the_load_balancer_has_counted_bring_pods(worker: Worker) -> None:
    """KEDA asks for the last whole minute; which one that is depends on when it looks."""
    asked = "{path: /, pods: 1, max_pods: 6, image: registry.example.com/mails:v1, scale: {requests: 1000}}"
    worker.deploy(asked)
    worker.eventually("no requests, 1 pod, the least", lambda: worker.pods == 1)
    minute = datetime.now(UTC).replace(second=0, microsecond=0)
    for before in (3, 2, 1):
        worker.answered(minute - timedelta(minutes=before), 2500)
    worker.eventually("2500 requests a minute, 3 pods", lambda: worker.pods == 3)
    for after in range(-1, 4):
        worker.answered(minute + timedelta(minutes=after), 9000)
    worker.eventually("11500 requests, then 9000 a minute, 6 pods, the most", lambda: worker.pods == 6)


def test_a_time_brings_its_pods_and_its_end_takes_them(worker: Worker) -> None:
    """In a zone that is half an hour from UTC; two minutes long."""
    now = datetime.now(ZoneInfo("Asia/Kolkata"))
    start = now + timedelta(seconds=100)
    end = start + timedelta(minutes=2)
    times = f'[{{start: "{start:%-M %-H} * * *", end: "{end:%-M %-H} * * *", pods: 3, time_zone: Asia/Kolkata}}]'
    worker.deploy(WAITING.replace("queue: 10", f"queue: 10, times: {times}"))
    worker.eventually("before its start, no pod", lambda: worker.pods == 0)
    worker.eventually("within its time, 3 pods", lambda: worker.pods == 3)
    assert start.replace(second=0) <= datetime.now(ZoneInfo("Asia/Kolkata")) < end.replace(second=0)
    worker.eventually("after its end, no pod", lambda: worker.pods == 0)
    assert datetime.now(ZoneInfo("Asia/Kolkata")) >= end.replace(second=0)


def test_a_message_in_hand_keeps_its_pod(worker: Worker) -> None:
    worker.deploy(WAITING)
    worker.eventually("no message, no pod", lambda: worker.pods == 0)
    worker.send(1)
    (message,) = worker.sqs.receive_message(QueueUrl=worker.url, VisibilityTimeout=600)["Messages"]
    worker.eventually("a message in hand, 1 pod", lambda: worker.pods == 1)
    time.sleep(15)  # longer than a pod without messages stays
    assert worker.pods == 1
    worker.sqs.delete_message(QueueUrl=worker.url, ReceiptHandle=message["ReceiptHandle"])
    worker.eventually("no message, no pod", lambda: worker.pods == 0)


def test_a_release_without_pods_is_deployed_and_proves_no_image(worker: Worker) -> None:
    worker.deploy(WAITING)
    worker.eventually("no message, no pod", lambda: worker.pods == 0)
    worker.deploy(WAITING.replace("mails:v1", "mails:v2"))
    assert worker.pods == 0


def test_a_switch_between_the_autoscalers_under_load_keeps_the_pods(worker: Worker) -> None:
    """Five pods are wanted all the time. There are no metrics of pods here, so Kubernetes' own keeps what it finds."""
    own = WAITING.replace("pods: 0, max_pods: 5", "pods: 2, max_pods: 9")
    worker.deploy(own.replace("queue: 10", "cpu: 70"))
    worker.send(50)
    worker.plane.kubectl("scale", "deployment", NAME, "--replicas=5", worker.where)
    seen: list[int] = []
    over = threading.Event()

    def look() -> None:
        while not over.wait(0.1):
            seen.append(worker.pods)

    watch = threading.Thread(target=look)
    watch.start()
    try:
        worker.deploy(own)
        made = {f"horizontalpodautoscaler.autoscaling/keda-hpa-{NAME}"}
        worker.eventually("KEDA's autoscaler alone", lambda: worker.autoscalers == made)
        active = ("get", "hpa", f"keda-hpa-{NAME}", worker.where, "--output=jsonpath={.status.conditions}")
        worker.eventually("it follows the queue", lambda: "ValidMetricFound" in worker.plane.kubectl(*active))
        worker.deploy(own.replace("queue: 10", "cpu: 70"))
        back = {f"horizontalpodautoscaler.autoscaling/{NAME}"}
        worker.eventually("Kubernetes' own autoscaler alone", lambda: worker.autoscalers == back)
        time.sleep(5)
    finally:
        over.set()
        watch.join(30)
    print(f"        pods in {len(seen)} looks: {sorted(set(seen))}")
    assert len(seen) > 20
    assert set(seen) == {5}


def test_kubernetes_own_autoscaler_begins_with_a_pod_where_keda_left_none(worker: Worker) -> None:
    worker.deploy(WAITING)
    worker.eventually("no message, no pod", lambda: worker.pods == 0)
    worker.deploy(WAITING.replace("pods: 0", "pods: 2").replace("queue: 10", "cpu: 70"))
    worker.eventually("two pods, the least", lambda: worker.pods == 2)
    assert worker.autoscalers == {f"horizontalpodautoscaler.autoscaling/{NAME}"}


def test_each_program_needs_less_memory_than_its_pod_has(worker: Worker, programs: Processes) -> None:
    worker.deploy(WAITING)
    worker.eventually("no message, no pod", lambda: worker.pods == 0)
    most = int(fargate.SMALLEST["memory"].removesuffix("Mi"))
    for name, process in programs.running.items():
        status = Path(f"/proc/{process.pid}/status").read_text()
        used = int(re.findall(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)[0]) // 1024
        print(f"        {name}: {used} MiB at most")
        assert used < most


def test_kedas_webhook_would_refuse_an_autoscaler_without_the_annotation(worker: Worker) -> None:
    own = WAITING.replace("pods: 0", "pods: 2")
    worker.deploy(own.replace("queue: 10", "cpu: 70"))
    worker.patch("hpa", {"metadata": {"annotations": {"validations.keda.sh/hpa-ownership": None}}})
    with pytest.raises(CommandFailed, match=f"is already managed by the hpa '{NAME}'"):
        worker.deploy(own)
    assert worker.autoscalers == {f"horizontalpodautoscaler.autoscaling/{NAME}"}
