"""EKS: Kubernetes versions with their ends of support, and what one cluster can hold."""

from datetime import date
from ipaddress import IPv4Network
from typing import NamedTuple


class Support(NamedTuple):
    """The last days of standard and of (paid) extended support of a Kubernetes version on EKS."""

    standard: date
    extended: date


# https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html, read 2026-11-22.
VERSIONS = {
    "1.31": Support(date(2025, 11, 26), date(2026, 11, 26)),
    "1.32": Support(date(2026, 3, 23), date(2027, 3, 23)),
    "1.33": Support(date(2026, 7, 29), date(2027, 7, 29)),
    "1.34": Support(date(2026, 12, 2), date(2027, 12, 2)),
    "1.35": Support(date(2027, 3, 27), date(2028, 3, 27)),
    "1.36": Support(date(2027, 8, 2), date(2028, 8, 2)),
}
DEFAULT_VERSION = "1.36"
# The end of support is said this long before it comes: an upgrade of a live cluster is planned, not done in a day.
SUPPORT_NOTICE_DAYS = 60

# Kubernetes version -> add-on -> a version that EKS offers for it, read 2026-11-26. CoreDNS and kube-proxy for 1.35:
# https://docs.aws.amazon.com/eks/latest/userguide/managing-coredns.html and managing-kube-proxy.html. AWS's pages lack
# the others; three public configurations of clusters name each of them, one the metrics-server of 1.36. `make doctor`
# asks EKS before a first apply.
ADDONS = {
    "1.35": {
        "coredns": "v1.14.2-eksbuild.4",
        "kube-proxy": "v1.35.3-eksbuild.2",
        "metrics-server": "v0.8.1-eksbuild.6",
    },
    "1.36": {
        "coredns": "v1.14.2-eksbuild.4",
        "kube-proxy": "v1.36.0-eksbuild.7",
        "metrics-server": "v0.8.1-eksbuild.11",
    },
}

# https://aws.amazon.com/eks/pricing/, read 2026-11-22: US dollars per cluster and hour.
STANDARD_PRICE = 0.10
EXTENDED_PRICE = 0.60

# Service quota L-33415657 (adjustable): https://docs.aws.amazon.com/eks/latest/userguide/service-quotas.html.
PROFILES_PER_CLUSTER = 10
PROFILES_QUOTA = "L-33415657"

# Service quota L-C56B9FC3, which is not adjustable; read 2026-11-27 in the table of
# https://docs.aws.amazon.com/eks/latest/userguide/service-quotas.html, as a public copy has it.
ACCESS_ENTRIES_PER_CLUSTER = 3000

# The five control-plane log types: https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html.
LOG_TYPES = ("api", "audit", "authenticator", "controllerManager", "scheduler")

# EKS accepts service ranges from /24 to /12 within the private ranges:
# https://docs.aws.amazon.com/eks/latest/APIReference/API_KubernetesNetworkConfigRequest.html.
SERVICE_CIDR_PREFIXES = range(12, 25)
# What EKS takes by itself; no VPC of at most /16 overlaps both.
SERVICE_CIDRS = (IPv4Network("172.20.0.0/16"), IPv4Network("10.100.0.0/16"))
