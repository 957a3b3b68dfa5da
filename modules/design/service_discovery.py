"""How a service learns the address of another service that it calls."""


def variable(callee: str) -> str:
    """Name of the environment variable: `payment-service` -> PAYMENT_SERVICE_URL."""
    return f"{callee.upper().replace('-', '_')}_URL"


def url(callee: str, port: int) -> str:
    """Address of the callee's Service within the cluster; namespace and Service carry its name."""
    return f"http://{callee}.{callee}.svc.cluster.local:{port}"
