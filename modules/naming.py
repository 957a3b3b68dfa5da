"""Every Terraform address and AWS name comes from here; they are a contract with running systems.

An address is keyed by a zone's letter or by a name, never by an index. An AWS name starts with the project (and the
environment), and is shortened by one rule where AWS sets a limit.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

# Each limit is the AWS API's own: CreateLoadBalancer, CreateTargetGroup, CreateRole, CreateReplicationGroup, CreateUser
# (ElastiCache), CreateBucket, CreateNamespace (Redshift Serverless), CreateWorkGroup (Athena), CreateRepository (ECR),
# CreateSecurityGroup, CreateDBCluster, CreateQueue, CreateConfigurationSet (SES), PutRule; PostgreSQL's is
# NAMEDATALEN - 1.
LIMITS = {
    "load_balancer": 32,
    "target_group": 32,
    "role": 64,
    "replication_group": 40,
    "redis_user": 40,
    # Seven fewer, for the roles beside the user: <user>__owner, __read, __write, __maker.
    "postgresql": 56,
    "bucket": 63,
    "redshift": 64,
    "athena": 128,
    "security_group": 255,
    "aurora": 63,
    "queue": 80,
    "configuration_set": 64,
    "event_rule": 64,
    # Kubernetes adds eleven characters for the Job of a run:
    # https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#writing-a-cronjob-spec.
    "cron_job": 52,
}
_HASH_LENGTH = 6

# The environment of a file that names none; no environment can have this name.
BASE_ENVIRONMENT = "base"
DATA = "data"
# The roles that plan and apply all other stacks: an administrator applies it.
DEPLOYER = "deployer"
# What the address and the names of a load balancer's parts begin with.
LOAD_BALANCER = "load-balancer"
# What the address of a service's resource in stacks of the platform may have after its name.
SHARED_PARTS = ("logins", "password")
# First words of what the address of a store, or of what belongs to one, may have after the name of its service.
STORE_PARTS = (*SHARED_PARTS, "dead", "queue", "results", "stores", "warehouse")
PLATFORM_STACKS = (DEPLOYER, "network", "cluster", DATA, "edge", "platform")

# What the names of the roles have after the project that are no service's; no service can have these names.
PLATFORM_ROLES = (
    "aurora-monitoring",
    "cluster",
    "database-users",
    "deployer-apply",
    "deployer-plan",
    "flow-logs",
    "job-watcher",
    "keda",
    "load-balancer-controller",
    "pod-execution",
)


def address(*parts: str) -> str:
    """Address of a resource within its type: `order-service`, `queue` -> `order_service_queue`."""
    joined = "_".join(re.sub(r"[^a-z0-9]+", "_", part.lower()) for part in parts)
    return f"_{joined}" if joined[0].isdigit() else joined


def renamed(
    text: str, old: str, new: str, *, only: bool = False, but: Collection[str] = (), mixed: bool = False
) -> str:
    """An address with its type of a service `old`, or a text with such, once the service is called `new`.

    `only`: addresses in stacks of the platform, where what begins with the name may be another service's. Types in
    `but` stay. `mixed`: some addresses may have the new name already, which may begin with the old one.
    """
    start, end = address(old), rf"(?=(_({'|'.join(SHARED_PARTS)}))?\b)" if only else r"(?=_|\b)"
    if mixed and address(new).startswith(f"{start}_"):
        end = rf"(?!{address(new)[len(start) :]}(?:_|\b)){end}"

    def new_one(found: re.Match[str]) -> str:
        return found[0] if found[1] in but else f"{found[1]}.{address(new)}"

    return re.sub(rf"\b([a-z0-9]+(?:_[a-z0-9]+)+)\.{start}{end}", new_one, text)


def load_balancer(name: str | None) -> tuple[str, ...]:
    """Parts with which addresses and names of what a load balancer has begin; the first has no name of its own."""
    return (LOAD_BALANCER,) if name is None else (LOAD_BALANCER, name)


def balancer_address(balancer: str | None) -> tuple[str, ...]:
    """Address of a load balancer, and of what it has one of."""
    return ("main",) if balancer is None else load_balancer(balancer)


def admin(arn: str) -> str:
    """Address of the access entry of an IAM principal; with the account, since two can have roles of one name."""
    _, _, _, _, account, name = arn.split(":", 5)
    return address("admin", account, name)


def team(name: str) -> str:
    """Kubernetes group of a team, which its access entry gives; as an address it is that of the entry."""
    return f"team-{name}"


def shorten(name: str, limit: int) -> str:
    """`name`, or its head and a stable hash of the whole where it is longer than `limit` characters."""
    if len(name) <= limit:
        return name
    head = name[: limit - _HASH_LENGTH - 1].rstrip("-_")
    return f"{head}-{sha256(name.encode()).hexdigest()[:_HASH_LENGTH]}"


def by_zone(zones: Sequence[str], count: int) -> dict[str, str]:
    """Key -> zone for `count` things spread over `zones`: a, b, c, then a-2, b-2 and so on."""
    keys = {}
    for number in range(count):
        turn, position = divmod(number, len(zones))
        zone = zones[position]
        keys[zone if turn == 0 else f"{zone}-{turn + 1}"] = zone
    return keys


@dataclass(frozen=True)
class Names:
    """AWS names of one environment of one project."""

    project: str
    environment: str | None = None
    renamed: Mapping[str, str] = field(default_factory=dict)
    """The first name of each service that has another one now. What AWS can't rename keeps it."""
    others: Collection[str] = ()
    """Of the base environment: those that the file has besides it."""

    @property
    def environment_tag(self) -> str:
        """Value of the tag Environment, which tells the resources of one environment from those of another."""
        return self.environment or BASE_ENVIRONMENT

    @property
    def prefix(self) -> str:
        """What every AWS name starts with."""
        return self.project if self.environment is None else f"{self.project}-{self.environment}"

    def stack(self, stack: str) -> str:
        """Name of a stack's folder, state and outputs; the base environment's are plain."""
        return stack if self.environment is None else f"{self.environment}-{stack}"

    def part(self, stack: str) -> str | None:
        """What is called `stack(part)`; None where the stack of this name is another environment's."""
        if self.environment is None:
            return None if stack.startswith(tuple(f"{one}-" for one in self.others)) else stack
        start = f"{self.environment}-"
        return stack.removeprefix(start) if stack.startswith(start) else None

    def first(self, service: str) -> str:
        """The name that a service had at first, which AWS names and its state keep."""
        return self.renamed.get(service, service)

    def state(self, stack: str) -> str:
        """Name of a stack's state: that of the stack, whatever its service is called later."""
        return self.stack(self.first(stack))

    def of(self, part: str = "", *parts: str, kind: str | None = None) -> str:
        """`<prefix>-<parts>`, shortened to the limit of `kind` (a key of LIMITS); the first may be a service."""
        name = "-".join(word for word in (self.prefix, self.first(part), *parts) if word)
        return name if kind is None else shorten(name, LIMITS[kind])

    @staticmethod
    def cron_job(service: str, job: str) -> str:
        """Name in Kubernetes of a service's job, in the service's namespace."""
        return shorten(f"{service}-{job}", LIMITS["cron_job"])

    @property
    def cluster(self) -> str:
        """Name of the EKS cluster."""
        return self.prefix

    def load_balancer(self, balancer: str | None) -> str:
        """A load balancer; the first has the name of the system."""
        return self.of(*(() if balancer is None else load_balancer(balancer)), kind="load_balancer")

    def web_acl(self, balancer: str | None) -> str:
        """The firewall before a load balancer, and its name among CloudWatch's dimensions."""
        return self.of(*(() if balancer is None else load_balancer(balancer)))

    def target_group(self, service: str, protocol: str) -> str:
        """Target group of a service. Another protocol is another group, made before the old one goes, so it has another
        name; in capitals, which no service's name has. So is the group of a service with another name."""
        parts = (self.prefix, service, *([] if protocol == "http" else [protocol.upper()]))
        return shorten("-".join(parts), LIMITS["target_group"])

    def role(self, *parts: str) -> str:
        """Name of an IAM role."""
        return self.of(*parts, kind="role")

    def alias(self, *parts: str) -> str:
        """Alias of a KMS key."""
        return f"alias/{self.of(*parts)}"

    def profile(self, service: str) -> str:
        """Fargate profile of a service, as the architecture names it; a cluster has its own, so no prefix."""
        return f"{service}-fp"

    @property
    def aurora(self) -> str:
        """Identifier of the Aurora cluster."""
        return self.of("aurora", kind="aurora")

    @property
    def database(self) -> str:
        """PostgreSQL database of the services; its name has no hyphens."""
        return self.project.replace("-", "_")

    @property
    def redis(self) -> str:
        """Identifier of the Redis replication group."""
        return self.of("redis", kind="replication_group")

    def redis_nodes(self, count: int) -> list[str]:
        """Nodes of the replication group, as ElastiCache names them."""
        return [f"{self.redis}-{number:03}" for number in range(1, count + 1)]

    def repository(self, service: str) -> str:
        """ECR repository of a service."""
        return f"{self.prefix}/{self.first(service)}"

    def secret(self, service: str) -> str:
        """Secret of a service in Secrets Manager."""
        return f"{self.prefix}/{self.first(service)}/secrets"

    def login_secret(self, service: str) -> str:
        """Secret with what a service logs in to Aurora and Redis with."""
        return f"{self.prefix}/{self.first(service)}/logins"

    def queue(self, service: str, ending: str = "") -> str:
        """SQS queue of a service; the name of a FIFO queue has an ending."""
        return shorten(self.of(service), LIMITS["queue"] - len(ending)) + ending

    def dead_letters(self, service: str, ending: str = "") -> str:
        """SQS queue for what a service could not process."""
        return shorten(self.of(service, "dead-letters"), LIMITS["queue"] - len(ending)) + ending

    def topic(self, service: str, ending: str = "") -> str:
        """SNS topic of a service; SNS takes 256 characters, which no service's name comes near."""
        return self.of(service) + ending

    def aurora_log_group(self) -> str:
        """Log group of PostgreSQL; RDS fixes the name."""
        return f"/aws/rds/cluster/{self.aurora}/postgresql"

    def eks_log_group(self) -> str:
        """Log group of the control plane; EKS fixes the name."""
        return f"/aws/eks/{self.cluster}/cluster"

    def bucket(self, *parts: str, account_id: str, region: str) -> str:
        """Name of a bucket; they are global, so it ends in account id (which Terraform fills in) and region."""
        room = LIMITS["bucket"] - len(f"-111122223333-{region}")
        return f"{shorten(self.of(*parts), room)}-{account_id}-{region}"

    def waf_log_group(self, balancer: str | None = None) -> str:
        """Log group of a load balancer's firewall; WAF fixes the first words."""
        return "/".join((f"aws-waf-logs-{self.prefix}", *([] if balancer is None else [balancer])))

    def log_group(self, part: str, *parts: str) -> str:
        """A log group that the generator names: a service's, kube-system's, the flow logs'."""
        return "/".join(("", self.prefix, self.first(part), *parts))

    @property
    def log_group_patterns(self) -> tuple[str, ...]:
        """Patterns of all log groups of this environment, for the key policy of the `logs` key."""
        return (
            f"/{self.prefix}/*",
            f"/aws/eks/{self.cluster}/*",
            self.aurora_log_group(),
            f"/aws/redshift/{self.prefix}-*",
            self.waf_log_group(),
        )


# Of a file without further environments: a stack's name is its part.
PLAIN = Names("")
