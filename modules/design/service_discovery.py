"""How a service learns the address of another service that it calls."""

from modules.spec.model import Service


def variable(callee: str) -> str:
    """Name of the environment variable: `payment-service` -> PAYMENT_SERVICE_URL."""
    return f"{callee.upper().replace('-', '_')}_URL"


def host(callee: str) -> str:
    """Host name of the callee's Service within the cluster; namespace and Service carry its name."""
    return f"{callee}.{callee}.svc.cluster.local"


def url(callee: str, port: int) -> str:
    """Address of the callee's Service within the cluster."""
    return f"http://{host(callee)}:{port}"


def short_names(service: Service) -> dict[str, str]:
    """What the service's pods can call others by, and the host behind it: its callees and its aliases."""
    names = {callee: host(callee) for callee in service.calls} | service.aliases
    return dict(sorted(names.items()))
