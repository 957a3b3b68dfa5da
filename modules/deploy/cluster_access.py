"""Whether this machine can connect to the Kubernetes API of a cluster."""

import socket
from urllib.parse import urlsplit

from modules import terminal
from modules.errors import CommandError
from modules.facts.ports import HTTPS


def unreachable(endpoint: str, seconds: float = 5) -> CommandError | None:
    """An error where this machine can't connect to the Kubernetes API."""
    try:
        address = urlsplit(endpoint)
        with terminal.Waiting("Connecting to the Kubernetes API"):
            socket.create_connection((address.hostname or "", address.port or HTTPS), timeout=seconds).close()
    except (OSError, ValueError) as problem:
        return CommandError(
            endpoint,
            f"This machine can't connect to the Kubernetes API ({problem}).",
            "Run this inside the VPC, or list under cluster.api_access in services.yaml the range of the VPN that you "
            "come through or your address on the internet, and run make deploy STACK=cluster.",
        )
    return None
