"""Every Terraform address and AWS name comes from here; they are a contract with running systems, so a change here is a decision.

An address is keyed by a zone's letter or by a name, never by an index. An AWS name starts with the project (and the
environment), and is shortened by one rule where AWS sets a limit.
"""

import re
from dataclasses import dataclass
from hashlib import sha256

# Each limit is the AWS API's own: CreateLoadBalancer, CreateTargetGroup, CreateRole, CreateReplicationGroup, CreateUser
# (ElastiCache), CreateBucket, CreateNamespace (Redshift Serverless), CreateWorkGroup (Athena), CreateRepository (ECR),
# CreateSecurityGroup; PostgreSQL's is NAMEDATALEN - 1.
LIMITS = {
    "load_balancer": 32,
    "target_group": 32,
    "role": 64,
    "replication_group": 40,
    "redis_user": 40,
    "postgresql": 63,
    "bucket": 63,
    "redshift": 64,
    "athena": 128,
    "security_group": 255,
}
_HASH_LENGTH = 6

PLATFORM_STACKS = ("network", "cluster", "data", "edge", "platform")


def address(*parts: str) -> str:
    """Terraform address of a resource within its type, from names in kebab case: `order-service`, `queue` -> `order_service_queue`."""
    joined = "_".join(re.sub(r"[^a-z0-9]+", "_", part.lower()) for part in parts)
    return f"_{joined}" if joined[0].isdigit() else joined


def shorten(name: str, limit: int) -> str:
    """`name`, or its head and a stable hash of the whole where it is longer than `limit` characters."""
    if len(name) <= limit:
        return name
    head = name[: limit - _HASH_LENGTH - 1].rstrip("-_")
    return f"{head}-{sha256(name.encode()).hexdigest()[:_HASH_LENGTH]}"


@dataclass(frozen=True)
class Names:
    """AWS names of one environment of one project."""

    project: str
    environment: str | None = None

    @property
    def prefix(self) -> str:
        """What every AWS name starts with."""
        return self.project if self.environment is None else f"{self.project}-{self.environment}"

    def stack(self, stack: str) -> str:
        """Name of a stack's folder, state and outputs; the base environment's are plain."""
        return stack if self.environment is None else f"{self.environment}-{stack}"

    def of(self, *parts: str, kind: str | None = None) -> str:
        """`<prefix>-<parts>`, shortened to the limit of `kind` (a key of LIMITS)."""
        name = "-".join((self.prefix, *parts))
        return name if kind is None else shorten(name, LIMITS[kind])

    @property
    def cluster(self) -> str:
        """Name of the EKS cluster."""
        return self.prefix

    def role(self, *parts: str) -> str:
        """Name of an IAM role."""
        return self.of(*parts, kind="role")

    def alias(self, *parts: str) -> str:
        """Alias of a KMS key."""
        return f"alias/{self.of(*parts)}"

    def profile(self, service: str) -> str:
        """Fargate profile of a service, as the architecture names it; a cluster has its own, so no prefix."""
        return f"{service}-fp"

    def eks_log_group(self) -> str:
        """Log group of the control plane; EKS fixes the name."""
        return f"/aws/eks/{self.cluster}/cluster"

    def log_group(self, *parts: str) -> str:
        """Log group of ours: a service's, kube-system's, the flow logs'."""
        return "/".join(("", self.prefix, *parts))

    @property
    def log_group_patterns(self) -> tuple[str, ...]:
        """Patterns of all log groups of this environment, for the key policy of the `logs` key."""
        return (
            f"/{self.prefix}/*",
            f"/aws/eks/{self.cluster}/*",
            f"/aws/rds/cluster/{self.prefix}/*",
            f"/aws/rds/cluster/{self.prefix}-*",
            f"aws-waf-logs-{self.prefix}",
            f"aws-waf-logs-{self.prefix}-*",
        )
