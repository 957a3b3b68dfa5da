"""An existing VPC and an existing load balancer in generated/: what is read, what is left out, and who may connect."""

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from modules.checks.check import check
from modules.design import connectivity, load_balancers
from modules.paths import ROOT
from modules.spec.model import Spec
from modules.synth.build import build
from tests.synth.conftest import Built, Json, stack
from tests.unit.conftest import TODAY

NETWORK, BALANCER = (ROOT / "examples" / f"existing-{name}" / "services.yaml" for name in ("network", "load-balancer"))
NOT_OURS = {
    "aws_vpc",
    "aws_subnet",
    "aws_route_table",
    "aws_nat_gateway",
    "aws_internet_gateway",
    "aws_vpc_endpoint",
    "aws_flow_log",
    "aws_default_security_group",
}


def _spec(file: Path) -> Spec:
    spec = check(file, TODAY).spec
    assert spec
    return spec


@pytest.fixture(scope="module")
def built() -> Built:
    return build(_spec(NETWORK))


def _resources(content: Json) -> set[str]:
    return set(content["resource"])


def test_nothing_of_an_existing_vpc_is_a_resource(built: Built) -> None:
    network = stack(built, "network")
    assert _resources(network) & NOT_OURS == set()
    own = {kind for kind in _resources(network) if not kind.startswith("aws_s3_bucket")}  # into which S3 writes logs
    assert own == {"aws_kms_alias", "aws_kms_key", "aws_sns_topic", "aws_sns_topic_policy"}
    assert set(network["data"]["aws_vpc_endpoint"]) == {"s3", "dynamodb", "ecr_api", "ecr_dkr", "logs", "sts"}


def test_the_outputs_have_the_names_that_the_other_stacks_read(built: Built) -> None:
    network = stack(built, "network")["output"]
    assert network["private_subnet_ids"]["value"] == ["subnet-0a1b2c3d4e5f60721", "subnet-0a1b2c3d4e5f60722"]
    names = {"vpc_id", "public_subnet_ids", "private_subnet_ids", "s3_prefix_list_id", "logs_key_arn"}
    assert names | {"dynamodb_prefix_list_id", "alarms_topic_arn"} < set(network)


def test_the_rules_of_the_cluster_follow_from_what_is_read(built: Built) -> None:
    cluster = stack(built, "cluster")["resource"]
    egress = cluster["aws_vpc_security_group_egress_rule"]["pods_endpoints"]
    read = "data.terraform_remote_state.network.outputs"
    assert egress["for_each"] == f"${{toset({read}.endpoints_security_group_ids)}}"
    assert egress["referenced_security_group_id"] == "${each.value}"
    ingress = cluster["aws_vpc_security_group_ingress_rule"]["cluster_api_vpc"]
    assert (ingress["for_each"], ingress["cidr_ipv4"]) == (f"${{toset({read}.vpc_cidr_blocks)}}", "${each.value}")


def test_the_dashboard_and_the_matrix_say_nothing_of_what_is_not_ours(built: Built) -> None:
    text = built["stacks/platform/cdk.tf.json"].decode()
    assert "NAT:" not in text
    assert "nat_gateway" not in text
    targets = {(edge.source, edge.target) for edge in connectivity.edges(_spec(NETWORK))}
    assert (connectivity.EVERY_SERVICE, "private endpoints") in targets
    assert (connectivity.VPC, "private endpoints") not in targets


def test_an_existing_load_balancer_gets_no_firewall_no_logs_and_no_alarms() -> None:
    spec = _spec(BALANCER)
    built = build(spec)
    edge = stack(built, "edge")
    assert _resources(edge) == {"aws_vpc_security_group_egress_rule"}
    rule: Any = stack(built, "web")["resource"]["aws_lb_listener_rule"]
    assert {one["listener_arn"] for one in rule.values()} == {
        "${data.terraform_remote_state.edge.outputs.listener_arn}"
    }
    sources = {edge.source for edge in connectivity.edges(spec) if edge.target == load_balancers.title(None)}
    assert sources == set()


def test_an_existing_load_balancer_may_be_reached_by_http_only_without_a_warning(tmp_path: Path) -> None:
    system = YAML(typ="safe").load(BALANCER.read_text())
    system.pop("accept")
    file = tmp_path / "services.yaml"
    YAML(typ="safe").dump(system, file)
    assert "http-only" not in {problem.code for problem in check(file, TODAY).warnings}
