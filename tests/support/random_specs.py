"""Random systems for property tests: valid ones, and ways to make one invalid."""

import copy
import io
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from ruamel.yaml import YAML

from modules.facts import fargate, vpc
from modules.permissions import KINDS
from modules.spec.pod_size import render_gb

System = dict[str, Any]

_SIZES = [(cpu, render_gb(gb)) for cpu, memories in fargate.SIZES.items() for gb in memories]
# Kinds that need options, so that a list of words can't have them; of `ses` a rule needs one option of two.
_WITH_OPTIONS = {
    "ses",
    *(word for word, kind in KINDS.items() if any(key.is_required() for key in kind.options.model_fields.values())),
}
# As long as a name may be, one letter, digits, and some between.
_NAMES = ["a", "user-service", "order-service", "b2", "x" * 45, "payments", "long-name-with-many-hyphens-in-it-1"]


def render(system: System) -> str:
    """The system as the text of a services.yaml."""
    stream = io.StringIO()
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.representer.ignore_aliases = lambda *_: True
    yaml.dump(system, stream)
    return stream.getvalue()


@st.composite
def valid(draw: st.DrawFn, most_services: int = 4, *, own_network: bool = False) -> System:
    """A system without a mistake, its references backwards, so without a cycle. `own_network`: in no VPC of others."""
    names = draw(st.lists(st.sampled_from(_NAMES), unique=True, max_size=most_services))
    services: dict[str, Any] = {}
    for number, name in enumerate(names):
        services[name] = draw(_service(number, services))
    system: System = {
        "project": draw(st.sampled_from(["shop", "a1", "twenty-letters-long1"])),
        "region": "eu-west-1",
        "services": services,
    }
    optional: dict[str, st.SearchStrategy[Any]] = {
        "zones": st.lists(st.sampled_from(list(vpc.ZONE_LETTERS)), min_size=3, unique=True),
        "account": st.just("111122223333"),
        "deployer_role": st.just("arn:aws:iam::111122223333:role/deployer"),
        "permissions_boundary": st.sampled_from(
            ["arn:aws:iam::111122223333:policy/bounds/shop", "arn:aws:iam::aws:policy/PowerUserAccess"]
        ),
        "deployer": st.sampled_from(DEPLOYERS),
        "registry": st.just({"pull_accounts": ["444455556666", "555566667777"]}),
        "image_mirror": st.sampled_from(
            ["registry.example.com", "111122223333.dkr.ecr.eu-west-1.amazonaws.com/mirror"]
        ),
        "protection": st.booleans(),
        "alarm_email": st.just("ops@example.com"),
        "tags": st.just({"Team": "shop"}),
        "log_days": st.sampled_from([30, 365]),
        "state": st.sampled_from(
            [{"s3": {"bucket": "shop-terraform-state"}}, {"hcp": {"organization": "acme", "project": "Web shop"}}]
        ),
        "network": st.fixed_dictionaries(
            {},
            optional={
                "cidr": st.sampled_from(["10.0.0.0/16", "10.9.0.0/21", "192.168.0.0/18"]),
                "nat_gateways": st.sampled_from(["single", "per-zone"]),
                "flow_logs": st.booleans(),
                "endpoints": st.one_of(st.just("auto"), st.lists(st.sampled_from(list(vpc.ENDPOINTS)), unique=True)),
            },
        ),
        "cluster": st.fixed_dictionaries(
            {},
            optional={
                "version": st.sampled_from(["1.31", "1.36"]),
                "api_access": st.just(["8.8.8.8/32"]),
                "admins": st.just(
                    ["arn:aws:iam::111122223333:role/platform", "arn:aws:iam::111122223333:user/ops/ann"]
                ),
                "addons": st.just({"coredns": "v1.11.4-eksbuild.2"}),
                "fargate_profiles": st.sampled_from(["all", "shared"]),
                "teams": _teams(sorted(services)),
            },
        ),
        "load_balancer": _BALANCER,
    }
    if not any(service and "path" in service for service in services.values()):
        optional["load_balancer"] = st.just("none") | optional["load_balancer"]
    for key, word in (("database", "rds"), ("cache", "redis")):
        if not any(service and word in service["aws"] for service in services.values()):
            optional[key] = st.just("none")
    for key in draw(st.lists(st.sampled_from(sorted(optional)), unique=True)):
        system[key] = draw(optional[key])
    if "deployer" in system:
        system.pop("deployer_role", None)
    if any(team["access"] == "deploy" for team in system.get("cluster", {}).get("teams", {}).values()):
        system["permissions_boundary"] = draw(optional["permissions_boundary"])
        system.pop("deployer_role", None)
    if not own_network and draw(st.integers(0, 3)) == 3:
        system["network"] = draw(_existing_network(len(system.get("zones", "abc"))))
        if system.get("load_balancer") != "none" and draw(st.booleans()):
            system["load_balancer"] = {"listener_arn": LISTENER}
    if "vpc_id" not in system.get("network", {}) and system.get("cluster", {}).get("fargate_profiles") != "shared":
        named = draw(st.lists(st.sampled_from(sorted(services)), unique=True, max_size=2)) if services else []
        if named:
            system["network"] = {**system.get("network", {}), "secondary_cidrs": {"100.64.0.0/18": named}}
    if system.get("load_balancer") != "none" and draw(st.booleans()):
        system["load_balancers"] = draw(_further_balancers(services))
    return system


