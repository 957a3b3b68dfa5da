"""Which Fargate profile takes the pods of a service: one of its own, or the one that services share."""

from collections.abc import Mapping

from modules.spec.model import Spec

# Where two profiles match a pod, EKS takes the first name in the alphabet, so a service's own comes before this one:
# https://docs.aws.amazon.com/eks/latest/userguide/fargate-profile.html.
SHARED = "zz-shared"
# In any namespace: https://docs.aws.amazon.com/eks/latest/userguide/fargate-profile.html#fargate-profile-wildcards.
NAMESPACES = "*"
LABELS: Mapping[str, str] = {"fargate-profile": "shared"}
"""Of each pod that the shared profile takes."""


def name(spec: Spec, service: str) -> str:
    """Of the profile that takes the service's pods."""
    return spec.names.profile(service) if spec.cluster.has_own_profile(service) else SHARED


def own(spec: Spec) -> list[str]:
    """The services that have a profile of their own."""
    return [one for one in spec.services if spec.cluster.has_own_profile(one)]


def labels(spec: Spec, service: str) -> Mapping[str, str]:
    """What the service's pods carry for it."""
    return {} if spec.cluster.has_own_profile(service) else LABELS


def count(spec: Spec) -> int:
    """Profiles of the cluster: those of CoreDNS and of kube-system are the platform's."""
    services = len(own(spec))
    return 2 + services + (len(spec.services) > services)
