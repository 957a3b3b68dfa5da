"""Which level of Kubernetes' pod security standards a service's pods meet, and so its namespace enforces.

https://kubernetes.io/docs/concepts/security/pod-security-standards/
"""

from modules.spec.model import Service

RESTRICTED, BASELINE = "restricted", "baseline"


def exceptions(service: Service) -> list[str]:
    """Why a pod does not meet `restricted`, with the key that says so; none by default."""
    return ["it runs as root (`user: 0`)"] if service.user == 0 else []


def level(service: Service) -> str:
    """The strictest level that its pods meet."""
    return BASELINE if exceptions(service) else RESTRICTED
