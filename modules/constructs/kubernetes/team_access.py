"""What teams may do in the namespaces of their services, and what objects there may name of AWS."""

from modules.bindings.cdktf import ITerraformDependable, TerraformLocal
from modules.constructs.component import Component
from modules.constructs.kubernetes.helm_release import ChartRelease
from modules.constructs.stack import Stack
from modules.design import charts, helm_values, team_access
from modules.design.log_routing import SYSTEM_NAMESPACE
from modules.facts.charts import TIMEOUT_SECONDS


class TeamAccess(Component):
    """A release with rights and bounds, and no pod; the access entries that give the groups are in stack `cluster`.

    `after` are the namespaces.
    """

    def __init__(self, scope: Stack, *, after: list[ITerraformDependable]) -> None:
        super().__init__(scope, team_access.NAME)
        stack = self.stack
        later = {
            team_access.ACCOUNT: stack.account_id,
            team_access.PODS_GROUP: stack.read("cluster", "pods_security_group_id"),
        }
        for service in team_access.bounded(stack.spec):
            later[team_access.group(service)] = stack.read("cluster", "service_security_group_ids", key=service)
        TerraformLocal(self, "values", later).override_logical_id(helm_values.TEAM_ACCESS_LOCAL)
        stack.add_file(team_access.FILE, helm_values.teams(stack.spec))
        file = f"${{path.module}}/{team_access.FILE}"
        ChartRelease(
            self,
            team_access.NAME,
            name=team_access.NAME,
            namespace=SYSTEM_NAMESPACE,
            chart=f"${{path.module}}/../../{charts.FOLDER}/{charts.TEAM_ACCESS}",
            version=charts.version(charts.TEAM_ACCESS),
            values=f'${{templatefile("{file}", local.{helm_values.TEAM_ACCESS_LOCAL})}}',
            timeout=TIMEOUT_SECONDS,
            depends_on=after,
        )
