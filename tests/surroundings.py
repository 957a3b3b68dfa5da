"""The environment of programs that must not meet an account or a cluster of the caller's."""

import os
from collections.abc import Mapping

THEIRS = ("AWS_", "TF_", "KUBE_", "KUBECONFIG", "HELM_")
OURS = ("TF_PLUGIN_MIRROR",)


def without_accounts(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """`environment` without what names one, and with the way to the loopback interface past any proxy."""
    kept = {name: value for name, value in environment.items() if name in OURS or not name.startswith(THEIRS)}
    past = [kept[name] for name in ("NO_PROXY", "no_proxy") if kept.get(name)]
    without_files = dict.fromkeys(("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"), os.devnull)
    return kept | without_files | dict.fromkeys(("NO_PROXY", "no_proxy"), ",".join(["127.0.0.1", *past]))
