"""What AWS bills by the hour or the month of each type of resource; reports/unpriced.py has the other types."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from modules.design import external_secrets, helm_values, job_watcher, keda
from modules.facts import eks, fargate
from modules.spec.model import Spec
from modules.spec.pod_size import billed, billed_storage, meant_cpu, meant_memory, memory_mib

# Nobody knows these before there is traffic, so they are assumed, and the report says so: GB of lines that a log group
# takes in a month, load balancer capacity units (LCU) in use, and requests in a month, in millions.
LOG_GB_AT_REST, LOG_GB_AT_MOST = 1, 10
LCU_AT_REST, LCU_AT_MOST = 0, 1
REQUESTS_AT_REST, REQUESTS_AT_MOST = 0, 10

Resource = Mapping[str, Any]


class Usage(NamedTuple):
    """How much of a meter of facts.prices a resource uses: at rest, and at most. `kind` narrows the meter."""

    what: str
    meter: str
    at_rest: float
    at_most: float
    kind: str = ""


Count = Callable[[Spec, date, Resource], Iterator[Usage]]


def _always(what: str, meter: str) -> Count:
    """One of it, whatever the load."""

    def count(spec: Spec, today: date, resource: Resource) -> Iterator[Usage]:
        yield Usage(what, meter, 1, 1)

    return count


def control_plane(version: str, upgrade_policy: str, today: date) -> Usage:
    """The price depends on the version's support; with the policy `standard`, AWS upgrades before it would rise."""
    support = eks.VERSIONS.get(version)
    if support is None:
        return Usage(f"EKS control plane ({version})", "eks-unknown", 1, 1)
    phase = "extended" if today > support.standard and upgrade_policy == "extended" else "standard"
    return Usage(f"EKS control plane, {phase} support", f"eks-{phase}", 1, 1)


def _control_plane(spec: Spec, today: date, resource: Resource) -> Iterator[Usage]:
    yield control_plane(spec.cluster.version, spec.cluster.upgrade_policy, today)


def _pods(size: tuple[float, float], at_rest: int, at_most: int) -> Iterator[Usage]:
    vcpu, gb = size
    if at_most:
        yield Usage("Fargate pods, vCPU", "fargate-vcpu", at_rest * vcpu, at_most * vcpu)
        yield Usage("Fargate pods, GB of memory", "fargate-gb", at_rest * gb, at_most * gb)


def smallest_pod() -> tuple[float, float]:
    """What Fargate bills for a pod that asks for as little as a platform's pod: vCPU and GB."""
    cpu, memory = meant_cpu(fargate.SMALLEST["cpu"]), meant_memory(fargate.SMALLEST["memory"])
    assert cpu is not None
    assert memory is not None
    return billed(cpu, memory_mib(memory))


def _addon(spec: Spec, today: date, resource: Resource) -> Iterator[Usage]:
    pods = fargate.ADDON_PODS[resource["addon_name"]]
    yield from _pods(smallest_pod(), pods, pods)


def _release(spec: Spec, today: date, resource: Resource) -> Iterator[Usage]:
    """The others have no pods that stay: a service's network, and the job that makes the database's users."""
    service = spec.services.get(resource["name"])
    if service and resource["namespace"] == resource["name"]:
        yield from _pods(billed(service.cpu, service.request_mib), service.pods, service.max_replicas)
        if extra := billed_storage(service.storage or 0):
            at_rest, at_most = service.pods * extra, service.max_replicas * extra
            yield Usage("Fargate pods, GB of disk beyond the included", "fargate-storage", at_rest, at_most)
    elif resource["name"] == helm_values.CONTROLLER:
        yield from _pods(smallest_pod(), fargate.CONTROLLER_PODS, fargate.CONTROLLER_PODS)
    elif resource["name"] == external_secrets.NAME:
        yield from _pods(smallest_pod(), fargate.EXTERNAL_SECRETS_PODS, fargate.EXTERNAL_SECRETS_PODS)
    elif resource["name"] == keda.NAME:
        yield from _pods(smallest_pod(), fargate.KEDA_PODS, fargate.KEDA_PODS)
    elif resource["name"] == job_watcher.NAME:
        yield from _pods(smallest_pod(), fargate.WATCHER_PODS, fargate.WATCHER_PODS)
        metrics = job_watcher.metrics(spec.services)
        yield Usage("Metrics of jobs", "custom-metric", metrics, metrics)


