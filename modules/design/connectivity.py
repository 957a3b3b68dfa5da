"""Who may open a connection to whom, and why: the services' security groups follow from it; `make matrix` prints it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from modules.design import images, listener_rules, load_balancers
from modules.design.vpc_endpoints import endpoints
from modules.facts import aurora, ports, redis, vpc
from modules.facts.ports import DNS, HTTP, HTTPS, KUBELET
from modules.permissions import KINDS
from modules.spec.egress import ANYWHERE
from modules.spec.model import Service, Spec

INTERNET, EVERY_SERVICE, VPC = "internet", "every service", "the VPC"
PRIVATE_NETWORKS = "private networks"


class Store(NamedTuple):
    """A store in stack `data`: how its outputs start, how people call it, and its port."""

    name: str
    title: str
    port: int


# Kind of permission -> the store that the service connects to.
STORES = {"rds": Store("aurora", "Aurora", aurora.PORT), "redis": Store("redis", "Redis", redis.PORT)}

# The image, the log router and the login of a pod all come through its own network interface, so through its groups:
# https://docs.aws.amazon.com/eks/latest/userguide/security-groups-for-pods.html. S3 holds the layers of ECR's images.
_EVERY_POD, _FROM_ECR = ("logs", "sts"), ("ecr-api", "ecr-dkr", "s3")
# The group of all pods allows the others: interface endpoints share a group, and every service uses S3.
_OWN_WAY = tuple(word for word in vpc.GATEWAY_ENDPOINTS if word != "s3")

# In the description of a rule too, for which AWS takes few signs.
_DECLARED = "declared under egress"
_WEB = (ANYWHERE, HTTPS)

_ECR = re.compile(r"\d{12}\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(\.cn)?")


@dataclass(frozen=True)
class Edge:
    """`source` may open a connection to these ports of `target`: the first and the last of each range."""

    source: str
    target: str
    ports: tuple[tuple[int, int], ...]
    why: str


def _only(port: int) -> tuple[tuple[int, int], ...]:
    return ((port, port),)


def stores(service: Service) -> tuple[Store, ...]:
    """The stores that a service declares."""
    return tuple(store for word, store in STORES.items() if word in service.permissions)


def gateway_endpoints_for(spec: Spec, service: Service, there: Sequence[str] | None = None) -> tuple[str, ...]:
    """Gateway endpoints that the service's own security group has to allow; `there` as for internet_egress_reasons."""
    there = endpoints(spec) if there is None else there
    return tuple(word for word in _OWN_WAY if word in there and word in _needed(spec, service))


def internet_egress_reasons(spec: Spec, service: Service, there: Sequence[str] | None = None) -> tuple[str, ...]:
    """Why the service's pods must reach the internet by HTTPS; empty where all it needs has a private endpoint.

    `there` is endpoints(spec) where the caller has it already: it takes a look at every service.
    """
    reasons = [_DECLARED] if _WEB in _declared(service) else []
    reasons += [image_reason(source) for source in registries(spec, service)]
    there = endpoints(spec) if there is None else there
    if missing := [word for word in _needed(spec, service) if word not in there]:
        reasons.append(f"no private endpoint: {', '.join(missing)}")
    return tuple(reasons)


def image_reason(source: str) -> str:
    """Why an image of this registry needs the internet."""
    return f"image from {source}"


def ways_out(service: Service) -> list[tuple[str, int]]:
    """Ranges and TCP ports that `egress:` opens, each pair once; HTTPS to any address is not among them."""
    return [way for way in _declared(service) if way != _WEB]


def _declared(service: Service) -> list[tuple[str, int]]:
    return list(dict.fromkeys(way for egress in service.egress for way in egress.ways))


def registries(spec: Spec, service: Service) -> list[str]:
    """Registries of the pods' images that are not ECR in this region, each once."""
    if service.image is None and spec.image_mirror is None:
        return ["a public registry (placeholder)"]
    found = (registry(spec, image) for image in images.pulled(spec, service))
    return list(dict.fromkeys(one for one in found if one is not None))


def registry(spec: Spec, image: str) -> str | None:
    """Registry of an image, where it is not ECR in this region."""
    host, slash, _ = image.partition("/")
    ecr = _ECR.fullmatch(host)
    if not slash or (ecr and ecr["region"] == spec.region):
        return None
    return host if "." in host or ":" in host else "docker.io"


def edges(spec: Spec) -> Iterator[Edge]:
    """Every connection that a security group allows; pods of kube-system have the cluster's group: all egress."""
    yield from _into_load_balancers(spec)
    yield Edge(EVERY_SERVICE, "CoreDNS", _only(DNS), "names")
    yield Edge(EVERY_SERVICE, "Kubernetes API", _only(HTTPS), "API")
    for source in (VPC, *spec.cluster.api_access):
        yield Edge(source, "Kubernetes API", _only(HTTPS), "whoever deploys, with a login")
    yield Edge("Kubernetes control plane", EVERY_SERVICE, _only(KUBELET), "logs, exec, metrics")
    words = endpoints(spec)
    if interfaces := [word for word in words if word not in vpc.GATEWAY_ENDPOINTS]:
        yield Edge(EVERY_SERVICE, "private endpoints", _only(HTTPS), ", ".join(interfaces))
        if spec.network.vpc_id is None:  # whom those of an existing VPC admit is said by groups of their owner
            yield Edge(VPC, "private endpoints", _only(HTTPS), "what is no service, such as CoreDNS's log router")
    if "s3" in words:
        yield Edge(EVERY_SERVICE, "s3", _only(HTTPS), "gateway endpoint")
    for name, service in spec.services.items():
        yield from _of(spec, name, service, words)


def _into_load_balancers(spec: Spec) -> Iterator[Edge]:
    for name, balancer in spec.balancers.items():
        if not balancer.is_own:
            continue  # whom an existing one admits is said by groups of its owner
        source, target = PRIVATE_NETWORKS if balancer.private else INTERNET, load_balancers.title(name)
        yield Edge(source, target, _only(HTTP), "redirects to HTTPS" if spec.serves_https else "requests")
        if spec.serves_https:
            yield Edge(source, target, _only(HTTPS), "requests")


def _of(spec: Spec, name: str, service: Service, there: Sequence[str]) -> Iterator[Edge]:
    if service.path:
        routes = ", ".join(rule.text for rule in listener_rules.rules(name, service))
        yield Edge(load_balancers.title(service.load_balancer), name, ports.POD_PORTS, routes)
    for store in stores(service):
        yield Edge(name, store.title, _only(store.port), "declared under `aws:`")
    for callee in service.calls:
        called = tuple((port, port) for port in spec.services[callee].container_ports)
        yield Edge(name, callee, called, "declared under `calls:`")
    for word in gateway_endpoints_for(spec, service, there):
        yield Edge(name, word, _only(HTTPS), "gateway endpoint")
    if reasons := internet_egress_reasons(spec, service, there):
        yield Edge(name, INTERNET, _only(HTTPS), "; ".join(reasons))
    for cidr, port in ways_out(service):
        yield Edge(name, INTERNET if cidr == ANYWHERE else cidr, _only(port), _DECLARED)


def _needed(spec: Spec, service: Service) -> list[str]:
    """Words of the endpoints that traffic of the service's pods could take."""
    words = list(_EVERY_POD)
    if any(registry(spec, one) is None for one in images.pulled(spec, service)):
        words += _FROM_ECR
    for word in service.permissions:
        words += KINDS[word].endpoints
    words += service.raw_endpoints
    return list(dict.fromkeys(words))
