"""What several systems need, asserted on the generated files."""

from tests.cases.system import System

SLOW = 300  # seconds that a JVM may take to start on a small pod
INTERNET = ("0.0.0.0/0", 443, 443)
ELSEWHERE = "203.0.113.0/24"
AURORA, REDIS = "aws_rds_cluster", "aws_elasticache_replication_group"


def is_asked_by_grpc(case: System, *services: str) -> None:
    for service in services:
        probes = case.values(service)["probes"]
        assert {name: probe["grpc"]["port"] for name, probe in probes.items()} == dict.fromkeys(
            ("startup", "readiness", "liveness"), case.values(service)["port"]
        )


def calls(case: System, caller: str, callee: str, port: int) -> None:
    """By its short name, and through both groups."""
    assert case.names(caller)[callee] == f"{callee}.{callee}.svc.cluster.local"
    assert case.ports(callee)[port] in case.open_ports(caller, callee)


def logs_in_to_aurora(case: System, service: str, *, schema: str, role: str) -> None:
    """With a user and a password that the job makes, and the pods are given."""
    assert {"DATABASE_USER", "DATABASE_PASSWORD"} <= set(case.secret_variables(service))
    logins = {one["secret"].strip("${}"): one for one in case.database_users()["logins"]}
    login = logins[f"login_{service.replace('-', '_')}_secret_arn"]["database"]
    assert (login["schema"], login["role"]) == (schema, role)


def has_all_of_redis(case: System, service: str) -> None:
    """With a user and a password, and keys without a prefix."""
    assert {"REDIS_USER", "REDIS_PASSWORD"} <= set(case.secret_variables(service))
    (access,) = [one["cache"]["access"] for one in case.database_users()["logins"] if "cache" in one]
    assert access.startswith("on ~* ")
    assert case.env(service)["REDIS_KEY_PREFIX"] == ""


def reaches(case: System, service: str, host: str, port: int, cidr: str = ELSEWHERE) -> None:
    """A store that runs elsewhere: its name is in the environment, or its alias leads there; and the way is open."""
    assert host in case.names(service).values() or any(f"{host}:{port}" in one for one in case.env(service).values())
    assert (cidr, port, port) in case.egress(service)


def has_no_stores(case: System, *kinds: str) -> None:
    assert [kind for kind in kinds if "data" in case.stacks and case.resources("data", kind)] == []


def starts_slowly(case: System, *services: str) -> None:
    for service in services:
        assert case.seconds_to_start(service) >= SLOW
        assert case.values(service)["progressSeconds"] > SLOW
        (release,) = [one for name, one in case.resources(service, "helm_release").items() if "network" not in name]
        assert release["timeout"] > case.values(service)["progressSeconds"]


def is_a_worker(case: System, service: str) -> None:
    """Nothing connects to it, and nothing asks whether it is healthy."""
    assert case.values(service).get("port") is None
    assert case.network(service).get("port") is None
    assert "probes" not in case.values(service)
    assert case.resources(service, "aws_lb_target_group") == {}
