"""What `petclinic` needs."""

from tests.cases.needs.common import INTERNET, calls, starts_slowly
from tests.cases.system import Left, Needs, System


def _config(case: System) -> None:
    for service in set(case.spec.services) - {"config-server", "tracing-server"}:
        calls(case, service, "config-server", 8888)


def _internet(case: System) -> None:
    for service in ("genai-service", "config-server"):
        rules = case.resources(service, "aws_vpc_security_group_egress_rule").values()
        assert [one["description"] for one in rules if "declared under egress" in one["description"]]
        assert INTERNET in case.egress(service)


def _start(case: System) -> None:
    starts_slowly(case, *(set(case.spec.services) - {"tracing-server"}))


def _secret(case: System) -> None:
    assert case.secret_variables("genai-service") == ["OPENAI_API_KEY"]
    assert len(case.resources("genai-service", "aws_secretsmanager_secret")) == 1


NEEDS: Needs = {
    "a config server by its short name": _config,
    "the internet": _internet,
    "slow starts": _start,
    "secrets as variables": _secret,
}

LEFT: Left = ()
