"""A request's way and a pod's rights, by what stands in AWS and the API server: no packet passes an emulated ALB."""

from typing import Any

import pytest

from modules.facts import ports
from tests.support import permission_calls
from tests.support.deployment import Deployment
from tests.support.iam_simulator import document, role_policies, trusts
from tests.support.run_synth import shipped

from .pod_rights import AUDIENCE, Client, allowed_exactly, assumed, claims_of, trust_of

SERVICES = shipped()["services"]
PORT = 8080  # of every service of this system


@pytest.fixture(scope="module", params=SERVICES)
def service(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def outputs(deployed: Deployment) -> dict[str, dict[str, Any]]:
    return {stack: deployed.workspace.outputs(stack) for stack in deployed.workspace.stacks}


def test_a_request_finds_its_way_to_every_pod(
    deployed: Deployment, outputs: dict[str, dict[str, Any]], client: Client, service: str
) -> None:
    path = SERVICES[service]["path"]
    rules = client("elbv2").describe_rules(ListenerArn=outputs["edge"]["listener_arn"])["Rules"]
    (rule,) = [one for one in rules if _paths(one) == {path, f"{path}/*"}]
    (forward,) = rule["Actions"]
    (group,) = client("elbv2").describe_target_groups(TargetGroupArns=[forward["TargetGroupArn"]])["TargetGroups"]
    (binding,) = deployed.items("targetgroupbindings", service)
    assert binding["spec"]["targetGroupARN"] == group["TargetGroupArn"]
    assert binding["spec"]["targetType"] == group["TargetType"] == "ip"
    assert binding["spec"]["vpcID"] == group["VpcId"] == outputs["network"]["vpc_id"]
    (kubernetes,) = deployed.items("services", service)
    (port,) = kubernetes["spec"]["ports"]
    assert binding["spec"]["serviceRef"] == {"name": kubernetes["metadata"]["name"], "port": port["port"]}
    (endpoints,) = deployed.items("endpointslices", service)
    pods = {pod["status"]["podIP"]: pod for pod in deployed.items("pods", service)}
    assert {address for one in endpoints["endpoints"] for address in one["addresses"]} == set(pods)
    assert len(pods) == SERVICES[service]["pods"]
    for pod in pods.values():
        (container,) = pod["spec"]["containers"]
        named = {one["name"]: one["containerPort"] for one in container["ports"]}
        assert {named[port["targetPort"]], *(one["port"] for one in endpoints["ports"])} == {PORT}
        assert container["readinessProbe"]["httpGet"]["path"] == group["HealthCheckPath"]


def test_the_load_balancer_is_let_into_the_pods(
    deployed: Deployment, outputs: dict[str, dict[str, Any]], client: Client, service: str
) -> None:
    (policy,) = deployed.items("securitygrouppolicies", service)
    groups = policy["spec"]["securityGroups"]["groupIds"]
    balancer = outputs["edge"]["load_balancer_security_group_id"]
    rules = client("ec2").describe_security_group_rules(Filters=[{"Name": "group-id", "Values": groups}])
    ways = [
        (rule["FromPort"], rule["ToPort"])
        for rule in rules["SecurityGroupRules"]
        if not rule["IsEgress"] and rule.get("ReferencedGroupInfo", {}).get("GroupId") == balancer
    ]
    assert sorted(ways) == list(ports.POD_PORTS)


def test_a_pod_may_do_what_its_service_declares_and_nothing_else(
    deployed: Deployment, outputs: dict[str, dict[str, Any]], client: Client, aws: dict[str, str], service: str
) -> None:
    (account,) = {pod["spec"]["serviceAccountName"] for pod in deployed.items("pods", service)}
    role = assumed(deployed, outputs, client, aws, service, account)
    own = permission_calls.of(_words(service), outputs[service])
    others = [
        call for other in SERVICES if other != service for call in permission_calls.of(_words(other), outputs[other])
    ]
    assert others
    never = [permission_calls.filled(call, outputs["data"]) for call in permission_calls.NEVER]
    allowed_exactly(own, role_policies(client("iam"), role), denied=[*others, *never])


def test_only_the_job_that_makes_the_database_users_is_the_databases_master(
    deployed: Deployment, outputs: dict[str, dict[str, Any]], client: Client, aws: dict[str, str]
) -> None:
    role = assumed(deployed, outputs, client, aws, "kube-system", "database-users")
    job = [permission_calls.filled(call, outputs["data"]) for call in permission_calls.DATABASE_JOB]
    services = [call for name in SERVICES for call in permission_calls.of(_words(name), outputs[name])]
    allowed_exactly(job, role_policies(client("iam"), role), denied=services)
    trust = document(client("iam").get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"])
    for account in SERVICES:
        claims = claims_of(deployed.plane.kubectl("create", "token", account, f"--namespace={account}", AUDIENCE))
        assert not trusts(trust, outputs["cluster"]["oidc_provider_arn"], claims)


def test_only_its_own_account_can_assume_a_services_role(
    deployed: Deployment, outputs: dict[str, dict[str, Any]], client: Client, service: str
) -> None:
    trust = trust_of(client, outputs[service]["role_arn"])
    for other in SERVICES:
        claims = claims_of(deployed.plane.kubectl("create", "token", other, f"--namespace={other}", AUDIENCE))
        assert trusts(trust, outputs["cluster"]["oidc_provider_arn"], claims) == (other == service)
    claims = claims_of(deployed.plane.kubectl("create", "token", "default", f"--namespace={service}", AUDIENCE))
    assert not trusts(trust, outputs["cluster"]["oidc_provider_arn"], claims)


def _words(service: str) -> list[str]:
    return list(SERVICES[service]["aws"])


def _paths(rule: dict[str, Any]) -> set[str]:
    return {path for one in rule["Conditions"] for path in one["PathPatternConfig"]["Values"]}
