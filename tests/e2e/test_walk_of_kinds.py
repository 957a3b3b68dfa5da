"""Of a worker, a job, and a bucket whose new objects are a queue's messages: what leads to them, and what they may do.

By what stands in AWS and the API server, as in test_walk.py; an object really becomes a message of the emulated AWS.
"""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from modules.iam.evaluation import Caller, Policies, allowed
from tests.support import kubernetes_installer, permission_calls
from tests.support.control_plane import ControlPlane
from tests.support.deployed_in_passes import system
from tests.support.deployment import Deployment
from tests.support.emulator import as_deployer, clients, emulated_aws, issuer, lead_to
from tests.support.iam_simulator import document, role_policies
from tests.support.run_synth import synthesise
from tests.support.terraform_workspace import Workspace

from .pod_rights import Client, allowed_exactly, assumed

pytestmark = pytest.mark.nightly(minutes=10)
WORKER, JOBS, JOB, BUCKET = "resizer", "invoices", "invoices-monthly", "media"
SERVICES = {
    BUCKET: {"image": "v1", "pods": 1, "aws": ["s3"]},
    WORKER: {
        "image": "v1",
        "port": "none",
        "pods": 2,
        "aws": {"sqs": {"from": [{"s3": BUCKET, "prefix": "uploads/"}]}},
    },
    JOBS: {"image": "v1", "pods": 0, "aws": ["sns"], "jobs": {"monthly": {"schedule": "@monthly", "command": ["/a"]}}},
}
WORDS = {BUCKET: ["s3"], WORKER: ["sqs"], JOBS: ["sns"]}
SECONDS = 60
Json = dict[str, Any]


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[dict[str, str], Any]]:
    log = tmp_path_factory.mktemp("aws") / "log"
    with emulated_aws(log) as environment:
        yield environment, log


@pytest.fixture(scope="module")
def client(aws: tuple[dict[str, str], Any]) -> Client:
    return clients(aws[0])


@pytest.fixture(scope="module")
def deployed(aws: tuple[dict[str, str], Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """By Terraform alone where it has all providers; else by helm what they would have released."""
    environment, log = aws
    generated = synthesise(system(SERVICES, database="none", cache="none"), tmp_path_factory.mktemp("kinds"))
    deployer = as_deployer(environment)
    workspace = Workspace(generated, tmp_path_factory.mktemp("terraform"), deployer)
    for stack in workspace.stacks:
        workspace.init(stack)
    folder = tmp_path_factory.mktemp("plane")
    with ControlPlane(folder=folder, aws=deployer, cluster_name="shop", issuer=issuer()) as plane:
        lead_to(log, plane.endpoint, plane.ca_pem, plane.issuer)
        workspace.each(workspace.apply)
        for stack in workspace.stacks:
            if stack in workspace.aws_only:
                kubernetes_installer.install(workspace, plane, stack)
        deployment = Deployment(workspace, plane)
        deployment.pods({BUCKET: 1, WORKER: 2})
        yield deployment


@pytest.fixture(scope="module")
def outputs(deployed: Deployment) -> dict[str, Json]:
    return {stack: deployed.workspace.outputs(stack) for stack in deployed.workspace.stacks}


@pytest.fixture(scope="module")
def run(deployed: Deployment) -> Json:
    """A pod of the job."""
    where = f"--namespace={JOBS}"
    deployed.plane.kubectl("create", "job", "try-1", where, f"--from=cronjob/{JOB}")
    end = time.monotonic() + SECONDS
    while not (pods := deployed.items("pods", JOBS)):
        assert time.monotonic() < end, f"the job has no pod after {SECONDS} s"
        time.sleep(0.2)
    (pod,) = pods
    return dict(pod)


@pytest.fixture
def pods(deployed: Deployment, run: Json) -> dict[str, list[Json]]:
    return {WORKER: deployed.items("pods", WORKER), JOBS: [run]}


@pytest.mark.parametrize("service", [WORKER, JOBS])
def test_nothing_leads_into_a_worker_or_a_job(
    deployed: Deployment, outputs: dict[str, Json], client: Client, pods: dict[str, list[Json]], service: str
) -> None:
    for kind in ("services", "endpointslices", "targetgroupbindings"):
        assert deployed.items(kind, service) == []
    own = outputs["cluster"]["service_security_group_ids"][service]
    (policy,) = deployed.items("securitygrouppolicies", service)
    assert own in policy["spec"]["securityGroups"]["groupIds"]
    chosen = policy["spec"]["podSelector"]["matchLabels"].items()
    assert [pod for pod in pods[service] if not chosen <= pod["metadata"]["labels"].items()] == []
    assert len(pods[service]) == (2 if service == WORKER else 1)
    rules = client("ec2").describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [own]}])
    assert [rule for rule in rules["SecurityGroupRules"] if not rule["IsEgress"]] == []


