"""Which load balancer routes to which services; the first has no name, and None stands for it."""

from modules.spec.model import Service, Spec
from modules.spec.problem import Path


def routed(spec: Spec) -> dict[str | None, dict[str, Service]]:
    """By load balancer, the services that it routes to."""
    found: dict[str | None, dict[str, Service]] = {balancer: {} for balancer in spec.balancers}
    for name, service in spec.services.items():
        if service.path:
            found.setdefault(service.load_balancer, {})[name] = service
    return found


def serves_https(spec: Spec, balancer: str | None) -> bool:
    """Whether it has the system's certificate; what an existing one has, its owner knows."""
    return spec.serves_https and balancer in spec.balancers and spec.balancers[balancer].is_own


def is_existing(spec: Spec, balancer: str | None) -> bool:
    """Whether somebody else made it."""
    return balancer in spec.balancers and not spec.balancers[balancer].is_own


def https_step(spec: Spec) -> str:
    """What to add for HTTPS; `domain` is a name of the first load balancer, so it is none where that is existing."""
    if is_existing(spec, None):
        return "Add `certificate_arn:`"
    return "Add `domain:` with `hosted_zone:`, or `certificate_arn:`"


def output(balancer: str | None, value: str) -> str:
    """Output of stack `edge` that has a value of it; that of further ones is a map by name."""
    return value if balancer is None else f"further_{value}"


def place(balancer: str | None) -> Path:
    """Where services.yaml has it."""
    return ("load_balancer",) if balancer is None else ("load_balancers", balancer)


def title(balancer: str | None) -> str:
    """How people call it."""
    return "load balancer" if balancer is None else f"load balancer {balancer}"
