"""The values of services.yaml, typed and frozen; the docstrings are what editors show on hover."""

from functools import cached_property
from graphlib import TopologicalSorter
from ipaddress import IPv4Network
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PrivateAttr, create_model

from modules.facts import aurora, eks, fargate, vpc, waf
from modules.facts import load_balancer as load_balancer_facts
from modules.facts import zones as zone_facts
from modules.naming import BASE_ENVIRONMENT, DATA, DEPLOYER, PLATFORM_STACKS, Names
from modules.permissions import KINDS
from modules.permissions.adopt import AdoptRepository
from modules.permissions.kind import Options
from modules.permissions.raw import Action, RawStatement, Resource
from modules.schema import patterns
from modules.schema.base import EarlierName, Model, OneOrMany, OrNone, Seconds, ServiceName, Summary, Unit
from modules.spec.container import Container, Sidecar
from modules.spec.egress import Egress
from modules.spec.health import Health
from modules.spec.job import BeforeDeploy, Job
from modules.spec.pod_size import memory_mib
from modules.spec.retired import SHARED, Retired
from modules.spec.scale import Scale
from modules.spec.secret import Secret
from modules.spec.team import Team
from modules.spec.text_file import InRepository, TextFile
from modules.spec.warning_codes import WARNING_CODES

Cidr = Annotated[str, Field(pattern=patterns.CIDR)]
Arn = Annotated[str, Field(pattern=patterns.PRINCIPAL)]
SubnetId = Annotated[str, Field(pattern=patterns.SUBNET)]
Endpoint = Literal[("auto", *vpc.ENDPOINTS)]  # type: ignore[valid-type]
WarningCode = Literal[(*WARNING_CODES,)]  # type: ignore[valid-type]
HostedZone = Annotated[str, Field(pattern=patterns.HOSTED_ZONE)]
RoutePath = Annotated[str, Field(pattern=patterns.ROUTE, max_length=load_balancer_facts.PATH_LENGTH - len("/*"))]


class Network(Model):
    """The VPC."""

    cidr: Cidr = "10.0.0.0/16"
    """Private address range of the VPC, from /16 to /21. It can't be changed later. An existing VPC has its own."""

    nat_gateways: Literal["per-zone", "single"] = "per-zone"
    """`per-zone`: one NAT gateway in each zone. `single`: one for all zones, which is cheaper, but all zones lose
    internet access when its zone fails."""

    endpoints: Annotated[tuple[Endpoint, ...], OneOrMany()] = vpc.SEED_ENDPOINTS
    """AWS services with a private endpoint in the VPC; traffic to others leaves through NAT. `auto`: the default ones
    and those that the services' permissions need. With `vpc_id`: those that the existing VPC has."""

    vpc_id: str | None = Field(None, pattern=patterns.VPC)
    """Id of an existing VPC, which is used as it is: nothing in it is changed but what the system adds. Without it, the
    system has a VPC of its own. It can't be changed later."""

    public_subnet_ids: Annotated[tuple[SubnetId, ...], OneOrMany()] = ()
    """Subnets of the existing VPC for a load balancer on the internet, one in each of `zones`."""

    private_subnet_ids: Annotated[tuple[SubnetId, ...], OneOrMany()] = ()
    """Subnets of the existing VPC for the pods, the databases and a private load balancer, at least one in each of
    `zones`. They can't be changed later."""

    secondary_cidrs: dict[Cidr, Annotated[tuple[ServiceName, ...], OneOrMany()]] = Field({})
    """Further private ranges of the VPC, where its own has no room, each with the services whose pods are in it. A
    deployed service stays where it is."""

    flow_logs: bool = True
    """Whether every connection that is accepted or refused in the VPC is recorded in CloudWatch Logs, which is billed
    by the GB."""

    @property
    def own_cidr(self) -> str | None:
        """First address range of the system's own VPC; None where an existing one is used, whose ranges AWS knows."""
        return self.cidr if self.vpc_id is None else None

    @property
    def own_cidrs(self) -> tuple[str, ...]:
        """All address ranges of the system's own VPC; none where an existing one is used."""
        return () if self.vpc_id is not None else (self.cidr, *self.secondary_cidrs)

    def secondary_cidr(self, service: str) -> str | None:
        """The further range in which the pods of a service are; None where they are in the first."""
        return next((cidr for cidr, services in self.secondary_cidrs.items() if service in services), None)


