"""VPC: sizes of networks, and the names of the private endpoints of the AWS services that services.yaml can name."""

from ipaddress import IPv4Network

# RFC 1918 and RFC 6598: no address of these is on the internet.
PRIVATE_RANGES = tuple(IPv4Network(cidr) for cidr in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"))

# https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html: a VPC has a prefix from /16 to /28. Ours ends
# at /21, because a load balancer asks for public subnets of at least /27 with 8 free addresses:
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html.
VPC_PREFIXES = range(16, 22)

# To a VPC, AWS adds ranges of the block of RFC 1918 in which its first one is, and of RFC 6598; none of these, and the
# second only where no other range of the VPC is in the third:
# https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html#add-cidr-block-restrictions, read 2026-11-27 in
# https://github.com/awsdocs/amazon-vpc-user-guide.
SHARED_RANGE = PRIVATE_RANGES[3]
NEVER_ADDED = IPv4Network("172.31.0.0/16")
NOT_ADDED, BESIDE = IPv4Network("10.0.0.0/16"), IPv4Network("10.0.0.0/15")

# What a load balancer asks of a subnet (same page), and EKS of each of a cluster's:
# https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html, read 2026-11-26.
LOAD_BALANCER_PREFIX = 27
LOAD_BALANCER_ADDRESSES = 8
EKS_ADDRESSES = 6

# AWS keeps five addresses of each subnet: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html.
RESERVED_ADDRESSES = 5

# Zones end in one letter, and no region has had more than six (us-east-1).
ZONE_LETTERS = "abcdef"

# Elastic IP addresses a region, one a NAT gateway (L-0263D0A3, adjustable):
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/elastic-ip-addresses-eip.html.
ELASTIC_IPS = 5
ELASTIC_IPS_QUOTA = "L-0263D0A3"

# VPCs of a region in a new account (adjustable), read 2026-11-26 in a stored copy of
# https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html, and the code in quota checks of public
# repositories.
VPCS = 5
VPCS_QUOTA = "L-F678F1CE"

# IPv4 ranges of a VPC, the first among them (adjustable, up to 50): the same page, read 2026-11-27.
CIDRS_PER_VPC = 5
CIDRS_QUOTA = "L-83CA0A9D"

# Rules per direction of a security group (L-0EA8095F, adjustable):
# https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html.
RULES_PER_GROUP = 60
RULES_NOTICE = 50
RULES_QUOTA = "L-0EA8095F"

GATEWAY_ENDPOINTS = ("s3", "dynamodb")

# Word in services.yaml -> last part of the endpoint's service name com.amazonaws.<region>.<name>. These and those in
# China were read from the constants of aws-cdk-lib 2.276.0 and https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
# on 2026-11-22.
ENDPOINTS = {
    "s3": "s3",
    "dynamodb": "dynamodb",
    "ecr-api": "ecr.api",
    "ecr-dkr": "ecr.dkr",
    "secretsmanager": "secretsmanager",
    "logs": "logs",
    "sts": "sts",
    "kms": "kms",
    "sqs": "sqs",
    "sns": "sns",
    "ses": "email",
    "monitoring": "monitoring",
    "athena": "athena",
    "glue": "glue",
    "redshift-data": "redshift-data",
    "redshift-serverless": "redshift-serverless",
    "elasticloadbalancing": "elasticloadbalancing",
    "ec2": "ec2",
    "rds-data": "rds-data",
}
_OTHERWISE_IN_CHINA = ("athena", "ec2", "ecr.api", "ecr.dkr", "monitoring", "redshift-data", "sqs", "sts")

# Prefix of IAM actions -> words of the endpoints that the calls take, where the two differ:
# https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html.
_OF_PREFIX = {
    "ecr": ("ecr-api", "ecr-dkr"),
    "cloudwatch": ("monitoring",),
    # Logins to Aurora and Redis go to the stores themselves, which are in the VPC.
    "rds-db": (),
    "elasticache": (),
}

# Endpoints for which no page was found that says that they can have a policy, and AWS refuses one where they can't: a
# plan asks AWS, by VpcEndpointPolicySupported of DescribeVpcEndpointServices. Pages were read for ECR, S3, EC2, SES,
# STS and logs on 2026-11-26; how: https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html. moto
# 5.2.5 has a list of AWS's answers, by which redshift-data takes none.
ENDPOINT_POLICY_UNKNOWN = ("redshift-data", "redshift-serverless")

# The architecture's seven: one gateway and six interfaces.
SEED_ENDPOINTS = ("s3", "ecr-api", "ecr-dkr", "secretsmanager", "logs", "sts", "kms")


def endpoint_service(word: str, region: str) -> str:
    """Name of the service behind a private endpoint."""
    name = ENDPOINTS[word]
    prefix = "cn." if region.startswith("cn-") and name in _OTHERWISE_IN_CHINA else ""
    return f"{prefix}com.amazonaws.{region}.{name}"


def is_private(network: IPv4Network) -> bool:
    """Whether no address of it is on the internet."""
    return any(network.subnet_of(private) for private in PRIVATE_RANGES)


def endpoints_of(prefix: str) -> tuple[str, ...]:
    """Words of the endpoints that calls of IAM actions with this prefix take; the prefix itself where none is known."""
    return _OF_PREFIX.get(prefix, (prefix,))


def prefix_of(word: str) -> str:
    """Prefix of the IAM actions whose calls take an endpoint."""
    return next((prefix for prefix, words in _OF_PREFIX.items() if word in words), word)
