"""Keeps a demo on this machine: no account of the user's goes in, and no address but loopback is used."""

import json
import os
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from modules.errors import CommandError
from tests.support.clean_environment import without_accounts

NEXT = "Run make demo-down, then make demo again. If it stays so, it is a defect of the demo: nothing was applied."


def forget_the_users_accounts() -> None:
    """For this process and all that it starts."""
    kept = without_accounts()
    os.environ.clear()
    os.environ.update(kept)


def refuse_all_else(environment: dict[str, str], kubeconfig: Path) -> None:
    """Raises CommandError unless Terraform is given AWS and the Kubernetes API on the loopback interface."""
    if "AWS_ENDPOINT_URL" not in environment:
        raise CommandError("AWS_ENDPOINT_URL", "It is not set, so Terraform would talk to the real AWS.", NEXT)
    addresses = {name: value for name, value in environment.items() if name.startswith("AWS_ENDPOINT_URL")}
    clusters = json.loads(kubeconfig.read_text())["clusters"]
    addresses |= {f"{kubeconfig} {one['name']}": one["cluster"]["server"] for one in clusters}
    for where, address in addresses.items():
        if not _is_loopback(address):
            raise CommandError(where, f"{address} is not on the loopback interface, so nothing was applied.", NEXT)


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(urlsplit(address).hostname or "").is_loopback
    except ValueError:  # a name, whatever it resolves to at this moment
        return False
