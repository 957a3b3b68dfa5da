"""Whether EKS offers the cluster's Kubernetes version, and the versions of the add-ons that are pinned."""

from collections.abc import Iterator

from modules.doctor.finding import Finding, ok, problem
from modules.doctor.subject import Subject


def addons(subject: Subject) -> Iterator[Finding]:
    """A finding for each add-on that EKS does not offer for the cluster's version."""
    version = subject.spec.cluster.version
    declared = {str(one.arguments.get("addon_name")): one.arguments for one in subject.declared("aws_eks_addon")}
    found = [finding for name, one in declared.items() for finding in _addon(subject, name, one, version)]
    yield from found or [ok(f"EKS offers the {len(declared)} add-ons for Kubernetes {version}")]


def _addon(subject: Subject, name: str, arguments: object, version: str) -> Iterator[Finding]:
    answer = subject.account.pages(
        "eks", "describe_addon_versions", "addons", addonName=name, kubernetesVersion=version
    )
    offered = [one["addonVersion"] for addon in answer for one in addon.get("addonVersions", ())]
    pinned = str(arguments.get("addon_version", "")) if isinstance(arguments, dict) else ""
    if not offered:
        what = f"EKS in {subject.account.region} offers no {name} for Kubernetes {version}."
        yield problem(what, "Write another `version:` under `cluster:`.")
    elif pinned and "${" not in pinned and pinned not in offered:
        what = f"EKS offers {name} for Kubernetes {version}, but not {pinned}."
        key = name.replace("-", "_")
        yield problem(what, f"Write `{key}: {offered[0]}` into `addons:` of `cluster:`.")
