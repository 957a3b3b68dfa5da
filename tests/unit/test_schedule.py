"""Schedules: the five fields as Kubernetes reads them, and those of AWS with the same in them."""

import pytest

from modules.facts import time_zones
from modules.spec import schedule


@pytest.mark.parametrize(
    "text",
    [
        "30 9 * * 1-5",
        "0 9 * * mon-fri",
        "*/15 0-6,22,23 1,15 JAN-MAR ?",
        "5/10 * * * *",
        "05 00 * * SUN",
        "0 0 31 * *",
        "0 0 29 2 *",
        "0 0 31 2 1",
        *schedule.MACROS,
    ],
)
def test_what_kubernetes_takes_is_a_schedule(text: str) -> None:
    assert schedule.mistake(text) is None


@pytest.mark.parametrize(
    ("text", "fixed"),
    [
        ("cron(30 9 * * ? *)", "30 9 * * *"),
        ("cron(0 8 ? * MON-FRI *)", "0 8 * * MON-FRI"),
        ("cron(0 8 ? * 2-6 *)", "0 8 * * 1-5"),
        ("cron(0/5 8-17 ? * 1,7 *)", "0/5 8-17 * * 0,6"),
        ("rate(1 minute)", "* * * * *"),
        ("rate(5 minutes)", "*/5 * * * *"),
        ("rate(120 minutes)", "0 */2 * * *"),
        ("rate(1 hour)", "0 * * * *"),
        ("rate(24 hours)", "0 0 * * *"),
        ("@every 1h", "0 * * * *"),
        ("0 0 * * 7", "0 0 * * 0"),
    ],
)
def test_what_others_write_is_answered_with_the_same_schedule(text: str, fixed: str) -> None:
    wrong = schedule.mistake(text)
    assert wrong is not None
    assert wrong.fixed == fixed
    assert f'"{fixed}"' in wrong.step
    assert schedule.mistake(fixed) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("cron(0 10 1 1 ? 2027)", "It has no years."),
        ("cron(0 10 ? * 6#3 *)", "It has no L, W and #."),
        ("cron(0 10 15W * ? *)", "It has no L, W and #."),
        ("cron(0 25 * * ? *)", '"25" is not from 0 to 23, in the place of the hour.'),
        ("cron(0 0 1 * *)", "without a year."),
        ("rate(90 minutes)", "90 minutes do not divide an hour"),
        ("rate(5 hours)", "5 hours do not divide a day"),
        ("rate(2 days)", "is how AWS and others write an interval"),
        ("@reboot", "it has 1 of the fields"),
        ("0 0 12 * * ?", "it has 6 of the fields"),
        ("TZ=UTC 0 0 * * *", "it has 6 of the fields"),
        ("", "it has 0 of the fields"),
        ("*/0 * * * *", '"0" is not a step, in the place of the minute.'),
        ("5-1 * * * *", "5-1 begins after its end"),
        ("0 0 0 * *", '"0" is not from 1 to 31, in the place of the day of the month.'),
        ("0 0 * * 1-7", '"1-7" is not from 0 to 6'),
        ("0 0 30 2 *", "never comes"),
        ("0 0 31 4,6,9,11 *", "never comes"),
        ("a,, * * * *", '"a" is not from 0 to 59'),
        ("1,, * * * *", "can't be read"),
        ("\u0661 * * * *", "is not from 0 to 59"),
    ],
)
def test_what_has_no_equal_says_why(text: str, words: str) -> None:
    wrong = schedule.mistake(text)
    assert wrong is not None
    assert words in wrong.what
    assert wrong.fixed is None


def test_time_zones_are_those_of_iana() -> None:
    assert len(time_zones.names()) > 400
    assert {"Etc/UTC", "UTC", "Europe/Berlin", "America/New_York"} <= set(time_zones.names())
    assert "Local" not in time_zones.names()