class Addons(Model):
    """Versions of the EKS add-ons. Without one, a version that fits Kubernetes 1.35 or 1.36; for another, EKS's default
    at the first apply, which is kept."""

    coredns: str | None = Field(None, pattern=patterns.ADDON_VERSION)
    """Version of CoreDNS, such as v1.11.4-eksbuild.2."""

    metrics_server: str | None = Field(None, pattern=patterns.ADDON_VERSION)
    """Version of metrics-server, such as v0.8.0-eksbuild.2."""

    kube_proxy: str | None = Field(None, pattern=patterns.ADDON_VERSION)
    """Version of kube-proxy, such as v1.36.0-eksbuild.2; no pod of it runs on Fargate."""


# In place of names under `fargate_profiles:`; no service can have these names.
ALL_PROFILES, SHARED_PROFILE = "all", "shared"


class Cluster(Model):
    """EKS on Fargate."""

    version: str = Field(eks.DEFAULT_VERSION, pattern=patterns.KUBERNETES_VERSION)
    """Kubernetes version, in quotes. Upgrade one minor version at a time."""

    upgrade_policy: Literal["extended", "standard"] = "extended"
    """What happens when standard support ends. `extended`: extended support, which is billed extra. `standard`: AWS
    upgrades the cluster."""

    api_access: Annotated[tuple[Cidr, ...], OneOrMany()] = ()
    """Address ranges that can connect to the Kubernetes API: public ones over the internet, private ones through a VPN
    or peering of the VPC. The VPC itself always can."""

    admins: Annotated[tuple[Arn, ...], OneOrMany()] = ()
    """ARNs of IAM roles and users that administer the cluster, besides the one that creates it."""

    service_cidr: Cidr = "172.20.0.0/16"
    """Address range of Kubernetes Services, outside of the VPC. It can't be changed later."""

    addons: Addons = Addons()
    """Pinned versions of EKS add-ons."""

    fargate_profiles: Annotated[tuple[ServiceName, ...], OneOrMany()] = (ALL_PROFILES,)
    """The services that have a Fargate profile of their own, while the others share one. `all`: each has its own.
    `shared`: all share one. A deployed service keeps its own, or its pods would go all at once."""

    teams: dict[Annotated[str, Field(pattern=patterns.TEAM, max_length=40)], Team] = Field({})
    """People who work on some of the services, by the name of their team. They reach those services in the cluster, and
    no others; nobody of them administers it."""

    def has_own_profile(self, service: str) -> bool:
        """Whether the service has a Fargate profile of its own."""
        return ALL_PROFILES in self.fargate_profiles or service in self.fargate_profiles

    @property
    def private_access(self) -> tuple[str, ...]:
        """Declared ranges that come through the VPC."""
        return tuple(cidr for cidr in self.api_access if vpc.is_private(IPv4Network(cidr)))

    @property
    def public_access(self) -> tuple[str, ...]:
        """Declared ranges that come over the internet."""
        return tuple(cidr for cidr in self.api_access if cidr not in self.private_access)


class Database(Model):
    """Aurora PostgreSQL Serverless v2."""

    version: str = Field(aurora.DEFAULT_VERSION, pattern=patterns.POSTGRESQL_VERSION)
    """Aurora PostgreSQL version, in quotes."""

    min_acu: Annotated[float, Unit("ACU")] = Field(1, ge=0, le=aurora.MAX_ACU)
    """Minimum capacity of an instance, in Aurora capacity units (ACU, about 2 GiB of memory each), in steps of 0.5."""

    max_acu: Annotated[float, Unit("ACU")] = Field(4, gt=0, le=aurora.MAX_ACU)
    """Maximum capacity of an instance, in Aurora capacity units (ACU), in steps of 0.5."""

    instances: Annotated[int, Unit("instances")] = Field(2, ge=1, le=aurora.MAX_INSTANCES)
    """Number of instances: one writer, the others readers, spread over the zones."""

    backup_days: Annotated[int, Unit("days")] = Field(7, ge=1, le=35)
    """Days for which automatic backups are kept."""


class Cache(Model):
    """ElastiCache Redis."""

    node_type: str = Field("cache.t4g.small", pattern=patterns.NODE_TYPE)
    """ElastiCache node type."""

    nodes: Annotated[int, Unit("nodes")] = Field(2, ge=2, le=6)
    """Number of nodes: one primary, the others replicas, spread over the zones."""


