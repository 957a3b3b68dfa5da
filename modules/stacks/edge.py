"""Stack `edge`: the way in from the internet."""

from modules.bindings.cdktf import App
from modules.constructs.edge.access_logs import AccessLogs
from modules.constructs.edge.certificate import Certificate
from modules.constructs.edge.load_balancer import LoadBalancer
from modules.constructs.edge.web_acl import WebAcl
from modules.constructs.monitoring.load_balancer_alarms import EdgeAlarms
from modules.constructs.stack import Stack
from modules.spec.model import Spec


def edge(app: App, spec: Spec) -> Stack:
    """Reads `network` and `cluster`."""
    stack = Stack(app, spec, "edge")
    balancer = LoadBalancer(
        stack,
        vpc_id=stack.read("network", "vpc_id"),
        subnet_ids=stack.read_list("network", "public_subnet_ids"),
        pods_group_id=stack.read("cluster", "pods_security_group_id"),
        logs=AccessLogs(stack),
    )
    certificate_arn = spec.certificate_arn
    if certificate_arn is None and spec.domain and spec.hosted_zone:
        certificate_arn = Certificate(stack, domain=spec.domain, zone_id=spec.hosted_zone).arn
    listener_arn = balancer.listen(certificate_arn)
    WebAcl(stack, load_balancer_arn=balancer.arn, logs_key_arn=stack.read("network", "logs_key_arn"))
    EdgeAlarms(stack, balancer.arn_suffix, topic_arn=stack.read("network", "alarms_topic_arn"))
    if spec.domain and spec.hosted_zone:
        balancer.answer_to(spec.domain, zone_id=spec.hosted_zone)
    stack.output("load_balancer_arn", balancer.arn)
    stack.output("load_balancer_arn_suffix", balancer.arn_suffix)
    stack.output("load_balancer_dns_name", balancer.dns_name)
    stack.output("load_balancer_security_group_id", balancer.group_id)
    stack.output("listener_arn", listener_arn)
    scheme = "https" if certificate_arn else "http"
    stack.output("load_balancer_url", f"{scheme}://{spec.domain or balancer.dns_name}")
    return stack
