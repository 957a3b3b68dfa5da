"""List prices of AWS in US dollars, on demand and without tax, each with its source and the day it was read.

They were read in public documents that quote AWS's price list or price pages, and `source` is what those name. What no
such document was found for has no row: its price is unknown. Prices differ between regions, and AWS changes them.
"""

from datetime import date
from typing import NamedTuple

from modules.facts import eks, regions

# Hours of a month as AWS counts them: https://aws.amazon.com/calculator/calculator-assumptions/.
HOURS = 730
EVERYWHERE = "everywhere"  # in every region of the partition `aws`


class Meter(NamedTuple):
    """What AWS counts: by the hour, or by the month; `page` has the prices of all regions."""

    unit: str
    hourly: bool
    page: str


class Price(NamedTuple):
    """US dollars for one unit and hour, or for one unit and month."""

    usd: float
    source: str
    read: date


_EKS = "https://aws.amazon.com/eks/pricing/"
_FARGATE = "https://aws.amazon.com/fargate/pricing/"
_VPC = "https://aws.amazon.com/vpc/pricing/"
_ELB = "https://aws.amazon.com/elasticloadbalancing/pricing/"
_WAF = "https://aws.amazon.com/waf/pricing/"
_AURORA = "https://aws.amazon.com/rds/aurora/pricing/"
_REDIS = "https://aws.amazon.com/elasticache/pricing/"
_REDSHIFT = "https://aws.amazon.com/redshift/pricing/"
_KMS = "https://aws.amazon.com/kms/pricing/"
_SECRETS = "https://aws.amazon.com/secrets-manager/pricing/"
_CLOUDWATCH = "https://aws.amazon.com/cloudwatch/pricing/"

METERS = {
    "eks-standard": Meter("cluster", True, _EKS),
    "eks-extended": Meter("cluster", True, _EKS),
    "eks-unknown": Meter("cluster", True, _EKS),
    "fargate-vcpu": Meter("vCPU", True, _FARGATE),
    "fargate-gb": Meter("GB", True, _FARGATE),
    "fargate-storage": Meter("GB", True, _FARGATE),
    "nat-gateway": Meter("gateway", True, _VPC),
    "interface-endpoint": Meter("endpoint and zone", True, _VPC),
    "public-ipv4": Meter("address", True, _VPC),
    "load-balancer": Meter("load balancer", True, _ELB),
    "load-balancer-lcu": Meter("LCU", True, _ELB),
    "web-acl": Meter("web ACL", False, _WAF),
    "web-acl-rule": Meter("rule", False, _WAF),
    "web-acl-requests": Meter("million requests", False, _WAF),
    "aurora-acu": Meter("ACU", True, _AURORA),
    "redis": Meter("node", True, _REDIS),
    "redshift-rpu": Meter("RPU", True, _REDSHIFT),
    "kms-key": Meter("key version", False, _KMS),
    "secret": Meter("secret", False, _SECRETS),
    "alarm-metric": Meter("metric of an alarm", False, _CLOUDWATCH),
    "custom-metric": Meter("metric", False, _CLOUDWATCH),
    "dashboard": Meter("dashboard", False, _CLOUDWATCH),
    "log-gb": Meter("GB", False, _CLOUDWATCH),
}


def _list(service: str, region: str, version: str = "current") -> str:
    """A file of AWS's price list."""
    return f"https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/{service}/{version}/{region}/index.json"


_IRELAND, _FRANKFURT, _VIRGINIA = "eu-west-1", "eu-central-1", "us-east-1"
_ECS_LIST = _list("AmazonECS", _IRELAND, "20260911124425")
_CLOUDWATCH_LIST = _list("AmazonCloudWatch", _IRELAND, "20260922021715")
_ELB_LIST = _list("AWSELB", _VIRGINIA, "20260911124544")
_REDIS_LIST = _list("AmazonElastiCache", _VIRGINIA, "20260914063714")

