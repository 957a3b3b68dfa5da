"""What would make a system cheaper, each with what it gives up; only what is a valid services.yaml."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import NamedTuple

from modules.checks.rules import RULES
from modules.facts import aurora, eks
from modules.spec.model import Spec


class Variant(NamedTuple):
    """The same system with another value in services.yaml."""

    write: str
    gives_up: str
    spec: Spec


def variants(spec: Spec, today: date) -> Iterator[Variant]:
    """Those that differ from the system, and that the rules accept."""
    for write, gives_up, make in _VARIANTS:
        changed = make(spec, today)
        if changed is not None and changed != spec and not any(problem for rule in RULES for problem in rule(changed)):
            yield Variant(write, gives_up, changed)


def _in(spec: Spec, key: str, **values: object) -> Spec:
    """The same where it is left out."""
    part = getattr(spec, key)
    return spec.model_copy(update={key: part.model_copy(update=values)}) if part else spec


def _without(key: str) -> Callable[[Spec, date], Spec]:
    """`none` in its place: the rules refuse that where a service needs it."""
    return lambda spec, today: spec.model_copy(update={key: None})


def _supported(spec: Spec, today: date) -> Spec | None:
    support = eks.VERSIONS.get(spec.cluster.version)
    is_extended = support is not None and today > support.standard
    return _in(spec, "cluster", version=eks.DEFAULT_VERSION) if is_extended else None


def _single_nat(spec: Spec, today: date) -> Spec:
    return _in(spec, "network", nat_gateways="single")


def _two_zones(spec: Spec, today: date) -> Spec | None:
    if spec.network.vpc_id is not None:  # its subnets are in these zones
        return None
    return spec.model_copy(update={"zones": spec.zones[:2]})


def _few_endpoints(spec: Spec, today: date) -> Spec | None:
    if spec.network.vpc_id is not None:  # they are not the system's own
        return None
    return _in(spec, "network", endpoints=("s3",))


def _one_instance(spec: Spec, today: date) -> Spec:
    return _in(spec, "database", instances=1)


def _least_acu(spec: Spec, today: date) -> Spec | None:
    is_more = spec.database is not None and spec.database.min_acu > aurora.ACU_STEP
    return _in(spec, "database", min_acu=aurora.ACU_STEP) if is_more else None


def _pause(spec: Spec, today: date) -> Spec:
    return _in(spec, "database", min_acu=0)


def _two_nodes(spec: Spec, today: date) -> Spec:
    return _in(spec, "cache", nodes=2)


def _no_firewall(spec: Spec, today: date) -> Spec | None:
    if spec.load_balancer is None:
        return None
    waf = spec.load_balancer.waf.model_copy(update={"enabled": False})
    return _in(spec, "load_balancer", waf=waf)


def _no_flow_logs(spec: Spec, today: date) -> Spec | None:
    if spec.network.vpc_id is not None:  # they are not the system's own
        return None
    return _in(spec, "network", flow_logs=False)


def _one_pod(spec: Spec, today: date) -> Spec:
    """`max_pods` stays as it is, also where it follows from `pods`."""
    services = {
        name: service.model_copy(update={"pods": 1, "max_pods": service.max_replicas})
        for name, service in spec.services.items()
        if service.pods > 1
    }
    return spec.model_copy(update={"services": {**spec.services, **services}})


# Aurora without a reader: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.AuroraHighAvailability.html;
# a pause: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2-auto-pause.html.
_VARIANTS: tuple[tuple[str, str, Callable[[Spec, date], Spec | None]], ...] = (
    (
        f'cluster: {{version: "{eks.DEFAULT_VERSION}"}}',
        "nothing but the work of an upgrade, one minor version at a time",
        _supported,
    ),
    (
        "network: {nat_gateways: single}",
        "the internet for all zones when that of the gateway fails; bytes between zones are billed",
        _single_nat,
    ),
    (
        "network: {endpoints: [s3]}",
        "the private way to other AWS services: their traffic leaves through NAT, which bills each GB",
        _few_endpoints,
    ),
    (
        "zones: two instead of three",
        "half of the pods instead of a third when a zone fails; only before the first apply, it can't be changed later",
        _two_zones,
    ),
    (
        "database: none",
        "nothing that a service uses: none has `rds`",
        _without("database"),
    ),
    (
        "database: {instances: 1}",
        "the second instance that takes over within a minute; a new one takes about ten, and there is no reader",
        _one_instance,
    ),
    (
        "database: {min_acu: 0.5}",
        "speed after a quiet time: Aurora grows from there; at most 2,000 connections",
        _least_acu,
    ),
    (
        "database: {min_acu: 0}",
        "15 seconds and more at the first connection after a pause; while one is open, Aurora never pauses",
        _pause,
    ),
    (
        "cache: none",
        "nothing that a service uses: none has `redis`",
        _without("cache"),
    ),
    (
        "cache: {nodes: 2}",
        "replicas that can be read, and one that remains after a failure",
        _two_nodes,
    ),
    (
        "load_balancer: none",
        "nothing that a service uses: none has a `path:`",
        _without("load_balancer"),
    ),
    (
        "load_balancer: {waf: {enabled: false}}",
        "the firewall: rules against known attacks, and a limit of requests an address",
        _no_firewall,
    ),
    (
        "network: {flow_logs: false}",
        "the record of who connected to whom, which is asked for after an incident",
        _no_flow_logs,
    ),
    (
        "pods: 1, and max_pods as it is",
        "the second pod, in another zone: the service is away while its only pod is replaced after a failure",
        _one_pod,
    ),
)