class Waf(Model):
    """The web application firewall before the load balancer, AWS WAF."""

    enabled: bool = True
    """Whether there is one. It is billed by the request."""

    rate: Annotated[int, Unit("requests in five minutes")] = Field(waf.DEFAULT_RATE, ge=waf.RATES[0], le=waf.RATES[-1])
    """Requests in five minutes from which on one address is blocked. All people of an office, and all clients behind
    one NAT gateway, share an address."""

    rules: Literal["block", "count"] = "block"
    """`block`: requests that a rule matches are answered with 403. `count`: they are counted and let through, to see
    whom the rules would block."""


class LoadBalancer(Model):
    """The Application Load Balancer that routes requests to the services."""

    private: bool = False
    """Reachable from private addresses only: from the VPC, and through a VPN or peering. Changing it replaces the load
    balancer."""

    waf: Waf = Waf()
    """The web application firewall before it."""

    listener_arn: str | None = Field(None, pattern=patterns.LISTENER)
    """ARN of a listener of an existing Application Load Balancer, which gets the services' rules; its certificate, its
    firewall, its logs and its alarms are its owner's. It can't be changed later."""

    @property
    def is_own(self) -> bool:
        """Whether the system makes it."""
        return self.listener_arn is None

    @property
    def has_waf(self) -> bool:
        """Whether the system puts a firewall before it."""
        return self.is_own and self.waf.enabled

    @property
    def faces_internet(self) -> bool:
        """Whether the system makes one that the internet reaches; whom an existing one admits, its owner knows."""
        return not self.private and self.is_own


class Registry(Model):
    """The ECR repositories of the services."""

    pull_accounts: Annotated[tuple[Annotated[str, Field(pattern=patterns.ACCOUNT)], ...], OneOrMany()] = ()
    """Ids of other AWS accounts, in quotes, whose clusters pull from these repositories. An adopted one
    keeps the policy of its owner."""

    account: str | None = Field(None, pattern=patterns.ACCOUNT)
    """Id of the AWS account, in quotes, where the base environment has the repositories, for another that uses them:
    `image: v1.4` is a tag there, and no repository is made here. Without it, each environment has its own."""


class DeployerRoles(Model):
    """The roles of pipelines: one that plans, one that applies. Each job logs in by its OIDC token."""

    oidc_provider: str = Field(pattern=patterns.OIDC_PROVIDER)
    """ARN of the account's OIDC provider for GitHub or GitLab, which is there before."""

    plan: Annotated[tuple[Annotated[str, Field(pattern=patterns.SUBJECT)], ...], Field(min_length=1), OneOrMany()]
    """Who may plan, by the `sub` of the token, such as `repo:acme/shop:pull_request`. After the repository, a `*`
    stands for any text."""

    apply: Annotated[
        tuple[Annotated[str, Field(pattern=patterns.APPLYING_SUBJECT)], ...], Field(min_length=1), OneOrMany()
    ]
    """Who may apply, likewise: a branch or an environment, such as `repo:acme/shop:environment:production`."""


class S3State(Model):
    """Terraform state in an S3 bucket, with a lock file beside it."""

    bucket: str = Field(pattern=patterns.BUCKET)
    """Name of an existing bucket with versioning."""

    region: str | None = Field(None, pattern=patterns.REGION)
    """Region of the bucket. Without it, the region of the system."""

    prefix: str | None = Field(None, pattern=patterns.PREFIX)
    """Folder in the bucket. Without it, the project's name."""

    kms_key: str | None = Field(None, pattern=patterns.KMS_KEY)
    """ARN of the KMS key that encrypts the state."""


class HcpState(Model):
    """Terraform state in HCP Terraform or Terraform Enterprise, one workspace a stack: <project>-<stack>."""

    organization: str = Field(pattern=patterns.HCP_ORGANIZATION)
    """Name of the organization."""

    project: str | None = Field(None, pattern=patterns.HCP_PROJECT)
    """Project in which `terraform init` makes the workspaces that are missing. Without it, the organization's default
    project."""

    hostname: str | None = Field(None, pattern=patterns.HOST_NAME)
    """Host of Terraform Enterprise. Without it, HCP Terraform's own."""


class State(Model):
    """Where Terraform keeps its state, one of the two. Without it, in local files below state/."""

    s3: S3State | None = None
    """Terraform state in an S3 bucket."""

    hcp: HcpState | None = None
    """Terraform state in HCP Terraform."""


def _listed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {word: {} if options is None else options for word, options in value.items()}