# Meter, what narrows it (a node type), region, US dollars, source, day it was read. Of WAF, AWS says that the price is
# the same in all regions (https://aws.amazon.com/blogs/networking-and-content-delivery/cost-effective-ways-for-securing-your-web-applications-using-aws-waf/);
# the price list has dashboards for the location "Any"; the pages of EKS and KMS name one price for all regions.
_ROWS: tuple[tuple[str, str, str, float, str, str], ...] = (
    ("eks-standard", "", EVERYWHERE, eks.STANDARD_PRICE, _EKS, "2026-11-22"),
    ("eks-extended", "", EVERYWHERE, eks.EXTENDED_PRICE, _EKS, "2026-11-22"),
    ("web-acl", "", EVERYWHERE, 5, _WAF, "2026-03-23"),
    ("web-acl-rule", "", EVERYWHERE, 1, _WAF, "2026-03-23"),
    ("web-acl-requests", "", EVERYWHERE, 0.60, _WAF, "2026-11-26"),
    ("kms-key", "", EVERYWHERE, 1, _KMS, "2026-03-14"),
    ("dashboard", "", EVERYWHERE, 3, _CLOUDWATCH, "2026-06-13"),
    ("fargate-vcpu", "", _IRELAND, 0.04048, _ECS_LIST, "2026-10-04"),
    ("fargate-gb", "", _IRELAND, 0.004445, _ECS_LIST, "2026-10-04"),
    ("nat-gateway", "", _IRELAND, 0.048, _list("AmazonEC2", _IRELAND, "20260925174521"), "2026-10-02"),
    ("interface-endpoint", "", _IRELAND, 0.011, _list("AmazonVPC", _IRELAND), "2026-09-14"),
    ("public-ipv4", "", _IRELAND, 0.005, _list("AmazonVPC", _IRELAND, "20260917190528"), "2026-10-04"),
    ("load-balancer", "", _IRELAND, 0.0252, _list("AWSELB", _IRELAND), "2026-09-14"),
    ("load-balancer-lcu", "", _IRELAND, 0.008, _list("AWSELB", _IRELAND), "2026-09-14"),
    ("aurora-acu", "", _IRELAND, 0.14, _list("AmazonRDS", _IRELAND), "2026-09-19"),
    ("redis", "cache.t4g.small", _IRELAND, 0.034, _list("AmazonElastiCache", _IRELAND), "2026-10-04"),
    ("secret", "", _IRELAND, 0.40, _list("AWSSecretsManager", _IRELAND, "20260911124610"), "2026-10-04"),
    ("alarm-metric", "", _IRELAND, 0.10, _CLOUDWATCH_LIST, "2026-10-04"),
    ("custom-metric", "", _IRELAND, 0.30, _CLOUDWATCH_LIST, "2026-10-04"),
    ("log-gb", "", _IRELAND, 0.57, _CLOUDWATCH_LIST, "2026-10-04"),
    ("fargate-vcpu", "", _FRANKFURT, 0.04656, _list("AmazonECS", _FRANKFURT), "2026-09-24"),
    ("fargate-gb", "", _FRANKFURT, 0.00511, _list("AmazonECS", _FRANKFURT), "2026-09-24"),
    ("nat-gateway", "", _FRANKFURT, 0.052, _list("AmazonEC2", _FRANKFURT), "2026-09-16"),
    ("interface-endpoint", "", _FRANKFURT, 0.012, _list("AmazonVPC", _FRANKFURT), "2026-09-16"),
    ("public-ipv4", "", _FRANKFURT, 0.005, _list("AmazonVPC", _FRANKFURT), "2026-09-24"),
    ("load-balancer", "", _FRANKFURT, 0.027, _list("AWSELB", _FRANKFURT), "2026-09-24"),
    ("load-balancer-lcu", "", _FRANKFURT, 0.008, _list("AWSELB", _FRANKFURT), "2026-09-24"),
    ("aurora-acu", "", _FRANKFURT, 0.14, _list("AmazonRDS", _FRANKFURT), "2026-09-30"),
    ("secret", "", _FRANKFURT, 0.40, _list("AWSSecretsManager", _FRANKFURT), "2026-09-30"),
    ("alarm-metric", "", _FRANKFURT, 0.10, _list("AmazonCloudWatch", _FRANKFURT), "2026-09-11"),
    ("log-gb", "", _FRANKFURT, 0.63, _list("AmazonCloudWatch", _FRANKFURT), "2026-09-11"),
    ("fargate-vcpu", "", _VIRGINIA, 0.04048, _FARGATE, "2026-04-01"),
    ("fargate-gb", "", _VIRGINIA, 0.004445, _FARGATE, "2026-04-01"),
    ("nat-gateway", "", _VIRGINIA, 0.045, _VPC, "2026-06-01"),
    ("interface-endpoint", "", _VIRGINIA, 0.01, _VPC, "2026-06-01"),
    ("public-ipv4", "", _VIRGINIA, 0.005, _VPC, "2025-10-28"),
    ("load-balancer", "", _VIRGINIA, 0.0225, _ELB_LIST, "2026-09-11"),
    ("load-balancer-lcu", "", _VIRGINIA, 0.008, _ELB_LIST, "2026-09-11"),
    ("aurora-acu", "", _VIRGINIA, 0.12, _list("AmazonRDS", _VIRGINIA), "2026-03-28"),
    ("redis", "cache.t4g.micro", _VIRGINIA, 0.016, _REDIS_LIST, "2026-09-14"),
    ("redis", "cache.t4g.small", _VIRGINIA, 0.032, _REDIS_LIST, "2026-09-14"),
    ("redis", "cache.t4g.medium", _VIRGINIA, 0.065, _REDIS_LIST, "2026-09-14"),
    ("redis", "cache.m6g.large", _VIRGINIA, 0.149, _REDIS_LIST, "2026-09-14"),
    ("redis", "cache.r6g.large", _VIRGINIA, 0.206, _REDIS_LIST, "2026-09-14"),
    ("redis", "cache.r6g.xlarge", _VIRGINIA, 0.411, _REDIS_LIST, "2026-09-14"),
    ("redis", "cache.r6g.2xlarge", _VIRGINIA, 0.821, _REDIS_LIST, "2026-09-14"),
    ("redis", "cache.r6g.4xlarge", _VIRGINIA, 1.642, _REDIS_LIST, "2026-09-14"),
    ("redis", "cache.m7g.large", _VIRGINIA, 0.158, _list("AmazonElastiCache", _VIRGINIA), "2026-09-09"),
    ("redis", "cache.r7g.large", _VIRGINIA, 0.219, _list("AmazonElastiCache", _VIRGINIA), "2026-09-09"),
    ("redis", "cache.r7g.xlarge", _VIRGINIA, 0.437, _list("AmazonElastiCache", _VIRGINIA), "2026-09-09"),
    ("redshift-rpu", "", _VIRGINIA, 0.375, _REDSHIFT, "2026-05-01"),
    ("secret", "", _VIRGINIA, 0.40, _list("AWSSecretsManager", _VIRGINIA, "20260911124610"), "2026-09-11"),
    ("alarm-metric", "", _VIRGINIA, 0.10, _CLOUDWATCH, "2026-02-28"),
    ("custom-metric", "", _VIRGINIA, 0.30, _CLOUDWATCH, "2026-11-26"),
    ("log-gb", "", _VIRGINIA, 0.50, _CLOUDWATCH, "2026-02-28"),
)
_PRICES = {
    (meter, kind, region): Price(usd, source, date.fromisoformat(read))
    for meter, kind, region, usd, source, read in _ROWS
}
# That have prices of their own here.
REGIONS = tuple(dict.fromkeys(region for _, _, region in _PRICES if region != EVERYWHERE))


def price(meter: str, kind: str, region: str) -> Price | None:
    """The price of a meter in a region; None where no source was found."""
    everywhere = _PRICES.get((meter, kind, EVERYWHERE)) if regions.partition(region) == "aws" else None
    return _PRICES.get((meter, kind, region), everywhere)
