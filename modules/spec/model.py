"""The values of services.yaml, typed and frozen; every default is the architecture's."""

from graphlib import TopologicalSorter
from ipaddress import IPv4Network
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, create_model

from modules.facts import aurora, eks, fargate, load_balancer, vpc
from modules.naming import Names
from modules.permissions import KINDS
from modules.permissions.kind import Options
from modules.permissions.raw import RawStatement
from modules.schema import patterns
from modules.schema.base import Model, OneOrMany, ServiceName
from modules.spec.pod_size import memory_mib
from modules.spec.warning_codes import WARNING_CODES

Cidr = Annotated[str, Field(pattern=patterns.CIDR)]
Arn = Annotated[str, Field(pattern=patterns.PRINCIPAL)]
Endpoint = Literal[("auto", *vpc.ENDPOINTS)]  # type: ignore[valid-type]
WarningCode = Literal[(*WARNING_CODES,)]  # type: ignore[valid-type]
RoutePath = Annotated[str, Field(pattern=patterns.ROUTE, max_length=load_balancer.PATH_LENGTH - len("/*"))]


class Network(Model):
    """The VPC."""

    cidr: Cidr = "10.0.0.0/16"
    """Address range, /16 to /21; fixed for the life of the VPC."""

    nat_gateways: Literal["per-zone", "single"] = "per-zone"
    """`single` is cheaper, and its zone takes the others' way out with it when it fails."""

    endpoints: Annotated[tuple[Endpoint, ...], OneOrMany()] = vpc.SEED_ENDPOINTS
    """Private endpoints of AWS services. `auto`: the architecture's seven and what the services' permissions reach."""


class Addons(Model):
    """Versions of the EKS add-ons; without one, the default for the cluster's version."""

    coredns: str | None = Field(None, pattern=patterns.ADDON_VERSION)
    """Version of CoreDNS, such as v1.11.4-eksbuild.2."""

    metrics_server: str | None = Field(None, pattern=patterns.ADDON_VERSION)
    """Version of metrics-server, such as v0.8.0-eksbuild.2."""

    kube_proxy: str | None = Field(None, pattern=patterns.ADDON_VERSION)
    """Version of kube-proxy, such as v1.36.0-eksbuild.2; no pod of it runs on Fargate."""


class Cluster(Model):
    """EKS on Fargate."""

    version: str = Field(eks.DEFAULT_VERSION, pattern=patterns.KUBERNETES_VERSION)
    """Kubernetes version, in quotes."""

    upgrade_policy: Literal["extended", "standard"] = "extended"
    """At the end of standard support: `extended` bills extended support, `standard` lets AWS upgrade the cluster."""

    api_access: Annotated[tuple[Cidr, ...], OneOrMany()] = ()
    """Ranges that may reach the Kubernetes API: public ones over the internet, private ones through the VPC's VPN or
    peerings; the VPC itself always can."""

    admins: Annotated[tuple[Arn, ...], OneOrMany()] = ()
    """IAM roles and users that administer the cluster, besides the one that creates it."""

    service_cidr: Cidr = "172.20.0.0/16"
    """Addresses of Kubernetes Services; fixed for the life of the cluster."""

    addons: Addons = Addons()
    """Add-on versions, to hold them still."""

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
    """Engine version, in quotes."""

    min_acu: float = Field(1, ge=0, le=aurora.MAX_ACU)
    """Least capacity of an instance, in Aurora capacity units (about 2 GiB of memory each)."""

    max_acu: float = Field(4, gt=0, le=aurora.MAX_ACU)
    """Most capacity of an instance, in Aurora capacity units."""

    instances: int = Field(2, ge=1, le=aurora.MAX_INSTANCES)
    """A writer and its readers, spread over the zones."""

    backup_days: int = Field(7, ge=1, le=35)
    """Days back to which the cluster can be restored."""


class Cache(Model):
    """ElastiCache Redis."""

    node_type: str = Field("cache.t4g.small", pattern=patterns.NODE_TYPE)
    """Size of a node."""

    nodes: int = Field(2, ge=2, le=6)
    """A primary and its replicas, spread over the zones."""


class S3State(Model):
    """Terraform state in S3, locked by a file beside it."""

    bucket: str = Field(pattern=patterns.BUCKET)
    """A versioned bucket that is there already."""

    region: str | None = Field(None, pattern=patterns.REGION)
    """Region of the bucket; the system's own without it."""

    prefix: str | None = Field(None, pattern=patterns.PREFIX)
    """Folder in the bucket; the project's name without it."""

    kms_key: str | None = Field(None, pattern=patterns.KMS_KEY)
    """ARN of the key that encrypts the state."""


class State(Model):
    """Where Terraform keeps its state; local files in state/ without it."""

    s3: S3State
    """In S3."""


def _listed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {word: {} if options is None else options for word, options in value.items()}


_kinds: Any = {word: (kind.options | None, Field(None, description=kind.title)) for word, kind in KINDS.items()}
Permissions = create_model("Permissions", __base__=Model, **_kinds)


