"""The watcher of jobs: it tells CloudWatch how the services' jobs end, and whether they run at their times."""

from modules.bindings.cdktf import ITerraformDependable
from modules.constructs.component import Component
from modules.constructs.kubernetes.helm_release import ChartRelease
from modules.constructs.kubernetes.system_account import SystemAccount
from modules.constructs.monitoring.alarm import Alarm
from modules.constructs.stack import Stack
from modules.design import charts, helm_values, job_watcher
from modules.design.log_routing import SYSTEM_NAMESPACE
from modules.facts.charts import TIMEOUT_SECONDS
from modules.iam.unscoped import METRICS, unscoped

# Longer than EKS takes to replace a pod whose machine it patches.
_SILENT_MINUTES = 15


class JobWatcher(Component):
    """A release with one pod, whose role writes metrics of one namespace, and an alarm for when it is silent.

    `after` is what makes its lines go to the log, and the namespaces in which it has rights.
    """

    def __init__(self, scope: Stack, *, topic_arn: str, after: list[ITerraformDependable]) -> None:
        super().__init__(scope, job_watcher.NAME)
        stack, name = self.stack, job_watcher.NAME
        account = SystemAccount(
            stack,
            name,
            name=name,
            description="Tells CloudWatch how the services' jobs end",
            grants=[unscoped("Metrics", METRICS, job_watcher.namespace(stack.names))],
            asks_kubernetes=True,  # for CronJobs and Jobs: charts/job-watcher/templates/rights.yaml
        )
        stack.add_file(job_watcher.FILE, helm_values.watcher(stack.spec))
        ChartRelease(
            self,
            name,
            name=name,
            namespace=SYSTEM_NAMESPACE,
            chart=f"${{path.module}}/../../{charts.FOLDER}/{charts.JOB_WATCHER}",
            version=charts.version(charts.JOB_WATCHER),
            values=f'${{file("${{path.module}}/{job_watcher.FILE}")}}',
            timeout=TIMEOUT_SECONDS,
            depends_on=[*account.resources, *after],
        )
        Alarm(
            self,
            name,
            "silent",
            topic_arn=topic_arn,
            why=f"Nothing has been heard of the services' jobs for {_SILENT_MINUTES} minutes",
            page="jobs-unwatched",
            metric=job_watcher.looks(stack.names),
            comparison="<",
            threshold=1,
            minutes=_SILENT_MINUTES,
            missing="breaching",
        )