_kinds: Any = {word: (kind.options | None, Field(None, description=kind.title)) for word, kind in KINDS.items()}
Permissions = create_model("Permissions", __base__=Model, **_kinds)


class Repository(Model):
    """The service's ECR repository."""

    adopt: AdoptRepository | None = Field(None)
    """A repository that is there already, instead of a new one; `make adopt` writes it."""


class Service(Model):
    """A microservice, with its own namespace, Fargate profile, IAM role and Terraform state."""

    path: Annotated[tuple[RoutePath, ...], OneOrMany()] = ()
    """One or more paths that the load balancer routes to this service, with everything below them. Without one, the
    service is internal."""

    host: Annotated[
        tuple[Annotated[str, Field(pattern=patterns.HOST, max_length=load_balancer_facts.HOST_LENGTH)], ...],
        OneOrMany(),
    ] = ()
    """One or more hosts, such as www.example.com or *.example.com, whose requests the paths are for. Without one, those
    of any host. Each gets a DNS record, and a certificate unless it is `domain` or one label below it."""

    load_balancer: str | None = Field(None, pattern=patterns.BALANCER)
    """One of `load_balancers:`, which routes to this service in place of the first load balancer. It needs `host:`."""

    priority: int | None = Field(None, ge=1, le=50000)
    """Priority of the first listener rule; others count up from it. Without it, it follows from host and path; where
    two are the same, `make synth` writes it here."""

    pods: Annotated[int, Unit("pods")] = Field(2, ge=0)
    """Minimum number of pods; 0 for a worker that scales by `queue`, and where the service is `jobs:` only."""

    max_pods: Annotated[int | None, Unit("pods")] = Field(None, ge=1)
    """Maximum number of pods. Without it, three times `pods`; with `pods: 0`, three."""

    scale: Scale = Scale()
    """What the number of pods follows, between `pods` and `max_pods`. Without it, the CPU that they use. Anything but
    `cpu` and `memory` brings KEDA into the cluster."""

    cpu: Annotated[float, Unit("vCPU")] = Field(0.25)
    """vCPU of a pod, one of Fargate's sizes. Each goes with certain sizes of memory."""

    memory: str = Field("512MB", pattern=patterns.MEMORY)
    """Memory of a pod, such as 512MB or 2GB, as Fargate bills it. Kubernetes uses 256 MiB of it."""

    aws: Annotated[Permissions, BeforeValidator(_listed)] = Permissions()
    """AWS services that the pods use. Each creates the resource and allows this service exactly that: a word, a list
    of words, or words with options."""

    statements: dict[Annotated[str, Field(pattern=patterns.SID)], RawStatement] = Field({})
    """Further IAM statements by name, for what no word under `aws:` covers."""

    calls: Annotated[tuple[ServiceName, ...], OneOrMany()] = ()
    """Services that this one calls inside the cluster. Each opens the connection and sets a variable such as
    ORDERS_URL."""

    egress: tuple[Egress, ...] = ()
    """Where it may connect to outside of the system: `internet`, which is HTTPS to any address, or mappings of ranges
    and TCP ports; one or a list. What `aws:`, `calls:` and the image need is open without it."""

    port: Annotated[Annotated[int, Field(ge=1, le=65535)] | None, OrNone()] = Field(8080)
    """Port that the container listens on, or `none` for a worker, which nothing connects to. One below 1024 is opened
    to a container without root privileges, which is not proven on Fargate."""

    ports: dict[Annotated[str, Field(pattern=patterns.PORT)], Annotated[int, Field(ge=1, le=65535)]] = Field({})
    """Further ports that other services can call, each with the container's port behind it: `80: 8080` lets them call
    port 80, and `9090: 9090` is a second port of the program."""

    protocol: Literal["http", "http2", "grpc"] = "http"
    """What the program speaks on `port`. With a path, `http2` (without TLS) and `grpc` need HTTPS at the load balancer.
    With `grpc`, health is checked by gRPC."""

    sticky: Seconds | None = Field(None, ge=load_balancer_facts.STICKY[0], le=load_balancer_facts.STICKY[1])
    """Time for which the load balancer sends a client to the same pod, by a cookie, in seconds. Without it, to any."""

    drain: Seconds = Field(30, ge=0, le=load_balancer_facts.MAX_DRAIN)
    """Time that open requests have when their pod goes, in seconds: the load balancer sends it no new ones, and the
    container is told to end after that."""

    stop: Seconds = Field(30, ge=1, le=fargate.MAX_STOP_SECONDS)
    """Time that the program has to end after it is told to (SIGTERM), in seconds: for the message that a worker has in
    hand. What still runs then is killed."""

    health: Annotated[Health | None, OrNone()] = Health()
    """Path of the HTTP health check, which answers 200 when the pod is healthy; a mapping, for another check; or
    `none`, where a pod is healthy as soon as its container runs. A worker has `{command: …}` or none."""

    image: str | None = Field(None, pattern=patterns.IMAGE)
    """`v1.4` is that tag in the service's own ECR repository; a reference with a slash is used as written, with a tag
    or digest. Without it, a placeholder runs."""

    command: Annotated[tuple[Annotated[str, Field(min_length=1)], ...], OneOrMany()] = ()
    """Replaces the image's entrypoint (what Compose and ECS call entrypoint), one item per word. Kubernetes expands
    $(NAME); $$ is a literal $."""

    args: Annotated[tuple[str, ...], OneOrMany()] = ()
    """Replaces the image's arguments (what Compose and ECS call command), one item per word. Kubernetes expands
    $(NAME); $$ is a literal $."""

    env: dict[Annotated[str, Field(pattern=patterns.VARIABLE)], str] = Field({})
    """Environment variables, besides those that the permissions set. $(NAME) is the value of another variable of the
    service; $$ is a literal $. Not for secrets: Terraform keeps the values in its state."""

    secrets: dict[Annotated[str, Field(pattern=patterns.SECRET_PLACE)], Secret] = Field({})
    """Secret values from Secrets Manager, each by the name of its variable or the path of its file: `own`, a key of the
    service's own secret; the name of a secret that is made elsewhere, such as `shared/sentry`; or a mapping."""

    user: int | None = Field(None, ge=0, le=4_294_967_294)
    """Numeric user, and group, that the container runs as. Without it, 65532. `0` is root, which the namespace has to
    admit."""

    writable: dict[Annotated[str, Field(pattern=patterns.CONTAINER_PATH)], Literal["empty", "copied"]] = Field({})
    """Folders that the program writes to, besides /tmp: the rest of the image is read-only. `empty`: each pod begins
    with an empty folder. `copied`: with what the image has there, which needs `cp` in the image."""

    files: dict[Annotated[str, Field(pattern=patterns.CONTAINER_PATH)], Annotated[TextFile, InRepository()]] = Field({})
    """Text files that the pods read, such as `/etc/app/app.yaml: config/app.yaml`: the path in the container, and the
    file beside services.yaml. Not for secrets: Terraform keeps the text in its state."""

    storage: Annotated[int | None, Unit("GiB")] = Field(None, ge=fargate.FREE_STORAGE_GIB, le=fargate.MAX_STORAGE_GIB)
    """Disk that a pod's containers can fill together, with `writable:` folders and logs. Without it, what Fargate
    includes: somewhat less than 20."""

    pull_secret: str | None = Field(None, pattern=patterns.SHORT_NAME)
    """Name of a Kubernetes Secret of type kubernetes.io/dockerconfigjson in the service's namespace, with the login of
    the images' registry."""

    sidecars: dict[Annotated[str, Field(pattern=patterns.SHORT_NAME)], Sidecar] = Field({})
    """Containers that run beside the service's own, by name. Their size is a part of the pod's."""

    init: dict[Annotated[str, Field(pattern=patterns.SHORT_NAME)], Container] = Field({})
    """Containers that run to their end before the others start, one after the other in this order, by name. Each has
    the whole size of the pod."""

    aliases: dict[
        Annotated[str, Field(pattern=patterns.SHORT_NAME)], Annotated[str, Field(pattern=patterns.HOST_NAME)]
    ] = Field({})
    """Short names that the pods can use for hosts outside, such as `user-db: db.example.com`. Services under `calls:`
    have their own names already."""

    labels: dict[
        Annotated[str, Field(pattern=patterns.LABEL_KEY)], Annotated[str, Field(pattern=patterns.LABEL_VALUE)]
    ] = Field({})
    """Further labels of the pods."""

    annotations: dict[Annotated[str, Field(pattern=patterns.LABEL_KEY)], str] = Field({})
    """Annotations of the pods."""

    jobs: dict[Annotated[str, Field(pattern=patterns.SHORT_NAME)], Job] = Field({})
    """Programs that run at times, by name, with what the service's pods have but for their sidecars."""

    before_deploy: BeforeDeploy | None = None
    """A program, such as a migration of the database, that runs to its end before new pods start, with what they have.
    Where it fails, the old pods go on."""

    renamed_from: Annotated[tuple[EarlierName, ...], OneOrMany()] = ()
    """The name that the service had before, or its names, the first one first. It keeps its state and AWS names, so
    this stays for ever; namespace, Fargate profile and pods get the new name."""

    repository: Repository = Repository()
    """The ECR repository of its images."""

    protection: bool | None = Field(None)
    """Whether its data stores are protected against deletion. Without it, as for the system."""

    @property
    def max_replicas(self) -> int:
        """The most pods that it runs."""
        if self.max_pods is not None:
            return self.max_pods
        return 3 * max(self.pods, 1) if self.has_pods else 0

    @property
    def has_pods(self) -> bool:
        """Whether pods of it serve or work: all the time, or while messages wait. Those of jobs do not count."""
        return self.pods > 0 or self.scale.queue is not None

    @property
    def container_ports(self) -> tuple[int, ...]:
        """Ports that the container listens on, each once; the first is `port`. A worker has none."""
        listens = self.listens_on
        return () if listens is None else tuple(dict.fromkeys((listens, *self.ports.values())))

    @property
    def listens_on(self) -> int | None:
        """`port`, where a pod of the service listens on it: not that of a worker, and not where it is jobs only."""
        return self.port if self.has_pods else None

    @property
    def memory_mib(self) -> int:
        """Declared, and billed, memory of a pod in MiB."""
        return memory_mib(self.memory)

    @property
    def request_mib(self) -> int:
        """Memory that its container asks for, so that Fargate's overhead brings it to the declared size."""
        return self.memory_mib - fargate.OVERHEAD_MIB

    @cached_property
    def permissions(self) -> dict[str, Options]:
        """Its kinds of permission with their options, in the order of KINDS."""
        declared = {word: options for word in KINDS if (options := getattr(self.aws, word)) is not None}
        if any(secret.is_own for secret in self.secrets.values()):
            declared.setdefault("secrets", KINDS["secrets"].options())
        return {word: declared[word] for word in KINDS if word in declared}

    def owns(self, word: str) -> bool:
        """Whether it has a resource of this kind of its own, and does not merely reach another service's."""
        options = self.permissions.get(word)
        return options is not None and options.owner is None

    @property
    def raw_endpoints(self) -> list[str]:
        """Words of the private endpoints for calls of its own statements; the IAM prefix where no endpoint is known."""
        prefixes = [prefix for named in self.raw_prefixes.values() for prefix in named]
        return [word for prefix in prefixes for word in vpc.endpoints_of(prefix)]

    @property
    def raw_prefixes(self) -> dict[str, list[str]]:
        """AWS services that its own statements name, as IAM writes them, by the name of the statement."""
        return {
            sid: list(dict.fromkeys(action.partition(":")[0] for action in raw.actions))
            for sid, raw in self.statements.items()
        }

    @property
    def upstream(self) -> tuple[str, ...]:
        """Services whose resources it uses, each once: their states come before its own. A call needs no such order."""
        of_permissions = [other for options in self.permissions.values() for other in options.others]
        of_secrets = [secret.of for secret in self.secrets.values() if secret.of is not None]
        return tuple(dict.fromkeys((*of_permissions, *of_secrets)))


