"""What Terraform and the chart say of a rollout agrees: how a pod drains, how long it may take, how much starts."""

import json
import re
from typing import Any

import pytest
from ruamel.yaml import YAML

from modules.design import rollout
from modules.paths import ROOT
from tests.support import helm

STACKS = ROOT / "tests" / "golden" / "architecture" / "generated" / "stacks"
SERVICES = sorted(path.parent.name for path in STACKS.glob("*/values.yaml"))
GROUPS = {"${pods_security_group_id}": "sg-0123456789abcdef0", "${security_group_id}": "sg-0fedcba9876543210"}


def _declared(service: str, kind: str) -> dict[str, Any]:
    resources = json.loads((STACKS / service / "cdk.tf.json").read_text())["resource"]
    return dict(resources[kind][service.replace("-", "_")])


def _deployment(service: str) -> dict[str, Any]:
    """The Deployment that the service's values make, with any ids in place of those that Terraform fills in."""
    text = (STACKS / service / "values.yaml").read_text()
    values = YAML(typ="safe").load(re.sub(r"\$\{\w+\}", lambda found: GROUPS.get(found[0], "value"), text))
    return dict(helm.objects(helm.PODS, values)["Deployment"]["spec"])


def test_all_services_have_values() -> None:
    assert len(SERVICES) == 5


@pytest.mark.parametrize("service", SERVICES)
def test_a_pod_runs_until_its_target_is_deregistered_and_then_has_time_to_stop(service: str) -> None:
    """Whoever changes the delay, the sleep or the grace period alone fails here."""
    delay = int(_declared(service, "aws_lb_target_group")["deregistration_delay"])
    pod = _deployment(service)["template"]["spec"]
    (server,) = pod["containers"]
    sleep = server["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert sleep == delay + 10
    assert pod["terminationGracePeriodSeconds"] == sleep + 30
    assert _declared(service, "helm_release")["timeout"] > pod["terminationGracePeriodSeconds"]


@pytest.mark.parametrize("service", SERVICES)
def test_a_rollout_has_time_for_the_slowest_start_that_the_probes_allow(service: str) -> None:
    deployment = _deployment(service)
    (server,) = deployment["template"]["spec"]["containers"]
    startup, readiness = server["startupProbe"], server["readinessProbe"]
    start = startup["periodSeconds"] * startup["failureThreshold"]
    assert (start, readiness["periodSeconds"]) == (150, 5)
    check = _declared(service, "aws_lb_target_group")["health_check"]
    healthy = check["interval"] * check["healthy_threshold"] + check["timeout"]
    deadline = deployment["progressDeadlineSeconds"]
    assert deadline >= 120 + start + readiness["periodSeconds"] + healthy
    assert _declared(service, "helm_release")["timeout"] > deadline


@pytest.mark.parametrize("service", SERVICES)
def test_as_many_pods_start_at_once_as_the_quota_and_the_timeout_are_counted_for(service: str) -> None:
    assert _deployment(service)["strategy"] == {
        "type": "RollingUpdate",
        "rollingUpdate": {"maxSurge": f"{rollout.SURGE_PERCENT}%", "maxUnavailable": 0},
    }
