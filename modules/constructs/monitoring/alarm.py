"""A CloudWatch alarm that notifies the alarm topic when it goes off, and when it is OK again.

Each kind has a page in docs/operations/alarms/, which its description names.
"""

from typing import Any, Literal

from modules.bindings.aws import (
    CloudwatchMetricAlarm,
    CloudwatchMetricAlarmMetricQuery,
    CloudwatchMetricAlarmMetricQueryMetric,
)
from modules.constructs.component import Component
from modules.constructs.monitoring.alarm_pages import PAGES
from modules.design.metrics import Metric, Percentage

_SECONDS = 60
_COMPARISONS = {
    ">": "GreaterThanThreshold",
    ">=": "GreaterThanOrEqualToThreshold",
    "<": "LessThanThreshold",
}
# CloudWatch's words for what a minute without a value means: `notBreaching` where there was nothing to count, `missing`
# where the state stays as it was, `breaching` where AWS sends values for as long as the thing exists.
MissingData = Literal["notBreaching", "missing", "breaching"]


class Alarm(Component):
    """Goes off when the metric was so for `minutes` in a row.

    Whoever gets the mail reads `why`, then what to do first, then which `page` of docs/operations/alarms says more.
    """

    def __init__(
        self,
        scope: Component,
        *address: str,
        topic_arn: str,
        why: str,
        page: str,
        metric: Metric | Percentage,
        comparison: Literal[">", ">=", "<"],
        threshold: float,
        minutes: int,
        missing: MissingData,
    ) -> None:
        super().__init__(scope, "-".join((*address, "alarm")))
        alarm = CloudwatchMetricAlarm(
            self,
            "alarm",
            alarm_name=self.stack.names.of(*address),
            alarm_description=f"{why}. {PAGES[page]}: docs/operations/alarms/{page}.md",
            comparison_operator=_COMPARISONS[comparison],
            threshold=threshold,
            evaluation_periods=minutes,
            treat_missing_data=missing,
            alarm_actions=[topic_arn],
            ok_actions=[topic_arn],
            **_single(metric) if isinstance(metric, Metric) else _percentage(metric),
        )
        self.set_address(alarm, *address)


def _single(metric: Metric) -> dict[str, Any]:
    source = {
        "namespace": metric.namespace,
        "metric_name": metric.name,
        "dimensions": dict(metric.dimensions),
        "period": _SECONDS,
    }
    if metric.statistic.startswith("p"):
        # A few slow requests in the night are no percentile.
        return {**source, "extended_statistic": metric.statistic, "evaluate_low_sample_count_percentiles": "ignore"}
    return {**source, "statistic": metric.statistic}


def _percentage(metric: Percentage) -> dict[str, Any]:
    # No part is none of the whole; no whole is no value.
    result = CloudwatchMetricAlarmMetricQuery(
        id="percentage", expression="100 * FILL(part, 0) / whole", label="Percent", return_data=True
    )
    return {"metric_query": [result, _query("part", metric.part), _query("whole", metric.whole)]}


def _query(identifier: str, metric: Metric) -> CloudwatchMetricAlarmMetricQuery:
    source = CloudwatchMetricAlarmMetricQueryMetric(
        namespace=metric.namespace,
        metric_name=metric.name,
        dimensions=dict(metric.dimensions),
        period=_SECONDS,
        stat=metric.statistic,
    )
    return CloudwatchMetricAlarmMetricQuery(id=identifier, metric=source)
