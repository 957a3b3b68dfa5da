"""The CloudWatch dashboard of the whole system."""

from collections.abc import Iterable, Mapping
from typing import Any

from modules.bindings.aws import CloudwatchDashboard
from modules.bindings.cdktf import TerraformLocal
from modules.constructs.component import Component
from modules.constructs.stack import Stack
from modules.design import adopted, job_watcher, load_balancers, log_routing, metrics
from modules.design.metrics import Metric
from modules.spec.model import Cache

# A dashboard is 24 units wide: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html.
_COLUMNS, _WIDTH, _HEIGHT = 3, 8, 6
_SECONDS = 60
# Metrics of one graph: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html.
_METRICS = 500


class Dashboard(Component):
    """One page: requests, services, stores, queues, jobs, NAT gateways and log lines."""

    def __init__(self, scope: Stack, *, balancers: Mapping[str | None, str], nat_gateways: Mapping[str, str]) -> None:
        super().__init__(scope, "dashboard")
        self.graphs: list[dict[str, Any]] = []
        if balancers:
            self._services(balancers)
        if self.stack.spec.database:
            self._aurora()
        if self.stack.spec.cache:
            self._redis(self.stack.spec.cache)
        self._queues()
        if job_watcher.users(self.stack.spec):
            self._jobs()
        self._nat_gateways(nat_gateways)
        self._log_lines()
        # As a local value the body stands in the JSON line by line.
        body = TerraformLocal(self, "body", {"widgets": [_widget(*graph) for graph in enumerate(self.graphs)]})
        body.override_logical_id("dashboard")
        dashboard = CloudwatchDashboard(
            self,
            "dashboard",
            dashboard_name=self.stack.names.prefix,
            dashboard_body="${jsonencode(local.dashboard)}",
        )
        self.set_address(dashboard, "main")

    def _services(self, balancers: Mapping[str | None, str]) -> None:
        """By a search, which finds the target group of each service; its health stands in for metrics of pods."""
        for title, name, statistic in (
            ("Requests", "RequestCount", "Sum"),
            ("5xx answers of the services", "HTTPCode_Target_5XX_Count", "Sum"),
            ("Latency, 95th percentile (s)", "TargetResponseTime", "p95"),
            ("Healthy pods", "HealthyHostCount", "Minimum"),
            ("Unhealthy pods", "UnHealthyHostCount", "Maximum"),
        ):
            searches = [
                f'{{AWS/ApplicationELB,LoadBalancer,TargetGroup}} LoadBalancer="{one}" MetricName="{name}"'
                for one in balancers.values()
            ]
            self._graph(title, [[{"expression": f"SEARCH('{one}', '{statistic}', {_SECONDS})"}] for one in searches])
        own = {name: metrics.load_balancer(one, "HTTPCode_ELB_5XX_Count", "Sum") for name, one in balancers.items()}
        itself = "load balancer itself" if len(own) == 1 else "load balancers themselves"
        rows = [_row(metric, load_balancers.title(name)) for name, metric in own.items()]
        self._graph(f"5xx answers of the {itself}", rows)

    def _aurora(self) -> None:
        cluster = self.stack.names.aurora
        for title, name, statistic in (
            ("Aurora capacity (ACU)", "ServerlessDatabaseCapacity", "Maximum"),
            ("Aurora capacity (% of maximum)", "ACUUtilization", "Maximum"),
            ("Aurora connections", "DatabaseConnections", "Maximum"),
        ):
            roles = ((role, metrics.aurora(cluster, role, name, statistic)) for role in ("WRITER", "READER"))
            self._graph(title, [_row(metric, role.lower()) for role, metric in roles])

    def _redis(self, cache: Cache) -> None:
        nodes = self.stack.names.redis_nodes(cache.nodes)
        for title, name, statistic in (
            ("Redis memory (%)", "DatabaseMemoryUsagePercentage", "Maximum"),
            ("Redis engine CPU (%)", "EngineCPUUtilization", "Average"),
            ("Redis evictions", "Evictions", "Sum"),
        ):
            self._graph(title, [_row(metrics.redis(node, name, statistic), node) for node in nodes])

    def _queues(self) -> None:
        spec = self.stack.spec
        owners = [name for name, service in sorted(spec.services.items()) if service.owns("sqs")]
        waiting, age = "ApproximateNumberOfMessagesVisible", "ApproximateAgeOfOldestMessage"
        for title, queue_of, metric in (
            ("Messages waiting", adopted.queue, waiting),
            ("Age of the oldest message (s)", adopted.queue, age),
            ("Dead letters", adopted.dead_letters, waiting),
        ):
            rows = [_row(metrics.queue(queue_of(spec, name), metric, "Maximum"), name) for name in owners]
            if rows:
                self._graph(title, rows)

    def _jobs(self) -> None:
        """By a search, so that another job of a service changes no dashboard."""
        namespace = job_watcher.namespace(self.stack.names)
        for title, name in (
            ("Jobs: last run failed", job_watcher.FAILED),
            ("Jobs: time since the last success (s)", job_watcher.SINCE_SUCCESS),
            ("Jobs: later than their schedule (s)", job_watcher.SECONDS_LATE),
        ):
            what = f'{{"{namespace}",Service,Job}} MetricName="{name}"'
            self._graph(title, [[{"expression": f"SEARCH('{what}', 'Maximum', {_SECONDS})"}]])

    def _nat_gateways(self, gateways: Mapping[str, str]) -> None:
        for title, name in (
            ("NAT: bytes to the internet", "BytesOutToDestination"),
            ("NAT: connections refused", "ErrorPortAllocation"),
        ):
            if not gateways:
                return
            sums = {zone: metrics.nat_gateway(gateway, name, "Sum") for zone, gateway in gateways.items()}
            self._graph(title, [_row(metric, f"zone {zone}") for zone, metric in sums.items()])

    def _log_lines(self) -> None:
        """Of services without a target group: CloudWatch counts no pods, and has only what these write."""
        services = sorted(self.stack.spec.services.items())
        shared = log_routing.sharing(self.stack.spec)
        own = (name for name, service in services if not service.path and name not in shared)
        groups = {name: self.stack.names.log_group(name) for name in own}
        rows = [_row(metrics.log_group(group, "IncomingLogEvents", "Sum"), name) for name, group in groups.items()]
        if rows:
            self._graph("Log lines of services without a path, and of their jobs", rows)

    def _graph(self, title: str, rows: Iterable[list[Any]]) -> None:
        """As many graphs as the metrics need."""
        properties = {"title": title, "region": self.stack.region, "view": "timeSeries", "period": _SECONDS}
        every = list(rows)
        for start in range(0, len(every), _METRICS):
            self.graphs.append({**properties, "metrics": every[start : start + _METRICS]})


def _row(metric: Metric, label: str) -> list[Any]:
    dimensions = [word for dimension in metric.dimensions for word in dimension]
    return [metric.namespace, metric.name, *dimensions, {"stat": metric.statistic, "label": label}]


def _widget(position: int, properties: dict[str, Any]) -> dict[str, Any]:
    row, column = divmod(position, _COLUMNS)
    place = {"x": column * _WIDTH, "y": row * _HEIGHT, "width": _WIDTH, "height": _HEIGHT}
    return {"type": "metric", **place, "properties": properties}
