"""AWS partitions: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html, read 2026-11-22."""

_PARTITIONS = {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}


def partition(region: str) -> str:
    """Partition of a region, as ARNs name it."""
    return next((name for prefix, name in _PARTITIONS.items() if region.startswith(prefix)), "aws")


def dns_suffix(region: str) -> str:
    """Domain of the region's service principals that carry one."""
    return "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