_PROVIDERS = "arn:aws:iam::111122223333:oidc-provider"
DEPLOYERS: list[System] = [
    {
        "oidc_provider": f"{_PROVIDERS}/token.actions.githubusercontent.com",
        "plan": ["repo:acme/shop:pull_request", "repo:acme/shop:ref:refs/heads/*"],
        "apply": "repo:acme/shop:environment:base",
    },
    {
        "oidc_provider": f"{_PROVIDERS}/gitlab.example.com",
        "plan": "project_path:acme/shop:*",
        "apply": "project_path:acme/shop:ref_type:branch:ref:main",
    },
]
_BALANCER = st.fixed_dictionaries(
    {},
    optional={
        "private": st.booleans(),
        "waf": st.fixed_dictionaries(
            {},
            optional={
                "enabled": st.booleans(),
                "rate": st.integers(10, 10**6),
                "rules": st.sampled_from(["block", "count"]),
            },
        ),
    },
)


@st.composite
def _further_balancers(draw: st.DrawFn, services: dict[str, Any]) -> System:
    """Up to three, and routed services that go over to them, each with a host of its own."""
    of_all = ["internal", "internal-waf", "logs", "alarms", "shared"]
    names = draw(st.lists(st.sampled_from(of_all), unique=True, min_size=1, max_size=3))
    for number, service in enumerate(services.values()):
        if service and "path" in service and (balancer := draw(st.sampled_from([None, *names]))):
            hosts = [f"h{number}.example.com", f"*.h{number}.example.com"]  # two rules
            service.update(load_balancer=balancer, host=hosts, priority=2 * number + 1)
    shared = {"listener_arn": LISTENER.replace("shared", "other")}
    return {name: shared if name == "shared" and draw(st.booleans()) else draw(_BALANCER) for name in names}


@st.composite
def _teams(draw: st.DrawFn, services: list[str]) -> System:
    if not services:
        return {}
    listed = st.lists(st.sampled_from(services), unique=True, min_size=1)
    return {
        name: {
            "services": draw(listed),
            "role": f"arn:aws:iam::111122223333:role/{name}",
            "access": draw(st.sampled_from(["view", "edit", "deploy"])),
        }
        for name in draw(st.lists(st.sampled_from(["support", "team-2"]), unique=True))
    }


LISTENER = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/shared/50dc6c495c0c9188/f2f7dc8efc522ab2"


@st.composite
def _existing_network(draw: st.DrawFn, zones: int) -> System:
    subnets = {
        f"{kind}_subnet_ids": [f"subnet-0a1b2c3d4e5f6{start}{number}" for number in range(zones)]
        for kind, start in (("public", 10), ("private", 20))
    }
    endpoints = draw(st.lists(st.sampled_from(list(vpc.ENDPOINTS)), unique=True))
    return {"vpc_id": "vpc-0a1b2c3d4e5f60718", "endpoints": endpoints, **subnets}


