"""Why a service may reach the internet, and how the matrix says it."""

import re
from pathlib import Path

import pytest

from modules.cli import command_line
from modules.design import connectivity
from modules.facts import vpc
from modules.permissions import KINDS
from modules.reports import matrix
from modules.spec.model import Spec
from tests.unit.conftest import Check, mistakes

SEED = ", ".join(vpc.SEED_ENDPOINTS)
ECR = "111122223333.dkr.ecr.{}.amazonaws.com/shop:1"


def _spec(system: Check, services: str, endpoints: str = "auto") -> Spec:
    result = system(services, platform=f"network: {{endpoints: {endpoints}}}\n")
    assert result.spec is not None, mistakes(result)
    return result.spec


@pytest.mark.parametrize(
    ("service", "endpoints", "reasons"),
    [
        ("image: v1, aws: [s3, sqs, dynamodb, redis]", "auto", ()),
        (f"image: {ECR.format('eu-west-1')}", "auto", ()),
        ("aws: [s3]", "auto", ("image from a public registry (placeholder)",)),
        ("image: ghcr.io/shop/a:1", "auto", ("image from ghcr.io",)),
        ("image: library/nginx:1", "auto", ("image from docker.io",)),
        (f"image: {ECR.format('us-east-1')}", "auto", ("image from 111122223333.dkr.ecr.us-east-1.amazonaws.com",)),
        ("image: v1, aws: [sqs, s3]", f"[{SEED}]", ("no private endpoint: sqs",)),
        ("image: v1", "[logs, sts, ecr-api]", ("no private endpoint: ecr-dkr, s3",)),
        ("image: v1, aws: [rds]", f"[{SEED}]", ()),
    ],
)
def test_the_internet_is_open_for_these_reasons(
    system: Check, service: str, endpoints: str, reasons: tuple[str, ...]
) -> None:
    spec = _spec(system, f"a: {{{service}}}", endpoints)
    assert connectivity.internet_egress_reasons(spec, spec.services["a"]) == reasons


def test_statements_of_ones_own_open_the_way_to_what_they_name(system: Check) -> None:
    parameter = "arn:aws:ssm:eu-west-1:111122223333:parameter/a"
    statement = f"{{actions: [ssm:GetParameter], resources: ['{parameter}']}}"
    spec = _spec(system, f"a: {{image: v1, statements: {{Parameters: {statement}}}}}")
    assert connectivity.internet_egress_reasons(spec, spec.services["a"]) == ("no private endpoint: ssm",)


@pytest.mark.parametrize(
    ("action", "resource", "missing"),
    [
        ("ecr:GetAuthorizationToken", "arn:aws:ecr:eu-west-1:111122223333:repository/a", ()),
        (
            "cloudwatch:GetDashboard",
            "arn:aws:cloudwatch::111122223333:dashboard/a",
            ("no private endpoint: monitoring",),
        ),
        ("elasticache:Connect", "arn:aws:elasticache:eu-west-1:111122223333:user:a", ()),
    ],
)
def test_a_statement_is_held_against_the_endpoints_that_its_calls_take(
    system: Check, action: str, resource: str, missing: tuple[str, ...]
) -> None:
    spec = _spec(
        system,
        f"a: {{image: v1, statements: {{Own: {{actions: ['{action}'], resources: ['{resource}']}}}}}}",
        f"[{SEED}]",
    )
    assert connectivity.internet_egress_reasons(spec, spec.services["a"]) == missing


def test_the_matrix_names_ports_owners_and_topics(system: Check) -> None:
    spec = _spec(
        system,
        """
        a: {path: /a, port: 9000, aws: [sns, s3, redis]}
        b: {calls: [a], aws: {sqs: {subscribe: [a]}, s3: {of: a, access: write}}}
        """,
    )
    rows = [tuple(row[:3]) for row in matrix.connections(spec)]
    assert ("load balancer", "a", "1-10249, 10251-65535") in rows
    assert ("a", "Redis", "6379") in rows
    assert ("b", "a", "9000") in rows
    lines = [line.split("  ") for line in matrix.render(spec).splitlines() if line.startswith("b ")]
    assert "a: write" in lines[-1]
    assert "own, from a" in lines[-1]