@pytest.mark.parametrize("service", [WORKER, JOBS])
def test_a_pod_may_do_what_its_service_declares_and_nothing_else(
    deployed: Deployment,
    outputs: dict[str, Json],
    client: Client,
    aws: tuple[dict[str, str], Any],
    pods: dict[str, list[Json]],
    service: str,
) -> None:
    (account,) = {pod["spec"]["serviceAccountName"] for pod in pods[service]}
    role = assumed(deployed, outputs, client, aws[0], service, account)
    calls = {name: permission_calls.of(words, outputs[name]) for name, words in WORDS.items()}
    own = calls.pop(service)
    allowed_exactly(own, role_policies(client("iam"), role), denied=[call for of in calls.values() for call in of])


def test_a_run_is_found_by_the_alarms_of_its_job_and_by_the_watcher(deployed: Deployment, client: Client) -> None:
    (job,) = deployed.items("cronjobs", JOBS)
    assert job["metadata"]["name"] == JOB
    alarms = client("cloudwatch").describe_alarms(AlarmNamePrefix=f"shop-{JOBS}")["MetricAlarms"]
    of_job = {one["MetricName"]: one for one in alarms if one["Namespace"] == "shop/job-watcher"}
    assert of_job.keys() == {"Failed", "SecondsLate"}
    for alarm in of_job.values():
        assert {one["Name"]: one["Value"] for one in alarm["Dimensions"]} == {"Service": JOBS, "Job": JOB}
    (watcher,) = [one for one in deployed.items("pods", "kube-system") if one["metadata"]["name"].startswith("job-w")]
    (container,) = watcher["spec"]["containers"]
    assert {one["name"]: one["value"] for one in container["env"]}["NAMESPACES"] == JOBS
    listed = ("auth", "can-i", "list", "jobs.batch", f"--namespace={JOBS}")
    account = f"--as=system:serviceaccount:kube-system:{watcher['spec']['serviceAccountName']}"
    assert deployed.plane.kubectl(*listed, account).strip() == "yes"


def test_a_new_object_becomes_a_message_of_the_workers_queue(outputs: dict[str, Json], client: Client) -> None:
    s3, sqs = client("s3"), client("sqs")
    for key in ("uploads/a.png", "others/b.png"):
        s3.put_object(Bucket=outputs[BUCKET]["bucket_name"], Key=key, Body=b"x")
    keys: list[str] = []
    end = time.monotonic() + SECONDS
    while not keys and time.monotonic() < end:
        found = sqs.receive_message(QueueUrl=outputs[WORKER]["queue_url"], MaxNumberOfMessages=10)
        keys = [json.loads(one["Body"])["detail"]["object"]["key"] for one in found.get("Messages", ())]
    assert keys == ["uploads/a.png"]


def test_only_the_rule_of_the_bucket_may_bring_messages(outputs: dict[str, Json], client: Client) -> None:
    """moto delivers whatever the policies of the queue and of its key say."""
    (rule,) = client("events").list_rules(NamePrefix=f"shop-{WORKER}")["Rules"]
    queue, key = outputs[WORKER]["queue_arn"], outputs[WORKER]["stores_key_arn"]
    held = client("sqs").get_queue_attributes(QueueUrl=outputs[WORKER]["queue_url"], AttributeNames=["Policy"])
    of_queue = Policies(resource=document(held["Attributes"]["Policy"]))
    of_key = Policies(resource=document(client("kms").get_key_policy(KeyId=key, PolicyName="default")["Policy"]))
    events, account = Caller("Service", "events.amazonaws.com"), key.split(":")[4]
    secure = {"aws:SecureTransport": "true"}
    for arn, brings in ((rule["Arn"], True), (f"{rule['Arn']}-other", False)):
        context = {**secure, "aws:SourceArn": arn, "aws:SourceAccount": account}
        assert allowed(events, of_queue, queue, context, ["sqs:SendMessage"]) == (
            {"sqs:SendMessage"} if brings else set()
        )
    use = ["kms:Decrypt", "kms:GenerateDataKey"]
    assert allowed(events, of_key, key, {**secure, "aws:SourceAccount": account}, use) == set(use)
    assert allowed(events, of_key, key, {**secure, "aws:SourceAccount": "999999999999"}, use) == set()
