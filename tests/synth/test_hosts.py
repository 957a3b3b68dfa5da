"""Hosts of services: rules, certificates and DNS records, all in the service's own stack."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from modules.design import listener_rules
from tests.support import made_up_states
from tests.support.random_specs import System
from tests.support.run_synth import command, shipped
from tests.synth.conftest import Built, Json, stack

Build = Callable[[System], Built]
DOMAIN = {
    "domain": "example.com",
    "hosted_zone": "Z0123456789ABCDEFGHIJ",
    "hosted_zones": {"example.org": "Z1111111111"},
}


def _built(build_system: Build, **services: System) -> Built:
    return build_system(shipped() | DOMAIN | {"services": services})


def _resources(files: Built, name: str) -> Json:
    return dict(stack(files, name)["resource"])


def test_a_host_below_the_domain_has_a_rule_and_a_record_and_the_domains_certificate(build_system: Build) -> None:
    files = _built(build_system, web={"path": "/", "host": "www.example.com"})
    web, edge = _resources(files, "web"), _resources(files, "edge")
    (rule,) = web["aws_lb_listener_rule"].values()
    assert rule["condition"] == [{"host_header": {"values": ["www.example.com"]}}]
    assert web["aws_route53_record"] == {
        "web_www_example_com": {
            "alias": {
                "evaluate_target_health": True,
                "name": "${data.terraform_remote_state.edge.outputs.load_balancer_dns_name}",
                "zone_id": "${data.terraform_remote_state.edge.outputs.load_balancer_zone_id}",
            },
            "name": "www.example.com",
            "type": "A",
            "zone_id": "Z0123456789ABCDEFGHIJ",
        }
    }
    assert not {"aws_acm_certificate", "aws_lb_listener_certificate"} & set(web)
    assert edge["aws_acm_certificate"]["main"]["subject_alternative_names"] == ["*.example.com"]


def test_another_host_has_certificate_proof_and_listener_certificate_in_the_services_stack(build_system: Build) -> None:
    files = _built(build_system, web={"path": "/", "host": ["*.example.org", "a-b.example.org"]})
    web = _resources(files, "web")
    certificates = web["aws_acm_certificate"]
    assert {one["domain_name"] for one in certificates.values()} == {"*.example.org", "a-b.example.org"}
    assert "web_wildcard_example_org_87158a" in certificates
    assert {one["zone_id"] for one in web["aws_route53_record"].values()} == {"Z1111111111"}
    assert set(web["aws_lb_listener_certificate"]) == set(web["aws_acm_certificate_validation"]) == set(certificates)
    attached = web["aws_lb_listener_certificate"]["web_wildcard_example_org_87158a"]
    assert attached["listener_arn"] == "${data.terraform_remote_state.edge.outputs.listener_arn}"
    assert attached["certificate_arn"].startswith("${aws_acm_certificate_validation.web_wildcard_example_org_87158a.")
    assert attached["lifecycle"] == {"create_before_destroy": True}


def test_many_hosts_are_as_many_rules_as_aws_takes_values_for(build_system: Build) -> None:
    named = [f"h{number}.example.com" for number in range(7)]
    files = _built(build_system, web={"path": ["/", "/api"], "host": named})
    rules = _resources(files, "web")["aws_lb_listener_rule"]
    counted = [[len(one["values"]) for part in rule["condition"] for one in part.values()] for rule in rules.values()]
    assert sorted(counted) == [[1, 2], [2], [3, 2], [3, 2], [5]]
    assert len({rule["priority"] for rule in rules.values()}) == len(rules)


def test_hosts_of_a_service_change_its_own_stack_and_no_other(build_system: Build) -> None:
    before = _built(build_system, web={"path": "/"}, api={"path": "/api"})
    after = _built(build_system, web={"path": "/"}, api={"path": "/api", "host": ["api.example.com", "x.example.org"]})
    assert {path.split("/")[1] for path in before if before[path] != after[path]} == {"api"}


def test_two_services_share_a_host_and_one_of_them_has_its_certificate(build_system: Build) -> None:
    files = _built(
        build_system, a={"path": "/api", "host": "x.example.org"}, web={"path": "/", "host": "x.example.org"}
    )
    assert set(_resources(files, "web")["aws_acm_certificate"]) == {"web_x_example_org"}
    assert "aws_acm_certificate" not in _resources(files, "a")
    assert "aws_route53_record" not in _resources(files, "a")


def _colliding() -> tuple[str, str]:
    seen: dict[int, str] = {}
    for number in range(10_000):
        path = f"/p{number}"
        if (other := seen.setdefault(listener_rules.priority(path), path)) != path:
            return other, path
    raise AssertionError


@pytest.mark.parametrize("deployed", ["old", "new"])
def test_where_two_rules_have_one_priority_it_is_written_for_the_service_that_is_not_deployed(
    tmp_path: Path, deployed: str
) -> None:
    one, two = _colliding()
    first = {"old": {"path": one}} if deployed == "old" else {"new": {"path": two}}
    system: dict[str, Any] = shipped() | {"services": first}
    subprocess.run(command(system, tmp_path), capture_output=True, check=True)
    made_up_states.apply(tmp_path / "generated")
    system["services"] = {"old": {"path": one}, "new": {"path": two}}
    run = command(system, tmp_path)
    done = subprocess.run(run, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    other = "new" if deployed == "old" else "old"
    number = listener_rules.priority(one) + 1
    assert f"services.yaml: priority: {number} was written under {other}" in done.stderr
    written = YAML(typ="safe").load((tmp_path / "services.yaml").read_text())["services"]
    assert written == {**system["services"], other: {**system["services"][other], "priority": number}}
    priorities = {
        name: [
            rule["priority"]
            for rule in json.loads((tmp_path / "generated/stacks" / name / "cdk.tf.json").read_text())["resource"][
                "aws_lb_listener_rule"
            ].values()
        ]
        for name in written
    }
    assert priorities == {deployed: [number - 1], other: [number]}


def test_a_check_writes_no_priority_and_says_which(tmp_path: Path) -> None:
    one, two = _colliding()
    run = command(shipped() | {"services": {"a": {"path": one}, "b": {"path": two}}}, tmp_path)
    before = (tmp_path / "services.yaml").read_bytes()
    done = subprocess.run([*run, "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"Write `priority: {listener_rules.priority(one) + 1}` under b." in done.stderr
    assert (tmp_path / "services.yaml").read_bytes() == before
