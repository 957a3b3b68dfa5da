"""The program that watches jobs: when a job is due, and what its runs come to."""

import importlib.util
import sys
import zoneinfo
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from modules.design.charts import SOURCES
from modules.spec import schedule

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
Json = dict[str, Any]


@pytest.fixture(scope="module")
def program() -> ModuleType:
    spec = importlib.util.spec_from_file_location("watch_jobs", SOURCES / "job-watcher" / "files" / "watch-jobs.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "dont_write_bytecode", True)  # beside the program, in a folder that helm reads
        spec.loader.exec_module(module)
    return module


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "zone", "since", "due"),
    [
        ("* * * * *", "Etc/UTC", "2026-11-26T11:59:30", "2026-11-26T12:00"),
        ("*/15 8-17 * * MON-FRI", "Etc/UTC", "2026-11-27T17:45", "2026-11-30T08:00"),
        ("30 9 * * 1-5", "Europe/Berlin", "2026-11-26T08:30", "2026-11-27T08:30"),
        ("0 0 29 2 *", "Etc/UTC", "2096-03-01T00:00", "2104-02-29T00:00"),
        ("0 0 1,15 * *", "Etc/UTC", "2026-11-15T00:00", "2026-12-01T00:00"),
        # Where both days are given either will do; a step of every day is not any day.
        ("0 0 13 * FRI", "Etc/UTC", "2026-11-26T12:00", "2026-11-27T00:00"),
        ("0 0 */2 * FRI", "Etc/UTC", "2026-11-26T12:00", "2026-11-27T00:00"),
        ("0 0 */1 * FRI", "Etc/UTC", "2026-11-27T12:00", "2026-12-04T00:00"),
        ("5/20 3 ? jan,DEC sun", "Etc/UTC", "2026-11-26T12:00", "2026-12-06T03:05"),
        ("@monthly", "Etc/UTC", "2026-11-26T12:00", "2026-12-01T00:00"),
        ("@weekly", "Etc/UTC", "2026-11-26T12:00", "2026-11-29T00:00"),
        # The hour that summer time leaves out has no run, and that which it repeats has two.
        ("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00", "2026-03-30T00:30"),
        ("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00", "2026-10-25T00:30"),
        ("30 2 * * *", "Europe/Berlin", "2026-10-25T00:30", "2026-10-25T01:30"),
        ("0 0 31 2 *", "Etc/UTC", "2026-11-26T12:00", None),
    ],
)
def test_the_next_time_of_a_schedule_is_that_of_kubernetes(
    program: ModuleType, text: str, zone: str, since: str, due: str | None
) -> None:
    assert program.next_time(text, ZoneInfo(zone), _utc(since)) == (None if due is None else _utc(due))


def test_it_knows_every_word_for_a_schedule_that_services_yaml_takes(program: ModuleType) -> None:
    assert program.MACROS.keys() == set(schedule.MACROS)


def _at(minutes: int) -> str:
    return f"{NOW + timedelta(minutes=minutes):%Y-%m-%dT%H:%M:%SZ}"


def _job(**changes: Any) -> Json:
    """Of every hour at half past, made yesterday."""
    spec = {"schedule": "30 * * * *", "timeZone": "Etc/UTC", "concurrencyPolicy": "Forbid"} | changes.pop("spec", {})
    meta = {"uid": "j", "name": "web-a", "creationTimestamp": _at(-1440)} | changes.pop("metadata", {})
    return {"metadata": meta, "spec": spec, "status": changes}


def _run(result: str | None, begun: int, done: int) -> Json:
    """A run that began and ended so many minutes from now."""
    meta = {"creationTimestamp": _at(begun), "ownerReferences": [{"uid": "j", "kind": "CronJob"}]}
    ended = [{"type": result, "status": "True", "lastTransitionTime": _at(done)}] if result else []
    return {"metadata": meta, "status": {"conditions": [{"type": "Suspended", "status": "False"}, *ended]}}


