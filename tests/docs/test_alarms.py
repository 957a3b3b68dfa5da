"""Every alarm has a page that says what to do, and every page has its alarm."""

import pytest

from modules.constructs.monitoring.alarm_pages import PAGES
from tests.support.reference import alarms, pages

NAMES = sorted(page.stem for page in alarms.FOLDER.glob("*.md") if page.stem != "README")


def test_every_alarm_names_its_page_and_every_page_has_an_alarm() -> None:
    assert len(list(alarms.golden())) > 100
    assert sorted(alarms.by_page()) == sorted(PAGES) == NAMES


@pytest.mark.parametrize("name", ["README", *NAMES])
def test_a_page_says_when_its_alarm_goes_off(name: str, request: pytest.FixtureRequest) -> None:
    file = alarms.FOLDER / f"{name}.md"
    text = file.read_text(encoding="utf-8")
    new = pages.filled(text, {"condition": lambda: alarms.condition(name), "list": alarms.listed})
    if request.config.getoption("--rewrite-goldens"):
        file.write_text(new, encoding="utf-8")
        text = new
    assert text == new, f"{file.name} differs from the alarm: run `make golden`."
    assert pages.PART.search(text)


@pytest.mark.parametrize("name", NAMES)
def test_a_page_says_what_it_means_where_to_look_and_what_to_do(name: str) -> None:
    text = (alarms.FOLDER / f"{name}.md").read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if line.startswith("## ")] == [
        "## What it means",
        "## Look at",
        "## What to do",
    ]


def test_a_description_fits_into_what_cloudwatch_takes() -> None:
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
    assert max(len(alarm["alarm_description"]) for _, alarm in alarms.golden()) <= 1024