def test_the_matrix_names_whose_part_of_a_shared_store_is_used(system: Check) -> None:
    spec = _spec(
        system,
        """
        a: {aws: {rds: {login: password}, redis: {prefix: none}}}
        b: {aws: {rds: {of: a}, redis: {of: a, access: write, pubsub: true}}, secrets: {DSN: shared/sentry}}
        """,
    )
    assert {("b", "Aurora", "5432"), ("b", "Redis", "6379")} <= {row[:3] for row in matrix.connections(spec)}
    uses = {name: one["uses"] for name, one in matrix.as_json(spec)["permissions"].items()}
    assert uses == {
        "a": {"rds": "own, password", "redis": "own, all keys"},
        "b": {"rds": "a: read", "redis": "a: write, channels", "secrets": "shared/sentry: values"},
    }


def test_by_https_the_matrix_has_both_ports(system: Check) -> None:
    result = system(platform="domain: shop.example.com\nhosted_zone: Z0123456789ABCDEFGHIJ\n")
    assert result.spec is not None
    rows = {(row[1], row[2]): row[3] for row in matrix.connections(result.spec) if row[0] == "internet"}
    assert rows == {("load balancer", "80"): "redirects to HTTPS", ("load balancer", "443"): "requests"}


@pytest.mark.parametrize(
    ("declared", "sources"), [("{}", {"internet"}), ("{private: true}", {"private networks"}), ("none", set())]
)
def test_the_matrix_says_from_where_the_load_balancer_is_reached(
    system: Check, declared: str, sources: set[str]
) -> None:
    result = system("a: {image: v1}", platform=f"network: {{endpoints: auto}}\nload_balancer: {declared}\n")
    assert result.spec is not None
    assert {row[0] for row in matrix.connections(result.spec) if row[1] == "load balancer"} == sources


def test_a_mistake_ends_with_its_place_and_no_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "services.yaml"
    file.write_text("project: shop\nregion: eu-west-1\nservices: {a: {aws: [sqss]}}\n")
    assert command_line.main(["matrix", "--file", str(file)]) == 1
    output = capsys.readouterr()
    assert output.out == ""
    assert '"sqss" is not a valid permission.' in output.err


def test_declared_ways_out_are_edges_and_the_internet_is_named_once(system: Check) -> None:
    spec = system("a: {image: v1, egress: [internet, {ports: 587}, {to: 203.0.113.0/24, ports: [9092, 9093]}]}").spec
    assert spec is not None
    ways = [(edge.target, edge.ports, edge.why) for edge in connectivity.edges(spec) if edge.source == "a"]
    declared = "declared under egress"
    assert ways == [
        ("internet", ((443, 443),), declared),
        ("internet", ((587, 587),), declared),
        ("203.0.113.0/24", ((9092, 9092),), declared),
        ("203.0.113.0/24", ((9093, 9093),), declared),
    ]


@pytest.mark.parametrize("columns", [80, 100, 120])
def test_the_matrix_is_no_wider_than_the_terminal_and_loses_no_word(system: Check, columns: int) -> None:
    services = "order-service:\n  aws: [sqs, sns, dynamodb, kms, athena]\nb:\n  calls: [order-service]\n"
    spec = system(services).spec
    assert spec
    narrow, wide = matrix.render(spec, columns), matrix.render(spec)
    headings = ("Who may open", "What each service may")
    assert [line for line in narrow.splitlines() if len(line) > columns and not line.startswith(headings)] == []
    words = set(re.findall(r"[\w/.-]+", wide)) - {"statements"} - {word for word in KINDS if word not in services}
    assert {word for word in words if word not in narrow and set(word) != {"-"}} == set()
