"""The environment of programs that must not meet an account or a cluster of the caller's."""

import os

THEIRS = ("AWS_", "TF_", "KUBE_", "KUBECACHEDIR", "KUBECONFIG", "HELM_")
OURS = ("TF_PLUGIN_MIRROR",)
PROXY = ("NO_PROXY", "no_proxy")


def without_accounts() -> dict[str, str]:
    """This process's, without what names one, and with the way to the loopback interface past any proxy."""
    kept = {name: value for name, value in os.environ.items() if name in OURS or not name.startswith(THEIRS)}
    past = [kept[name] for name in PROXY if kept.get(name)]
    without_files = dict.fromkeys(("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"), os.devnull)
    return kept | without_files | dict.fromkeys(PROXY, ",".join(["127.0.0.1", *past]))
