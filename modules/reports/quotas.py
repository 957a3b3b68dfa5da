"""What a system needs of AWS's quotas, against what a new account has; `make doctor` asks what the account has."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from modules.design import fargate_vcpu, scaling
from modules.facts import eks, fargate, iam, load_balancer, redshift, vpc
from modules.spec.model import Spec

Resources = Mapping[str, Sequence[Mapping[str, Any]]]
"""Type -> the arguments of all resources of it."""


class Quota(NamedTuple):
    """What the system needs; `new_account` is AWS's default, `code` that of Service Quotas, if it has one."""

    title: str
    needed: float
    new_account: float
    code: str

    @property
    def is_exceeded(self) -> bool:
        """Whether a new account would have to ask for more."""
        return self.needed > self.new_account


def quotas(spec: Spec, resources: Resources) -> Iterator[Quota]:
    """Those that `make doctor` asks the account for, and those that a system of many services reaches first."""
    vcpu = fargate_vcpu.needed(spec)
    for when, needed in zip(_WHEN, (vcpu.at_rest, vcpu.rolling, vcpu.most), strict=True):
        yield Quota(f"Fargate vCPU {when}", needed, fargate.VCPU_DEFAULT, fargate.VCPU_QUOTA)
    targets = max(scaling.load_balancer_targets(spec).values(), default=0)
    title = "Targets of the load balancer with the most pods"
    yield Quota(title, targets, load_balancer.TARGETS, load_balancer.TARGETS_QUOTA)
    for title, count, new_account, code in _COUNTED:
        yield Quota(title, count(resources), new_account, code)


_WHEN = ("at rest", "while a rollout replaces all pods", "likewise with the most pods")


def _of(*kinds: str) -> Callable[[Resources], int]:
    return lambda resources: sum(len(resources.get(kind, ())) for kind in kinds)


def _rules_of_one_group(resources: Resources) -> int:
    """The most rules of one direction."""
    counted = Counter(
        (kind, rule["security_group_id"])
        for kind in ("aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule")
        for rule in resources.get(kind, ())
    )
    return max(counted.values(), default=0)


def _rules_of_one_listener(resources: Resources) -> int:
    counted = Counter(rule["listener_arn"] for rule in resources.get("aws_lb_listener_rule", ()))
    return max(counted.values(), default=0)


def _groups_of_one_listener(resources: Resources) -> int:
    ends = {(rule["listener_arn"], str(rule["action"])) for rule in resources.get("aws_lb_listener_rule", ())}
    return max(Counter(listener for listener, _ in ends).values(), default=0)


_COUNTED: tuple[tuple[str, Callable[[Resources], int], int, str], ...] = (
    ("Elastic IP addresses", _of("aws_eip"), vpc.ELASTIC_IPS, vpc.ELASTIC_IPS_QUOTA),
    ("VPCs", _of("aws_vpc"), vpc.VPCS, vpc.VPCS_QUOTA),
    (
        "Address ranges of the VPC",
        _of("aws_vpc", "aws_vpc_ipv4_cidr_block_association"),
        vpc.CIDRS_PER_VPC,
        vpc.CIDRS_QUOTA,
    ),
    (
        "Fargate profiles of the cluster",
        _of("aws_eks_fargate_profile"),
        eks.PROFILES_PER_CLUSTER,
        eks.PROFILES_QUOTA,
    ),
    ("IAM roles", _of("aws_iam_role"), iam.ROLES, iam.ROLES_QUOTA),
    ("Redshift Serverless workgroups", _of("aws_redshiftserverless_workgroup"), redshift.WORKGROUPS, ""),
    ("Listener rules of one load balancer", _rules_of_one_listener, load_balancer.RULES, load_balancer.RULES_QUOTA),
    (
        "Target groups of one load balancer",
        _groups_of_one_listener,
        load_balancer.TARGET_GROUPS,
        load_balancer.TARGET_GROUPS_QUOTA,
    ),
    ("Rules of one security group, one direction", _rules_of_one_group, vpc.RULES_PER_GROUP, vpc.RULES_QUOTA),
)