class Service(Model):
    """One microservice: a namespace, a Fargate profile, a role, a state."""

    path: Annotated[tuple[RoutePath, ...], OneOrMany()] = ()
    """What the load balancer routes here, this path and all below it; without one, the service is internal."""

    priority: int | None = Field(None, ge=1, le=50000)
    """Priority of the listener rule, where the computed one collides."""

    pods: int = Field(2, ge=1)
    """Pods at rest."""

    max_pods: int | None = Field(None, ge=1)
    """Pods at most; three times `pods` without it."""

    cpu: float = Field(0.25)
    """vCPU of a pod, as Fargate bills it."""

    memory: str = Field("512MB", pattern=patterns.MEMORY)
    """Memory of a pod, as Fargate bills it; 256 MiB of it are taken by Kubernetes."""

    aws: Annotated[Permissions, BeforeValidator(_listed)] = Permissions()
    """AWS services that the pods use: words, or words with options."""

    statements: dict[Annotated[str, Field(pattern=patterns.SID)], RawStatement] = Field({})
    """IAM statements for what no word under `aws:` stands for, by name."""

    calls: Annotated[tuple[ServiceName, ...], OneOrMany()] = ()
    """Services that this one calls within the cluster."""

    port: int = Field(8080, ge=1024, le=65535)
    """Port that the container listens on; a container without privileges has none below 1024."""

    health: str = Field("/healthz", pattern=patterns.HEALTH)
    """Path that answers 200 when the pod is well."""

    image: str | None = Field(None, pattern=patterns.IMAGE)
    """`v1.4`: that tag in the service's own repository; with a slash: as written; without it, a placeholder."""

    command: Annotated[tuple[Annotated[str, Field(min_length=1)], ...], OneOrMany()] = ()
    """Replaces the image's command, word by word; of $(NAME) Kubernetes makes the variable's value, of $$ a $."""

    env: dict[Annotated[str, Field(pattern=patterns.VARIABLE)], str] = Field({})
    """Environment variables, besides those that the permissions give; no secrets, Terraform keeps them in its state."""

    protection: bool | None = Field(None)
    """Whether its stores resist deletion; as the system's without it."""

    @property
    def max_replicas(self) -> int:
        """The most pods that it runs."""
        return 3 * self.pods if self.max_pods is None else self.max_pods

    @property
    def memory_mib(self) -> int:
        """Declared, and billed, memory of a pod in MiB."""
        return memory_mib(self.memory)

    @property
    def request_mib(self) -> int:
        """Memory that its container asks for, so that Fargate's overhead brings it to the declared size."""
        return self.memory_mib - fargate.OVERHEAD_MIB

    @property
    def permissions(self) -> dict[str, Options]:
        """Its kinds of permission with their options, in the order of KINDS."""
        return {word: options for word in KINDS if (options := getattr(self.aws, word)) is not None}

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
        return tuple(dict.fromkeys(other for options in self.permissions.values() for other in options.others))


class Spec(Model):
    """A whole services.yaml."""

    project: str = Field(pattern=patterns.PROJECT, min_length=2, max_length=20)
    """What every AWS name starts with, so one system of an account in whatever region; fixed for its life."""

    region: str = Field(pattern=patterns.REGION)
    """AWS region; fixed for the life of the system."""

    zones: Annotated[tuple[Literal["a", "b", "c", "d", "e", "f"], ...], OneOrMany()] = ("a", "b", "c")
    """Letters of the availability zones; fixed for the life of the cluster."""

    account: str | None = Field(None, pattern=patterns.ACCOUNT)
    """The only AWS account that Terraform may touch, in quotes."""

    accept: Annotated[tuple[WarningCode, ...], OneOrMany()] = ()
    """Codes of warnings that you have dealt with."""

    tags: dict[str, str] = Field({})
    """Tags on everything, besides the project's and the service's."""

    protection: bool = True
    """`false` for a system that may be destroyed: no deletion protection, no final snapshots, no recovery."""

    log_days: Literal[
        1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653
    ] = 365
    """Days for which logs are kept; those that CloudWatch Logs offers."""

    alarm_email: str | None = Field(None, pattern=patterns.EMAIL)
    """Who is told of alarms; AWS asks for a confirmation by mail."""

    domain: str | None = Field(None, pattern=patterns.DOMAIN)
    """Name under which the load balancer answers, by HTTPS."""

    hosted_zone: str | None = Field(None, pattern=patterns.HOSTED_ZONE)
    """Id of the Route 53 zone of `domain`: Terraform then proves the certificate and makes the alias."""

    certificate_arn: str | None = Field(None, pattern=patterns.CERTIFICATE)
    """A certificate of your own for HTTPS."""

    chart_mirror: str | None = Field(None, pattern=patterns.CHART_MIRROR)
    """Folder (from the root of this project) or OCI registry that holds the controller's chart, for closed networks."""

    state: State | None = None
    """Where Terraform keeps its state."""

    network: Network = Network()
    """The VPC."""

    cluster: Cluster = Cluster()
    """EKS on Fargate."""

    database: Database = Database()
    """Aurora PostgreSQL Serverless v2."""

    cache: Cache = Cache()
    """ElastiCache Redis."""

    services: dict[str, Service]
    """The microservices by name; a name is a namespace, a stack, and part of AWS names."""

    @property
    def names(self) -> Names:
        """AWS names of this environment."""
        return Names(self.project)

    @property
    def nat_zones(self) -> tuple[str, ...]:
        """Zones that have a NAT gateway."""
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
