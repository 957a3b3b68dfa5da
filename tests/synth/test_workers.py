"""What a worker has, and what it has not: nothing leads to it."""

from collections.abc import Callable

from tests.support.random_specs import System
from tests.support.run_synth import shipped
from tests.synth.conftest import Built, stack

Build = Callable[[System], Built]
WORKER = {"image": "v1", "port": "none", "stop": "2m", "aws": {"sqs": {"visibility_timeout": 120}}}


def _built(build_system: Build, **changes: object) -> Built:
    return build_system(shipped() | {"services": {"web": {"path": "/"}, "mails": WORKER | changes}})


def test_a_worker_has_no_target_group_no_rule_that_lets_in_and_no_port_in_its_charts(build_system: Build) -> None:
    files = _built(build_system)
    resources = stack(files, "mails")["resource"]
    assert not {"aws_lb_target_group", "aws_lb_listener_rule"} & resources.keys()
    assert "aws_vpc_security_group_ingress_rule" not in resources
    assert {"aws_iam_role", "aws_sqs_queue", "aws_ecr_repository", "helm_release"} <= resources.keys()
    for file in ("network.values.yaml", "values.yaml"):
        text = files[f"stacks/mails/{file}"].decode()
        assert "port" not in text
        assert "drainSeconds" not in text
    assert "stopSeconds: 120\n" in files["stacks/mails/values.yaml"].decode()


def test_its_releases_come_after_what_they_need_as_those_of_a_server_do(build_system: Build) -> None:
    releases = stack(_built(build_system), "mails")["resource"]["helm_release"]
    assert "helm_release.mails_network" in releases["mails"]["depends_on"]
    assert releases["mails"]["timeout"] == 240 + 10 + 60


def test_another_time_to_end_changes_the_pods_of_this_service_alone(build_system: Build) -> None:
    before, after = _built(build_system), _built(build_system, stop="3m", aws={"sqs": {"visibility_timeout": 120}})
    assert {path for path in before if before[path] != after[path]} == {"stacks/mails/values.yaml"}
