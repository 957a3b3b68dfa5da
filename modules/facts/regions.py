"""AWS regions and partitions: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html, read 2026-11-22."""

# That have EKS, as botocore 1.44.5 lists them (tests compare); AWS adds some every year.
AS_OF = "2026-11-24"
REGIONS = tuple(
    """
    af-south-1 ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2
    ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7
    ca-central-1 ca-west-1 eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2
    eu-west-3 il-central-1 me-central-1 me-south-1 mx-central-1 sa-east-1 us-east-1 us-east-2 us-west-1 us-west-2
    cn-north-1 cn-northwest-1 us-gov-east-1 us-gov-west-1
    """.split()
)
# What every system here stands on, and where AWS does not offer it:
# https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/govcloud-eks.html,
# https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.Aurora_Fea_Regions_DB-eng.Feature.Data_API.html.
WITHOUT = {
    "EKS on Fargate": ("us-gov-east-1", "us-gov-west-1"),
    "RDS Data API": ("ap-south-2", "ap-southeast-4", "ap-southeast-6"),
}
# Word under `aws:` -> regions for which botocore 1.44.5 lists no such service (tests compare).
WITHOUT_KIND = {"redshift": ("me-south-1",), "ses": ("ap-east-1", "cn-north-1", "cn-northwest-1")}
# The region of each partition that every account has: https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html.
HOME = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}
_PARTITIONS = {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}


def partition(region: str) -> str:
    """Partition of a region, as ARNs name it."""
    return next((name for prefix, name in _PARTITIONS.items() if region.startswith(prefix)), "aws")


def dns_suffix(region: str) -> str:
    """Domain of the region's service principals that carry one."""
    return "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
