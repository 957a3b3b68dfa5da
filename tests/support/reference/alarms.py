"""The alarms of the golden systems, by their pages, and the lines that the pages say of them."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from typing import Any

from modules.paths import ROOT
from tests.support.reference.table import code, table

FOLDER = ROOT / "docs" / "operations" / "alarms"
GOLDEN = ROOT / "tests" / "golden"
PAGE = re.compile(r": docs/operations/alarms/([a-z-]+)\.md$")
Alarm = dict[str, Any]
_COMPARISONS = {
    "GreaterThanThreshold": "above",
    "GreaterThanOrEqualToThreshold": "at least",
    "LessThanThreshold": "below",
}
_WITHOUT = {
    "notBreaching": "A minute without a value counts as good.",
    "missing": "A minute without a value changes nothing.",
    "breaching": "A minute without a value counts as bad.",
}

_SAID = {"SampleCount": "number of values"}


def golden() -> Iterator[tuple[str, Alarm]]:
    """Every alarm of every golden system, with its address; those of the architecture come first."""
    for system in sorted(GOLDEN.glob("*/generated"), key=lambda folder: folder.parent.name != "architecture"):
        for file in sorted(system.glob("stacks/*/cdk.tf.json")):
            found = (
                json.loads(file.read_text(encoding="utf-8")).get("resource", {}).get("aws_cloudwatch_metric_alarm", {})
            )
            for name, alarm in found.items():
                yield f"{system.parent.name}/{file.parent.name}/{name}", alarm


@cache
def by_page() -> dict[str, list[Alarm]]:
    pages: dict[str, list[Alarm]] = defaultdict(list)
    for address, alarm in golden():
        found = PAGE.search(alarm["alarm_description"])
        assert found, f"The description of {address} does not end with a page of docs/operations/alarms."
        pages[found[1]].append(alarm)
    return dict(pages)


def condition(page: str) -> str:
    """When the alarm goes off, with the numbers of the architecture's system where that has it."""
    alarm = by_page()[page][0]
    unit, metric = ("%", _percentage(alarm)) if "metric_query" in alarm else ("", _single(alarm))
    comparison, minutes = _COMPARISONS[alarm["comparison_operator"]], alarm["evaluation_periods"]
    lasts = "for a minute" if minutes == 1 else f"for {minutes} minutes in a row"
    return (
        f"**{alarm['alarm_name']}** goes off when {metric} is {comparison} {alarm['threshold']:,.15g}{unit} {lasts}. "
        f"{_WITHOUT[alarm['treat_missing_data']]}"
    )


def _single(alarm: Alarm) -> str:
    statistic = alarm.get("extended_statistic") or _SAID.get(alarm["statistic"], alarm["statistic"].lower())
    return f"the {statistic} of {code(alarm['metric_name'])} ({alarm['namespace']})"


def _percentage(alarm: Alarm) -> str:
    part, whole = (query["metric"] for query in alarm["metric_query"][1:])
    return f"{code(part['metric_name'])} ({part['namespace']}), of {code(whole['metric_name'])},"


def listed() -> str:
    """A row for each page, in the order of the stacks and their alarms."""
    rows = [[f"[{_title(page)}]({page}.md)", condition(page)] for page in by_page()]
    return table(["alarm", "condition"], rows)


def _title(page: str) -> str:
    return (FOLDER / f"{page}.md").read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ")
