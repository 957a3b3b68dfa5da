"""Stack `edge`: the load balancer, or what an existing one needs. There is no such stack with `load_balancer: none`."""

from modules.bindings.cdktf import App
from modules.constructs.edge.access_logs import AccessLogs
from modules.constructs.edge.certificate import Certificate
from modules.constructs.edge.existing_load_balancer import ExistingLoadBalancer
from modules.constructs.edge.load_balancer import LoadBalancer
from modules.constructs.edge.web_acl import WebAcl
from modules.constructs.monitoring.load_balancer_alarms import EdgeAlarms, WafAlarms
from modules.constructs.stack import Stack
from modules.spec.model import LoadBalancer as Declared
from modules.spec.model import Spec


def edge(app: App, spec: Spec) -> Stack:
    """Reads `network` and `cluster`."""
    declared = spec.load_balancer
    assert declared is not None, "a system without a load balancer has no stack `edge`"
    stack = Stack(app, spec, "edge")
    if declared.listener_arn is not None:
        existing = ExistingLoadBalancer(
            stack,
            listener_arn=declared.listener_arn,
            vpc_id=stack.read("network", "vpc_id"),
            pods_group_id=stack.read("cluster", "pods_security_group_id"),
        )
        _offer(stack, existing, listener_arn=existing.listener_arn, url=existing.url)
    else:
        _own(stack, declared)
    return stack


def _own(stack: Stack, declared: Declared) -> None:
    spec = stack.spec
    subnets = "private_subnet_ids" if declared.private else "public_subnet_ids"
    topic_arn = stack.read("network", "alarms_topic_arn")
    balancer = LoadBalancer(
        stack,
        private=declared.private,
        vpc_id=stack.read("network", "vpc_id"),
        subnet_ids=stack.read_list("network", subnets),
        pods_group_id=stack.read("cluster", "pods_security_group_id"),
        logs=AccessLogs(stack),
    )
    certificate_arn = spec.certificate_arn
    if certificate_arn is None and spec.domain and spec.hosted_zone:
        certificate_arn = Certificate(
            stack, "main", domain=spec.domain, zone_id=spec.hosted_zone, record=("certificate",), and_below=True
        ).arn
    listener_arn = balancer.listen(certificate_arn)
    EdgeAlarms(stack, balancer.arn_suffix, topic_arn=topic_arn)
    if declared.waf.enabled:
        logs_key_arn = stack.read("network", "logs_key_arn")
        acl = WebAcl(stack, declared.waf, load_balancer_arn=balancer.arn, logs_key_arn=logs_key_arn)
        if declared.waf.rules == "block":
            WafAlarms(stack, acl.metric, topic_arn=topic_arn)
    if spec.domain and spec.hosted_zone:
        balancer.answer_to(spec.domain, zone_id=spec.hosted_zone)
    scheme = "https" if certificate_arn else "http"
    _offer(stack, balancer, listener_arn=listener_arn, url=f"{scheme}://{spec.domain or balancer.dns_name}")


def _offer(stack: Stack, balancer: LoadBalancer | ExistingLoadBalancer, *, listener_arn: str, url: str) -> None:
    stack.output("load_balancer_arn", balancer.arn)
    stack.output("load_balancer_arn_suffix", balancer.arn_suffix)
    stack.output("load_balancer_dns_name", balancer.dns_name)
    stack.output("load_balancer_zone_id", balancer.zone_id)
    stack.output("load_balancer_security_group_id", balancer.group_id)
    stack.output("listener_arn", listener_arn)
    stack.output("load_balancer_url", url)
