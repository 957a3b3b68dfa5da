"""Stack `platform`: what runs and watches the services."""

from modules.components.dashboard import Dashboard
from modules.components.log_group import LogGroup
from modules.providers.cdktf import App
from modules.spec.model import Spec
from modules.stacks.stack import Stack


def platform(app: App, spec: Spec) -> Stack:
    """Reads `network` and `edge`; what services have, it knows by name."""
    stack = Stack(app, spec, "platform")
    logs_key_arn = stack.read("network", "logs_key_arn")
    LogGroup(stack, "kube-system", name=stack.names.log_group("kube-system"), logs_key_arn=logs_key_arn)
    Dashboard(
        stack,
        load_balancer=stack.read("edge", "load_balancer_arn_suffix"),
        nat_gateways={zone: stack.read("network", f"nat_gateway_{zone}_id") for zone in spec.nat_zones},
    )
    return stack
