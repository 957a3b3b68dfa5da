"""What stack `edge` offers of each load balancer; the first has no name."""

from collections.abc import Mapping

from modules.constructs.edge.existing_load_balancer import ExistingLoadBalancer
from modules.constructs.edge.load_balancer import LoadBalancer
from modules.constructs.stack import Stack
from modules.design import load_balancers


def offer(stack: Stack, balancers: Mapping[str | None, LoadBalancer | ExistingLoadBalancer]) -> None:
    """Outputs for the first, and maps by name for the further ones."""
    values = {name: _values(balancer) for name, balancer in balancers.items()}
    for value, found in values.pop(None, {}).items():
        stack.output(value, found)
    for value in dict.fromkeys(value for named in values.values() for value in named):
        stack.output(
            load_balancers.output(next(iter(values)), value), {name: named[value] for name, named in values.items()}
        )


def _values(balancer: LoadBalancer | ExistingLoadBalancer) -> dict[str, str]:
    return {
        "load_balancer_arn": balancer.arn,
        "load_balancer_arn_suffix": balancer.arn_suffix,
        "load_balancer_dns_name": balancer.dns_name,
        "load_balancer_zone_id": balancer.zone_id,
        "load_balancer_security_group_id": balancer.group_id,
        "listener_arn": balancer.listener_arn,
        "load_balancer_url": balancer.url,
    }


def read(stack: Stack, balancer: str | None, value: str) -> str:
    """A value of a load balancer, in a stack that is applied after `edge`; ends a plan that comes before."""
    return stack.read("edge", load_balancers.output(balancer, value), key=balancer)


def require(stack: Stack, balancer: str | None) -> None:
    """Ends a plan at once, with the next step, where `edge` was applied before it had this one."""
    if balancer is not None:
        stack.require("edge", load_balancers.output(balancer, "listener_arn"), balancer, load_balancers.title(balancer))
