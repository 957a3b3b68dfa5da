"""What a service is in a picture: the words on its card, and what it reaches."""

import re
from dataclasses import dataclass
from typing import Literal

from modules.design import load_balancers, secrets, subnets
from modules.design.vpc_endpoints import endpoints
from modules.diagram.scene import LINE, Box
from modules.diagram.text_width import fit, wrap
from modules.permissions import KINDS
from modules.spec.model import LoadBalancer, Service, Spec
from modules.spec.pod_size import render_gb

# Titles of KINDS that are too long for a tile.
_SHORT = {"rds": "Aurora", "redis": "Redis", "secrets": "Secrets", "glue": "Glue", "redshift": "Redshift"}
IN_VPC = ("rds", "redis")
OTHERS = "iam"
"""Column of a service's own `statements:`."""


def title(word: str) -> str:
    """Name of an AWS service, short enough for a tile."""
    return _SHORT.get(word, KINDS[word].title)


def noun(word: str) -> str:
    """What one of it is called: `queue`, `database user`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", KINDS[word].resource.__name__).lower()


@dataclass(frozen=True)
class Use:
    """A service uses something of an AWS service: its own, or another service's."""

    word: str
    what: str
    is_own: bool


def size(service: Service) -> str:
    """Pods and what each has."""
    pods = (
        "jobs only"
        if not service.has_pods
        else (
            f"{service.pods}\N{EN DASH}{service.max_replicas} pods"
            if service.max_replicas > service.pods
            else count(service.pods, "pod")
        )
    )
    return f"{pods} · {service.cpu:g} vCPU · {render_gb(service.memory_mib / 1024)}"


def count(number: int, noun: str) -> str:
    """`1 pod`, `2 pods`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def words(service: Service) -> list[str]:
    """Its permissions, as services.yaml names them."""
    values = ["secrets"] if secrets.origins(service) and "secrets" not in service.permissions else []
    return [*service.permissions, *values, *(["statements"] if service.statements else [])]


def uses(service: Service) -> list[Use]:
    """What it may use, in the order of the columns."""
    found = [
        Use(
            word,
            noun(word) if options.owner is None else f"{options.access_level}s {options.owner}",
            options.owner is None,
        )
        for word, options in service.permissions.items()
    ]
    if "secrets" not in service.permissions and (origins := secrets.origins(service)):
        found.append(Use("secrets", f"reads {', '.join(one.rpartition('/')[2] for one in origins)}", is_own=False))
    if service.statements:
        prefixes = dict.fromkeys(prefix for named in service.raw_prefixes.values() for prefix in named)
        found.append(Use(OTHERS, ", ".join(prefixes), is_own=True))
    return found


def columns(spec: Spec) -> list[str]:
    """Words that have a column: Aurora and Redis, then what the services use, in the order of KINDS."""
    used = {use.word for service in spec.services.values() for use in uses(service)}
    return [*IN_VPC, *(word for word in (*KINDS, OTHERS) if word in used and word not in IN_VPC)]


def reached_by(spec: Spec, word: str) -> str:
    """How pods reach an AWS service that is not in the VPC."""
    needed = KINDS[word].endpoints if word in KINDS else ()
    there = endpoints(spec)
    if not needed:
        return ""
    return "private endpoint" if all(one in there for one in needed) else way_out(spec)


def way_out(spec: Spec) -> str:
    """How traffic leaves that no private endpoint takes."""
    return "through NAT" if spec.network.vpc_id is None else "by the VPC's routes"


def vpc(spec: Spec) -> str:
    """The system's own VPC with its range, or an existing one."""
    return f"VPC {', '.join(spec.network.own_cidrs) or spec.network.vpc_id}"


def subnet(spec: Spec, kind: Literal["public", "private"], zone: str) -> str | None:
    """Range of the subnet, which AWS alone knows of an existing VPC; None where that is asked for none."""
    if (cidr := spec.network.own_cidr) is not None:
        return subnets.public(cidr, zone) if kind == "public" else subnets.private(cidr, zone)
    return "existing" if kind == "private" or spec.network.public_subnet_ids else None


def has_internet_gateway(spec: Spec) -> bool:
    """Whether the VPC surely has one: without a load balancer on the internet, an existing VPC may do without."""
    return spec.network.vpc_id is None or faces_internet(spec)


def faces_internet(spec: Spec) -> bool:
    """Whether the internet reaches one of the load balancers, or may."""
    return any(balancer.faces_internet for balancer in spec.balancers.values())


def balancers(spec: Spec) -> str:
    """Title of the card that stands for all load balancers."""
    return "Load balancer" if len(spec.balancers) < 2 else f"{len(spec.balancers)} load balancers"


def protocol(spec: Spec, balancer: str | None = None) -> str:
    """What a load balancer speaks."""
    if load_balancers.is_existing(spec, balancer):
        return "existing listener"
    return "HTTPS" if spec.serves_https else "HTTP"


def host(spec: Spec, balancer: str | None = None) -> str:
    """What a load balancer listens on."""
    spoken = protocol(spec, balancer)
    if load_balancers.is_existing(spec, balancer):
        return f"an {spoken}"
    if balancer is not None:
        return f"{spoken} on private networks" if spec.balancers[balancer].private else f"{spoken} on the internet"
    return f"{spoken} {spec.domain}" if spec.domain else f"{spoken}, its AWS name"


def host_lines(spec: Spec, room: int) -> list[str]:
    """Its name in two lines at most, parted at a dot."""
    labels = (spec.domain or "its AWS name").split(".")
    first, *rest = wrap([*(f"{label}." for label in labels[:-1]), labels[-1]], room, LINE, between="")
    return [first, *([fit("".join(rest), room, LINE)] if rest else [])]


def firewall(spec: Spec, balancer: LoadBalancer) -> str:
    """Whether requests pass a firewall; the names of further load balancers, where there are any."""
    if spec.load_balancers:
        return f"further: {', '.join(spec.load_balancers)}"
    if balancer.listener_arn is not None:
        return "its owner's firewall"
    return "with AWS WAF" if balancer.waf.enabled else "no firewall"


def users(spec: Spec, x: int, y: int, width: int, height: int) -> Box:
    """Whoever sends requests to the load balancer."""
    lines: tuple[str, ...] = ("on the internet",)
    is_private = any(balancer.private for balancer in spec.balancers.values())
    if spec.balancers and not faces_internet(spec):
        lines = ("on private", "networks") if is_private else ("whom its", "owner admits")
    elif is_private:
        lines = ("on the internet", "and private")
    return Box("users", None, "card", x, y, width, height, "Users", lines, "users", is_tile=True)
