"""What stack `edge` says of a load balancer once it is applied."""

from modules.design import load_balancers
from modules.state.applied_stacks import Stack


def value(edge: Stack, balancer: str | None, what: str) -> str | None:
    """Text of an output; None where the state is elsewhere, or has none."""
    found = edge.output(load_balancers.output(balancer, what))
    value: str | None = found if balancer is None else (found or {}).get(balancer)
    return value


def command(edge: Stack, balancer: str | None, what: str) -> str:
    """What prints it, wherever the state is."""
    form = "-raw" if balancer is None else "-json"
    return f"terraform -chdir={edge.folder} output {form} {load_balancers.output(balancer, what)}"
