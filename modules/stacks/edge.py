"""Stack `edge`: the load balancers, or what existing ones need. There is no such stack with `load_balancer: none`."""

from modules.constructs.app import SystemApp
from modules.constructs.edge.access_logs import AccessLogs
from modules.constructs.edge.certificate import Certificate
from modules.constructs.edge.existing_load_balancer import ExistingLoadBalancer
from modules.constructs.edge.load_balancer import LoadBalancer
from modules.constructs.edge.offered import offer
from modules.constructs.edge.web_acl import WebAcl, WebAclLogs
from modules.constructs.monitoring.load_balancer_alarms import EdgeAlarms, WafAlarms
from modules.constructs.stack import Stack
from modules.spec.model import Spec


def edge(app: SystemApp, spec: Spec) -> Stack:
    """Reads `network` and `cluster`."""
    stack = Stack(app, spec, "edge")
    balancers: dict[str | None, LoadBalancer | ExistingLoadBalancer] = {}
    for name, declared in spec.balancers.items():
        if declared.listener_arn is not None:
            balancers[name] = ExistingLoadBalancer(
                stack,
                name,
                listener_arn=declared.listener_arn,
                vpc_id=stack.read("network", "vpc_id"),
                pods_group_id=stack.read("cluster", "pods_security_group_id"),
            )
    if any(declared.is_own for declared in spec.balancers.values()):
        balancers |= _own(stack)
    offer(stack, {name: balancers[name] for name in spec.balancers})
    return stack


def _own(stack: Stack) -> dict[str | None, LoadBalancer]:
    """They share the certificate, and the bucket of their access logs."""
    spec, logs, certificate_arn = stack.spec, AccessLogs(stack), _certificate_arn(stack)
    balancers: dict[str | None, LoadBalancer] = {}
    for name, declared in spec.balancers.items():
        if declared.is_own:
            subnets = "private_subnet_ids" if declared.private else "public_subnet_ids"
            balancers[name] = LoadBalancer(
                stack,
                name,
                private=declared.private,
                vpc_id=stack.read("network", "vpc_id"),
                subnet_ids=stack.read_list("network", subnets),
                pods_group_id=stack.read("cluster", "pods_security_group_id"),
                logs=logs,
                certificate_arn=certificate_arn,
            )
            EdgeAlarms(stack, name, balancers[name].arn_suffix, topic_arn=stack.read("network", "alarms_topic_arn"))
    _filter(stack, {name: one.arn for name, one in balancers.items() if spec.balancers[name].has_waf})
    if None in balancers and spec.domain and spec.hosted_zone:
        balancers[None].answer_to(spec.domain, zone_id=spec.hosted_zone)
    return balancers


def _certificate_arn(stack: Stack) -> str | None:
    spec = stack.spec
    if spec.certificate_arn is None and spec.domain and spec.hosted_zone:
        return Certificate(
            stack, "main", domain=spec.domain, zone_id=spec.hosted_zone, record=("certificate",), and_below=True
        ).arn
    return spec.certificate_arn


def _filter(stack: Stack, arns: dict[str | None, str]) -> None:
    """A firewall before each of these load balancers."""
    if not arns:
        return
    logs = WebAclLogs(stack, list(arns), logs_key_arn=stack.read("network", "logs_key_arn"))
    for name, arn in arns.items():
        if name is not None:  # whose log group the key of `network` has to admit
            stack.require("network", "further_waf_log_groups", name, f"load balancer {name}")
        declared = stack.spec.balancers[name].waf
        acl = WebAcl(stack, name, declared, load_balancer_arn=arn, logs=logs)
        if declared.rules == "block":
            WafAlarms(stack, name, acl.metric, topic_arn=stack.read("network", "alarms_topic_arn"))