def _endpoint(spec: Spec, today: date, resource: Resource) -> Iterator[Usage]:
    """A gateway endpoint is free of charge: https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html."""
    if resource["vpc_endpoint_type"] == "Interface":
        zones = len(resource["subnet_ids"])
        yield Usage("Private endpoints, in each zone", "interface-endpoint", zones, zones)


def _load_balancer(spec: Spec, today: date, resource: Resource) -> Iterator[Usage]:
    """With an address in each zone: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html."""
    yield Usage("Load balancer", "load-balancer", 1, 1)
    yield Usage("Load balancer capacity units", "load-balancer-lcu", LCU_AT_REST, LCU_AT_MOST)
    if not resource["internal"]:
        yield Usage("Public IPv4 addresses", "public-ipv4", len(spec.zones), len(spec.zones))


def _web_acl(spec: Spec, today: date, resource: Resource) -> Iterator[Usage]:
    yield Usage("Web ACL", "web-acl", 1, 1)
    yield Usage("Rules and rule groups of the web ACL", "web-acl-rule", len(resource["rule"]), len(resource["rule"]))
    yield Usage("Requests that the firewall reads, millions", "web-acl-requests", REQUESTS_AT_REST, REQUESTS_AT_MOST)


def _aurora(spec: Spec, today: date, resource: Resource) -> Iterator[Usage]:
    """The secret is that of the master, which RDS makes: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/rds-secrets-manager.html."""
    if resource["manage_master_user_password"]:
        yield Usage("Secrets", "secret", 1, 1)


def _aurora_instance(spec: Spec, today: date, resource: Resource) -> Iterator[Usage]:
    if spec.database:
        yield Usage("Aurora capacity (ACU)", "aurora-acu", spec.database.min_acu, spec.database.max_acu)


def _redis(spec: Spec, today: date, resource: Resource) -> Iterator[Usage]:
    nodes, node_type = resource["num_cache_clusters"], resource["node_type"]
    yield Usage(f"Redis nodes, {node_type}", "redis", nodes, nodes, node_type)


def _warehouse(spec: Spec, today: date, resource: Resource) -> Iterator[Usage]:
    """While no query runs it costs nothing: https://docs.aws.amazon.com/redshift/latest/mgmt/serverless-billing.html."""
    yield Usage("Redshift Serverless capacity (RPU)", "redshift-rpu", 0, resource["max_capacity"])


def _key(spec: Spec, today: date, resource: Resource) -> Iterator[Usage]:
    """The first two yearly rotations add a version that is billed: https://aws.amazon.com/kms/pricing/."""
    yield Usage("KMS keys", "kms-key", 1, 3 if resource.get("enable_key_rotation") else 1)


def _alarm(spec: Spec, today: date, resource: Resource) -> Iterator[Usage]:
    """A metric each, and those of an expression one by one: https://aws.amazon.com/cloudwatch/pricing/."""
    metrics = sum("metric" in query for query in resource.get("metric_query", [])) or 1
    yield Usage("Alarms, by metric", "alarm-metric", metrics, metrics)


def _log_group(spec: Spec, today: date, resource: Resource) -> Iterator[Usage]:
    yield Usage("Log lines taken in, GB", "log-gb", LOG_GB_AT_REST, LOG_GB_AT_MOST)


PRICED: dict[str, Count] = {
    "aws_cloudwatch_dashboard": _always("Dashboards", "dashboard"),
    "aws_cloudwatch_log_group": _log_group,
    "aws_cloudwatch_metric_alarm": _alarm,
    "aws_eip": _always("Public IPv4 addresses", "public-ipv4"),
    "aws_eks_addon": _addon,
    "aws_eks_cluster": _control_plane,
    "aws_elasticache_replication_group": _redis,
    "aws_kms_key": _key,
    "aws_lb": _load_balancer,
    "aws_nat_gateway": _always("NAT gateways", "nat-gateway"),
    "aws_rds_cluster": _aurora,
    "aws_rds_cluster_instance": _aurora_instance,
    "aws_redshiftserverless_workgroup": _warehouse,
    "aws_secretsmanager_secret": _always("Secrets", "secret"),
    "aws_vpc_endpoint": _endpoint,
    "aws_wafv2_web_acl": _web_acl,
    "helm_release": _release,
}