@pytest.mark.parametrize(
    ("job", "runs", "found"),
    [
        (_job(), [], {"Failed": 0, "SecondsLate": 84600}),
        (_job(lastScheduleTime=_at(-30)), [_run(None, -30, 0)], {"Failed": 0, "SecondsLate": 0}),
        (
            _job(lastScheduleTime=_at(-30), lastSuccessfulTime=_at(-20)),
            [_run("Complete", -30, -20), _run("Failed", -90, -85)],
            {"Failed": 0, "SecondsSinceSuccess": 1200, "SecondsSinceFailure": 5100, "SecondsLate": 0},
        ),
        (
            _job(lastScheduleTime=_at(-30), lastSuccessfulTime=_at(-80)),
            [_run("Failed", -30, -20), _run("Complete", -90, -80)],
            {"Failed": 1, "SecondsSinceSuccess": 4800, "SecondsSinceFailure": 1200, "SecondsLate": 0},
        ),
        # By hand, after it failed and after it was missed.
        (
            _job(lastScheduleTime=_at(-90)),
            [_run("Failed", -90, -80), _run("Complete", -10, -5)],
            {"Failed": 0, "SecondsSinceSuccess": 300, "SecondsSinceFailure": 4800, "SecondsLate": 0},
        ),
        (_job(lastScheduleTime=_at(-90)), [], {"Failed": 0, "SecondsLate": 1800}),
        (_job(lastScheduleTime=_at(-90), active=[{}]), [], {"Failed": 0, "SecondsLate": 0}),
        (_job(lastScheduleTime=_at(-90), spec={"suspend": True}), [], {"Failed": 0, "SecondsLate": 0}),
        (
            _job(lastScheduleTime=_at(-90), active=[{}], spec={"concurrencyPolicy": "Allow"}),
            [],
            {"Failed": 0, "SecondsLate": 1800},
        ),
        # A changed job begins anew; the controller's own changes of its status are none.
        (
            _job(lastScheduleTime=_at(-90), metadata={"managedFields": [{"time": _at(-15)}]}),
            [],
            {"Failed": 0, "SecondsLate": 0},
        ),
        (
            _job(lastScheduleTime=_at(-90), metadata={"managedFields": [{"time": _at(-5), "subresource": "status"}]}),
            [],
            {"Failed": 0, "SecondsLate": 1800},
        ),
        (_job(spec={"schedule": "0 0 31 2 *"}), [], {"Failed": 0, "SecondsLate": 0}),
    ],
)
def test_the_metrics_of_a_job_follow_from_what_kubernetes_keeps_of_it(
    program: ModuleType, job: Json, runs: list[Json], found: Json
) -> None:
    assert dict(program.of_job(job, runs, NOW)) == found


def test_runs_of_other_jobs_are_not_its_own(program: ModuleType) -> None:
    assert program.owned(_run(None, 0, 0), _job())
    assert not program.owned({"metadata": {}}, _job())
    assert not program.owned(_run(None, 0, 0), _job(metadata={"uid": "other"}))


def test_where_the_image_has_no_time_zones_all_but_lateness_is_told_and_the_look_counts_as_none(
    program: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    london = _job(metadata={"name": "web-b"}, spec={"timeZone": "Europe/London"})
    lists = {"cronjobs": [london, _job()], "jobs": [_run("Failed", -30, -20)]}
    told: list[Json] = []
    monkeypatch.setattr(program, "listed", lambda kind, namespace: lists[kind])
    monkeypatch.setattr(program, "put", told.extend)
    monkeypatch.setenv("NAMESPACES", "web")
    monkeypatch.setitem(sys.modules, "tzdata", None)  # the package that Python falls back on
    ZoneInfo.clear_cache()
    zoneinfo.reset_tzpath(to=[])
    try:
        said = program.look()
    finally:
        zoneinfo.reset_tzpath()
    (line,) = said
    assert line.startswith("Job web-b of web can't be read: ZoneInfoNotFoundError(")
    assert "Europe/London" in line
    names = [(one["MetricName"], *(of["Value"] for of in one.get("Dimensions", ()))) for one in told]
    assert names == [
        ("Failed", "web", "web-b"),
        ("SecondsSinceFailure", "web", "web-b"),
        *((name, "web", "web-a") for name in ("Failed", "SecondsSinceFailure", "SecondsLate")),
    ]
    assert program.look() == []
    assert told[-1]["MetricName"] == "Jobs"


def test_values_beyond_what_one_call_takes_go_into_another(
    program: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[int] = []

    def run(command: list[str], **options: Any) -> Any:
        import json

        given.append(len(json.loads(options["input"])["MetricData"]))
        return type("Done", (), {"returncode": 0})

    monkeypatch.setenv("METRICS_NAMESPACE", "shop/job-watcher")
    monkeypatch.setattr(program.subprocess, "run", run)
    program.put([{"MetricName": "Failed", "Value": 0}] * 1001)
    assert given == [1000, 1]