class Spec(Model):
    """A whole services.yaml."""

    project: str = Field(pattern=patterns.PROJECT, min_length=2, max_length=20)
    """Name of the system: every AWS name starts with it. It can't be changed later."""

    region: str = Field(pattern=patterns.REGION)
    """AWS region. It can't be changed later."""

    zones: Annotated[tuple[zone_facts.Letter, ...], OneOrMany()] = Field(
        default_factory=lambda read: zone_facts.default(read.get("region", ""))
    )
    """Letters of the availability zones, at least two. They can't be changed later. Without it, the first three of the
    region: a, b and c nearly everywhere."""

    account: str | None = Field(None, pattern=patterns.ACCOUNT)
    """Id of the AWS account, in quotes. Terraform refuses any other account."""

    environment: str | None = Field(None, pattern=patterns.ENVIRONMENT)
    """What commands call the environment that this file describes, such as `ENV=prod`; `ENV=base` names it too. Nothing
    is renamed by it."""

    environments: dict[Annotated[str, Field(pattern=patterns.ENVIRONMENT)], Any] = Field({})
    """Further environments by name, each with the keys that differ from this file, or the name of a file with them.
    Mappings are merged, lists and values replaced; `without:` lists what it has not."""

    deployer_role: str | None = Field(None, pattern=patterns.ROLE)
    """ARN of the IAM role with which everything is deployed: whoever deploys assumes it. Without it, the login itself
    needs the rights."""

    deployer: DeployerRoles | None = None
    """Two roles for pipelines, with the least rights that a plan and an apply of the system need. An administrator
    applies their stack: `make deploy STACK=deployer`."""

    permissions_boundary: str | None = Field(None, pattern=patterns.POLICY)
    """ARN of the IAM policy that bounds every role of the system: none may more than it allows, whatever its own
    policies say. Who deploys can then be kept from making a role without it."""

    runner: Annotated[tuple[Annotated[str, Field(pattern=patterns.RUNNER)], ...], OneOrMany()] = ()
    """Labels (GitHub) or tags (GitLab) of the runners on which pipelines plan and deploy, such as those in the VPC.
    Without it, GitHub's own, or any of GitLab's."""

    accept: Annotated[tuple[WarningCode, ...], OneOrMany()] = ()
    """Codes of warnings that are accepted and no longer printed."""

    accept_escalations: dict[
        ServiceName, dict[Action, Annotated[tuple[Resource, ...], Field(min_length=1), OneOrMany()]]
    ] = Field({})
    """Warnings `privilege-escalation` that are accepted, each by name: a service, an IAM action, and the ARNs on which
    it may do it. Another service, action or ARN still warns, and fails `make access`. A role of the platform, such as
    `keda`, stands in place of a service where `make access` names it."""

    tags: dict[str, str] = Field({})
    """Tags for all resources, besides those of the platform."""

    protection: bool = True
    """Protection against deletion, with final snapshots. `false` for a system that can be destroyed with its data."""

    log_days: Annotated[
        Literal[
            1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653
        ],
        Unit("days"),
    ] = 365
    """Days for which logs are kept, one of the periods of CloudWatch Logs."""

    alarm_email: str | None = Field(None, pattern=patterns.EMAIL)
    """Address that receives alarms. AWS first sends a confirmation to it."""

    domain: str | None = Field(None, pattern=patterns.DOMAIN)
    """Domain of the load balancer, for HTTPS; its certificate is for one label below it too. Needs `hosted_zone` or
    `certificate_arn`."""

    hosted_zone: str | None = Field(None, pattern=patterns.HOSTED_ZONE)
    """Id of the Route 53 hosted zone of `domain`, in which Terraform validates the certificate and creates the
    alias."""

    hosted_zones: dict[Annotated[str, Field(pattern=patterns.DOMAIN)], HostedZone] = Field({})
    """Further Route 53 hosted zones by name, for hosts of services that are not below `domain`."""

    certificate_arn: str | None = Field(None, pattern=patterns.CERTIFICATE)
    """ARN of an existing ACM certificate for HTTPS, in the system's region."""

    chart_mirror: str | None = Field(None, pattern=patterns.CHART_MIRROR)
    """For networks without internet access: folder in this repository or OCI registry with the charts of the load
    balancer controller, of External Secrets Operator and of KEDA. A folder pins them by SHA-256: `make charts` fills
    it, and a plan refuses another file."""

    image_mirror: str | None = Field(None, pattern=patterns.IMAGE_MIRROR)
    """For networks without internet access: registry, or folder in one, with the images of all pods that are not the
    services' own. Each is in a folder with the name of its registry; `main.py images` lists what to copy where."""

    state: Annotated[State | None, BeforeValidator(lambda value: value or None)] = None
    """Where Terraform keeps its state."""

    image_digests: bool = False
    """Whether `make set-image` and `make promote` write the digest that a tag of ECR has at that moment behind it, such
    as `v1.4@sha256:…`."""

    registry: Registry = Registry()
    """The ECR repositories of the services."""

    network: Network = Network()
    """The VPC."""

    cluster: Cluster = Cluster()
    """EKS on Fargate."""

    database: Annotated[Database | None, OrNone()] = Database()
    """Aurora PostgreSQL Serverless v2, or `none` where no service has `rds`."""

    cache: Annotated[Cache | None, OrNone()] = Cache()
    """ElastiCache Redis, or `none` where no service has `redis`."""

    load_balancer: Annotated[LoadBalancer | None, OrNone()] = LoadBalancer()
    """The load balancer in front of the services, or `none` where no service has a `path:`."""

    load_balancers: dict[Annotated[str, Field(pattern=patterns.BALANCER)], LoadBalancer] = Field({})
    """Further load balancers by name, each for the hosts of services that name it by `load_balancer:`, such as a
    private one for an admin console. They serve HTTPS with the certificate of the first."""

    retired: dict[ServiceName, Retired] = Field({})
    """Services, and words under `aws:`, that are gone from below `services`: what becomes of the data that they hold.
    `keep`: Terraform forgets it, with all that protects it. `destroy`: it is deleted with its data."""

    services: dict[str, Service]
    """The microservices by name. A name is a namespace, a stack and part of AWS names; with `renamed_from`, a service
    gets another one and keeps what it has."""

    _further: str | None = PrivateAttr(None)

    def further(self, environment: str) -> "Spec":
        """The same, as the spec of an environment besides the base."""
        found = self.model_copy()
        found._further = environment
        return found

    @property
    def environment_name(self) -> str:
        """What commands call its environment."""
        return self._further or self.environment or BASE_ENVIRONMENT

    @cached_property
    def names(self) -> Names:
        """AWS names of this environment."""
        renamed = {name: earlier[0] for name, earlier in self._renamed.items() if earlier}
        return Names(self.project, self._further, renamed, tuple(self.environments))

    def key_of(self, service: str) -> Literal["services", "retired"]:
        """Under which key the file has a service, or what is left of it."""
        return "services" if service in self.services else "retired"

    def earlier_of(self, service: str) -> tuple[str, ...]:
        """What a service was called before, the first name first; also of a retired one."""
        if service in self.services:
            return self.services[service].renamed_from
        return self.retired[service].renamed_from if service in self.retired else ()

    @cached_property
    def earlier_names(self) -> dict[str, str]:
        """What services were called before, and what each is called now."""
        return {old: name for name, earlier in self._renamed.items() for old in earlier}

    @cached_property
    def _renamed(self) -> dict[str, tuple[str, ...]]:
        of_retired = {name: one.renamed_from for name, one in self.retired.items()}
        return of_retired | {name: one.renamed_from for name, one in self.services.items()}

    @Summary
    def buckets_with_listeners(self) -> frozenset[str]:
        """Services whose buckets tell of new objects, since a queue listens."""
        options = [one for service in self.services.values() for one in service.permissions.values()]
        return frozenset(owner for one in options for owner in one.buckets)

    @property
    def retired_services(self) -> list[str]:
        """Services whose stack is still there to be emptied."""
        return sorted(name for name in self.retired if name not in (*self.services, *SHARED))

    def retired_stack(self, name: str) -> str:
        """The stack that has what an entry of `retired:` names."""
        return self.names.stack(DATA if name in SHARED else name)

    @property
    def platform_stacks(self) -> list[str]:
        """Those that the system has, in the order of their apply; `data` stays until what is retired in it is gone."""
        has_data = self.database or self.cache or self.retired.keys() & SHARED.keys()
        has = {DEPLOYER: self.deployer, DATA: has_data, "edge": self.load_balancer}
        return [name for name in PLATFORM_STACKS if has.get(name, True)]

    @property
    def balancers(self) -> dict[str | None, LoadBalancer]:
        """All load balancers by name, whatever their order in the file; the first has none."""
        found: dict[str | None, LoadBalancer] = {} if self.load_balancer is None else {None: self.load_balancer}
        found.update(sorted(self.load_balancers.items()))
        return found

    @property
    def serves_https(self) -> bool:
        """Whether load balancers of the system's own have a certificate; without one they serve HTTP only."""
        return bool(self.domain or self.certificate_arn)

    @property
    def nat_zones(self) -> tuple[str, ...]:
        """Zones in which the system has a NAT gateway; an existing VPC has its own way out."""
        if self.network.vpc_id is not None:
            return ()
        return self.zones[:1] if self.network.nat_gateways == "single" else self.zones

    @property
    def order(self) -> list[str]:
        """Services in the order of their apply: after those that they name, else as in the file's alphabet."""
        graph = {
            name: [other for other in service.upstream if other in self.services]
            for name, service in self.services.items()
        }
        sorter = TopologicalSorter({name: sorted(graph[name]) for name in sorted(graph)})
        return list(sorter.static_order())
