"""What watches jobs: one release with the right to write its metrics, two alarms a job, and one for its silence."""

import json
from collections.abc import Callable

import pytest

from modules.constructs.monitoring import dashboard
from tests.support.random_specs import System
from tests.support.run_synth import shipped
from tests.synth.conftest import Built, Json, stack

Build = Callable[[System], Built]
DAILY = {"schedule": "@daily", "command": ["a"]}


def _built(build_system: Build, **services: Json) -> Built:
    return build_system(shipped() | {"services": services})


def _web(*jobs: str) -> Json:
    return {"image": "v1", "jobs": dict.fromkeys(jobs, DAILY)}


def _changed(before: Built, after: Built) -> set[str]:
    return {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}


def test_without_jobs_there_is_no_watcher(built: Built) -> None:
    assert "stacks/platform/job-watcher.values.yaml" not in built
    assert "job_watcher" not in built["stacks/platform/cdk.tf.json"].decode()
    assert "Jobs" not in json.dumps(stack(built, "platform")["locals"])


def test_its_role_may_only_write_metrics_of_its_own_namespace(build_system: Build) -> None:
    platform = stack(_built(build_system, web=_web("a")), "platform")
    (statement,) = platform["data"]["aws_iam_policy_document"]["job_watcher_permissions"]["statement"]
    assert statement["actions"] == ["cloudwatch:PutMetricData"]
    assert statement["condition"] == [
        {"test": "StringEquals", "variable": "cloudwatch:namespace", "values": ["shop/job-watcher"]}
    ]
    trust = json.dumps(platform["data"]["aws_iam_policy_document"]["job_watcher_trust"])
    assert "system:serviceaccount:kube-system:job-watcher" in trust
    account = platform["resource"]["kubernetes_service_account_v1"]["job_watcher"]
    assert account["automount_service_account_token"] is True
    assert account["metadata"]["namespace"] == "kube-system"


def test_its_release_comes_after_its_rights_and_the_namespaces_that_it_reads(build_system: Build) -> None:
    files = _built(build_system, web=_web("a"), api={"image": "v1"})
    release = stack(files, "platform")["resource"]["helm_release"]["job_watcher"]
    assert {
        "kubernetes_service_account_v1.job_watcher",
        "aws_iam_role_policy.job_watcher_permissions",
        "kubernetes_namespace_v1.web",
    } <= set(release["depends_on"])
    assert "kubernetes_namespace_v1.api" not in release["depends_on"]
    values = files["stacks/platform/job-watcher.values.yaml"].decode()
    assert "namespaces:\n  - web\n" in values
    assert "metricsNamespace: shop/job-watcher\n" in values


def test_an_alarm_tells_that_it_is_silent(build_system: Build) -> None:
    alarms = stack(_built(build_system, web=_web("a")), "platform")["resource"]["aws_cloudwatch_metric_alarm"]
    alarm = alarms["job_watcher_silent"]
    assert (alarm["namespace"], alarm["metric_name"], alarm["statistic"]) == ("shop/job-watcher", "Jobs", "SampleCount")
    assert (alarm["comparison_operator"], alarm["threshold"]) == ("LessThanThreshold", 1)
    assert (alarm["treat_missing_data"], alarm["evaluation_periods"]) == ("breaching", 15)


def test_each_job_has_an_alarm_for_a_failed_run_and_for_none_in_its_service(build_system: Build) -> None:
    files = _built(build_system, web=_web("a", "remind"), **{"web-a": _web("remind")})
    alarms = stack(files, "web")["resource"]["aws_cloudwatch_metric_alarm"]
    assert set(alarms) == {"web__a_failed", "web__a_late", "web__remind_failed", "web__remind_late"}
    failed, late = alarms["web__remind_failed"], alarms["web__remind_late"]
    assert failed["dimensions"] == late["dimensions"] == {"Service": "web", "Job": "web-remind"}
    assert (failed["metric_name"], failed["threshold"], failed["evaluation_periods"]) == ("Failed", 0, 1)
    assert (late["metric_name"], late["threshold"], late["evaluation_periods"]) == ("SecondsLate", 900, 3)
    assert {one["treat_missing_data"] for one in alarms.values()} == {"missing"}
    names = {one["alarm_name"] for one in alarms.values()}
    others = {one["alarm_name"] for one in stack(files, "web-a")["resource"]["aws_cloudwatch_metric_alarm"].values()}
    assert "shop-web--a-failed" in names
    assert not names & others


def test_a_placeholder_has_no_alarm_of_jobs_that_it_does_not_run(build_system: Build) -> None:
    files = _built(build_system, web={"jobs": {"a": DAILY}})
    assert "aws_cloudwatch_metric_alarm" not in stack(files, "web")["resource"]


def test_a_further_job_changes_its_service_alone_and_the_first_one_of_a_service_the_platform_too(
    build_system: Build,
) -> None:
    before = _built(build_system, web=_web("a"), api={"image": "v1"})
    more = _built(build_system, web=_web("a", "b"), api={"image": "v1"})
    assert {path.split("/")[1] for path in _changed(before, more)} == {"web"}
    first = _built(build_system, web=_web("a"), api=_web("c"))
    assert {path.split("/")[1] for path in _changed(before, first)} == {"api", "platform"}


def test_the_dashboard_finds_jobs_and_shows_how_long_messages_wait(build_system: Build) -> None:
    files = _built(build_system, web=_web("a"), mails={"port": "none", "aws": ["sqs"]})
    widgets = stack(files, "platform")["locals"]["dashboard"]["widgets"]
    graphs = {one["properties"]["title"]: one["properties"]["metrics"] for one in widgets}
    what = '{"shop/job-watcher",Service,Job} MetricName="Failed"'
    assert graphs["Jobs: last run failed"] == [[{"expression": f"SEARCH('{what}', 'Maximum', 60)"}]]
    assert {"Jobs: time since the last success (s)", "Jobs: later than their schedule (s)"} <= graphs.keys()
    (row,) = graphs["Age of the oldest message (s)"]
    assert row[:4] == ["AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", "shop-mails"]


def test_the_dashboard_shows_what_services_without_a_target_group_write(build_system: Build) -> None:
    files = _built(build_system, web=_web("a"), mails={"port": "none", "image": "v1"}, api={"path": "/"})
    widgets = stack(files, "platform")["locals"]["dashboard"]["widgets"]
    (rows,) = (one["properties"]["metrics"] for one in widgets if one["properties"]["title"].startswith("Log lines"))
    assert [row[:4] for row in rows] == [
        ["AWS/Logs", "IncomingLogEvents", "LogGroupName", group] for group in ("/shop/mails", "/shop/web")
    ]


def test_a_graph_has_no_more_metrics_than_cloudwatch_draws(
    build_system: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dashboard, "_METRICS", 2)
    files = _built(build_system, **{name: {"port": "none", "aws": ["sqs"]} for name in ("a", "b", "c")})
    widgets = stack(files, "platform")["locals"]["dashboard"]["widgets"]
    assert [
        [row[3] for row in one["properties"]["metrics"]]
        for one in widgets
        if one["properties"]["title"] == "Messages waiting"
    ] == [["shop-a", "shop-b"], ["shop-c"]]
    assert len({(one["x"], one["y"]) for one in widgets}) == len(widgets)