_CONTAINERS: list[Any] = [
    None,
    {"image": "v1", "user": 1000, "writable": {"/var/cache": "empty", "/etc/app": "copied"}},
    {"image": "v1", "files": {"/etc/app/itself": "services.yaml"}, "storage": 50, "pull_secret": "registry"},
    {
        "image": "v1",
        "env": {"A": "1"},
        "sidecars": {"proxy": {"image": "ghcr.io/a/proxy:1", "cpu": 0.02, "env": {"B": "${x}"}}},
        "init": {"migrate": {"command": ["/migrate"], "env": {"A": "2", "C": "$(A)"}}, "second": {}},
    },
    {"labels": {"example.com/team": "shop"}, "annotations": {"note": "${x}"}, "aliases": {"db": "db.example.com"}},
]
# What `make adopt` writes of a resource with all that can be attached to it; `{}` is the service's number.
_ADOPTED: dict[str, dict[str, Any]] = {
    "s3": {"adopt": {"name": "files-{}", "attached": ["encryption", "ownership", "policy", "versioning"]}},
    "dynamodb": {"adopt": {"name": "table-{}"}, "partition_key": {"name": "pk", "type": "N"}},
    "sqs": {"adopt": {"url": "https://sqs.eu-west-1.amazonaws.com/111122223333/queue-{}", "attached": "policy"}},
    "sns": {"adopt": {"arn": "arn:aws:sns:eu-west-1:111122223333:topic-{}"}},
    "kms": {"adopt": {"id": "1234abcd-12ab-34cd-56ef-12345678900{}", "attached": "alias"}},
    "secrets": {"adopt": {"arn": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:s-{}-AbCdEf"}},
}
_EGRESS: list[Any] = [
    None,
    "internet",
    {"to": "203.0.113.0/24", "ports": [9092, 9093]},
    ["internet", {"ports": 587}, {"to": ["198.51.100.0/24", "192.0.2.7/32"]}],
]
_PORTS: list[Any] = [
    None,
    {"port": 80},
    {"ports": {"80": 8080, "9090": 9090}, "drain": "2m"},
    {"port": 9000, "ports": {"443": 443}, "protocol": "http", "stop": "1m"},
]
_WORKERS: list[Any] = [
    {"port": "none"},
    {"port": "none", "stop": 120, "health": {"command": ["/alive"], "start": "1m"}},
]
_TIMES: System = {"start": "0 8 * * 1-5", "end": "0 18 * * 1-5", "pods": 3, "time_zone": "Europe/Berlin"}
_SCALES: list[System] = [{"cpu": 50}, {"cpu": 60, "memory": 80}, {"memory": 70, "times": [_TIMES]}, {"times": [_TIMES]}]
_JOBS: System = {
    "remind": {"schedule": "30 9 * * MON-FRI", "time_zone": "Europe/Berlin", "command": ["/remind", "${x}"]},
    "j" * 60: {"schedule": "@daily", "overlap": "replace", "deadline": "90s", "retries": 3, "command": "/a"},
}
_JOBS_ONLY: list[Any] = [{"pods": 0, "jobs": _JOBS}, {"pods": 0, "image": "v1", "jobs": {"a": {"schedule": "@hourly"}}}]
_WORKERS.append({"port": "none", "image": "v1", "jobs": _JOBS, "before_deploy": {"command": "/migrate"}})
_ROUTED_HEALTH: list[Any] = [
    None,
    "/up?deep=1",
    {"path": "/up", "tcp": True, "interval": "30s", "start": "5m", "live": "none"},
]
_HEALTH: list[Any] = [None, "/up", "none", {"grpc": True, "port": 9000}, {"command": ["/ok", "${x}"], "unhealthy": 5}]


_SECRETS: list[System | None] = [
    None,
    {"API_KEY": "own", "SENTRY_DSN": "shared/sentry", "/etc/keys/api.key": {"key": "api-key"}},
    {"DSN": {"from": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:mail-AbCdEf", "key": "dsn"}},
]


def servers(services: System) -> list[str]:
    """Those that others can call."""
    return sorted(
        name
        for name, service in services.items()
        if (service or {}).get("port") != "none" and (service or {}).get("pods") != 0
    )


@st.composite
def _way_in(draw: st.DrawFn, number: int) -> System:
    """What is routed to a service, on which port, and how its health is checked; a worker has none of it."""
    kind = draw(st.integers(0, 5))
    if kind > 3:
        return copy.deepcopy(draw(st.sampled_from(_WORKERS if kind == 4 else _JOBS_ONLY)))
    is_routed = kind < 2
    way: System = {"path": f"/api/{number}", "priority": number + 1} if is_routed else {}
    if health := draw(st.sampled_from(_ROUTED_HEALTH if is_routed else _HEALTH)):
        way["health"] = health
    return way | (draw(st.sampled_from(_PORTS)) or {})


@st.composite
def _service(draw: st.DrawFn, number: int, before: dict[str, Any]) -> System | None:
    cpu, memory = draw(st.sampled_from(_SIZES))
    service: System = {"cpu": cpu, "memory": memory, "pods": draw(st.integers(1, 4))}
    service.update(draw(_way_in(number)))
    if egress := draw(st.sampled_from(_EGRESS)):
        service.update(egress=egress)
    is_jobs_only = service["pods"] == 0
    if container := draw(
        st.sampled_from([one for one in _CONTAINERS if not is_jobs_only or "sidecars" not in (one or {})])
    ):
        service.update(container)
    if secrets := draw(st.sampled_from(_SECRETS)):
        service.update(secrets=secrets)
    if draw(st.booleans()):
        service.update(renamed_from=[f"early-{number}", f"late-{number}"])
    service["aws"] = draw(_permissions(number, before))
    if not is_jobs_only and draw(st.booleans()):
        service.update(draw(_scale(service)))
    callees = servers(before)
    if len(callees) > 0 and draw(st.booleans()):
        service["calls"] = [draw(st.sampled_from(callees))]
    return service


@st.composite
def _scale(draw: st.DrawFn, service: System) -> System:
    """What its number of pods follows, as far as its way in and its queue let it."""
    scale = draw(st.sampled_from(_SCALES)) | ({"requests": 500} if "path" in service else {})
    if "sqs" in service["aws"]:
        scale = {**scale, "queue": draw(st.integers(1, 100))}
    is_idle = "queue" in scale and service.get("port") == "none" and draw(st.booleans())
    return {"scale": scale, "max_pods": 4} | ({"pods": 0} if is_idle else {})


@st.composite
def _permissions(draw: st.DrawFn, number: int, before: dict[str, Any]) -> list[str] | System:
    # An address that mail is sent from belongs to one service.
    free = [word for word in KINDS if word != "ses" or not any("ses" in other["aws"] for other in before.values())]
    words = draw(st.lists(st.sampled_from(free), unique=True, max_size=4))
    if not _WITH_OPTIONS & set(words) and draw(st.booleans()):
        return words
    options = {word: copy.deepcopy(KINDS[word].example) for word in words}
    for word in {"rds", "redis"} & options.keys():
        options[word] = draw(st.sampled_from([{}, {"login": "password"}]))
    topics = [name for name, other in before.items() if other and "sns" in other["aws"]]
    if topics and "sqs" in options:
        wanted = {"filter": {topics[0]: {"event": ["${x}", "order-*"], "kind": "a"}}, "delay": "5m"}
        options["sqs"] = {"subscribe": topics, **(wanted if draw(st.booleans()) else {})}
    elif "sqs" in options and draw(st.booleans()):
        options["sqs"] = {"fifo": True, "content_based_deduplication": True}
    buckets = [one for one, other in before.items() if other and "s3" in other["aws"] and "adopt" not in str(other)]
    if buckets and "sqs" in options and "fifo" not in options["sqs"] and draw(st.booleans()):
        options["sqs"] = {**options["sqs"], "from": [{"s3": buckets[0], "prefix": "${x}/"}, {"s3": buckets[0]}]}
    if "sns" in options and draw(st.booleans()):
        options["sns"] = {"fifo": True}
    if draw(st.integers(0, 3)) == 3:
        adopted = {word: _numbered(one, number) for word, one in _ADOPTED.items() if word in words}
        return {**options, **adopted}
    return options


def _numbered(value: Any, number: int) -> Any:
    match value:
        case str():
            return value.replace("{}", str(number))
        case dict():
            return {key: _numbered(one, number) for key, one in value.items()}
        case list():
            return [_numbered(one, number) for one in value]
    return value


# Each makes any valid system invalid; (name, change).
MUTATIONS: list[tuple[str, Callable[[System], object]]] = [
    ("no project", lambda system: system.pop("project")),
    ("no services", lambda system: system.pop("services")),
    ("services as text", lambda system: system.update(services="a")),
    ("unknown key", lambda system: system.update(servces={})),
    ("project with a capital", lambda system: system.update(project="Shop")),
    ("region as a number", lambda system: system.update(region=1)),
    ("one zone", lambda system: system.update(zones=["a"])),
    ("account as a number", lambda system: system.update(account=111122223333)),
    ("protection as text", lambda system: system.update(protection="maybe")),
    ("network as a list", lambda system: system.update(network=[1])),
    ("small network", lambda system: system.update(network={"cidr": "10.0.0.0/28"})),
    ("no range", lambda system: system.update(network={"cidr": "10.0.0/16"})),
    ("unknown endpoint", lambda system: system.update(network={"endpoints": ["s33"]})),
    ("version as a number", lambda system: system.update(cluster={"version": 1.36})),
    ("a code that accepts too much", lambda system: system.update(accept=["privilege-escalation"])),
    ("an escalation without resource", lambda system: system.update(accept_escalations={"a": {"iam:PassRole": []}})),
    ("unknown code", lambda system: system.update(accept=["nat"])),
    ("service with a capital", lambda system: system["services"].update(Cart={})),
    ("reserved service", lambda system: system["services"].update(network={})),
    ("service as a list", lambda system: system["services"].update(z=[1])),
    ("unknown permission", lambda system: system["services"].update(z={"aws": ["s33"]})),
    ("unknown option", lambda system: system["services"].update(z={"aws": {"sqs": {"fifos": True}}})),
    ("long delay", lambda system: system["services"].update(z={"aws": {"sqs": {"delay": "16m"}}})),
    ("permission as a number", lambda system: system["services"].update(z={"aws": [7]})),
    ("no such service", lambda system: system["services"].update(z={"calls": ["nobody"]})),
    ("itself", lambda system: system["services"].update(z={"calls": ["z"]})),
    ("a cycle", lambda system: system["services"].update(y={"calls": ["z"]}, z={"calls": ["y"]})),
    ("one path twice", lambda system: system["services"].update(y={"path": "/q"}, z={"path": "/q"})),
    ("no pods", lambda system: system["services"].update(z={"pods": 0})),
    ("odd size", lambda system: system["services"].update(z={"cpu": 0.3})),
    ("sender without address", lambda system: system["services"].update(z={"aws": ["ses"]})),
    ("no database", lambda system: system.update(database="none", services={"z": {"aws": ["s3", "rds"]}})),
    ("no cache", lambda system: system.update(cache="none", services={"z": {"aws": {"redis": {}}}})),
    ("secret itself", lambda system: system["services"].update(z={"secrets": {"A": "hunter2"}})),
    ("host of another", lambda system: system["services"].update(z={"path": "/z", "load_balancer": "nowhere"})),
    ("no load balancer", lambda system: system.update(load_balancer="none", services={"z": {"path": "/z"}})),
    ("half acu", lambda system: system.update(database={"min_acu": 0.7})),
]


@st.composite
def invalid(draw: st.DrawFn) -> System:
    """A valid system with one mistake in it."""
    system = copy.deepcopy(draw(valid()))
    _, mutate = draw(st.sampled_from(MUTATIONS))
    mutate(system)
    return system
