"""Keeps a demo on this machine: no account of the user's goes in, and no address but loopback is used."""

import json
import os
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from modules.trouble import Trouble

THEIRS = ("AWS_", "TF_", "KUBE_", "KUBECONFIG", "HELM_")
OURS = ("TF_PLUGIN_MIRROR",)
NEXT = "Run make demo-down, then make demo again. If it stays so, it is a defect of the demo: nothing was applied."


def forget_the_users_accounts() -> None:
    """For this process and all that it starts."""
    for name in [name for name in os.environ if name.startswith(THEIRS) and name not in OURS]:
        del os.environ[name]
    os.environ |= dict.fromkeys(("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"), os.devnull)
    past = [os.environ[name] for name in ("NO_PROXY", "no_proxy") if os.environ.get(name)]
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = ",".join(["127.0.0.1", *past])


def refuse_all_else(environment: dict[str, str], kubeconfig: Path) -> None:
    """Raises Trouble unless AWS and the Kubernetes API are on the loopback interface in what Terraform is given."""
    if "AWS_ENDPOINT_URL" not in environment:
        raise Trouble("AWS_ENDPOINT_URL", "It is not set, so Terraform would talk to the real AWS.", NEXT)
    addresses = {name: value for name, value in environment.items() if name.startswith("AWS_ENDPOINT_URL")}
    clusters = json.loads(kubeconfig.read_text())["clusters"]
    addresses |= {f"{kubeconfig} {one['name']}": one["cluster"]["server"] for one in clusters}
    for where, address in addresses.items():
        if not _is_loopback(address):
            raise Trouble(where, f"{address} is not on the loopback interface, so nothing was applied.", NEXT)


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(urlsplit(address).hostname or "").is_loopback
    except ValueError:  # a name, whatever it resolves to at this moment
        return False
