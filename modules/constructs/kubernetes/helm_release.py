"""A Helm release whose apply waits until its pods are ready, and whose destroy waits until all of it is deleted."""

from typing import Any

from modules.bindings.cdktf import ITerraformDependable
from modules.bindings.helm import Release
from modules.constructs.component import Component
from modules.constructs.stack import Stack
from modules.design.log_routing import SYSTEM_NAMESPACE
from modules.facts.charts import TIMEOUT_SECONDS, Chart

_HISTORY = 10


class ChartRelease(Component):
    """A release at the address `key`; a failed install is uninstalled, a failed upgrade rolled back.

    `timeout` is in seconds, for each operation.
    """

    def __init__(
        self,
        scope: Stack | Component,
        *key: str,
        name: str,
        namespace: str,
        values: str,
        timeout: int,
        depends_on: list[ITerraformDependable],
        **chart: Any,
    ) -> None:
        super().__init__(scope, "-".join((*key, "release")))
        release = Release(
            self,
            "release",
            **chart,
            name=name,
            namespace=namespace,
            values=[values],
            wait=True,
            atomic=True,
            timeout=timeout,
            max_history=_HISTORY,
            # The provider outlives a Terraform that is killed, and ends an install that is then in no state.
            upgrade_install=True,
            depends_on=depends_on,
        )
        self.resource = self.set_address(release, *key)


def system_release(
    scope: Component, chart: Chart, file: str, text: str, *, after: list[ITerraformDependable]
) -> ChartRelease:
    """A chart that others publish, in kube-system, with values that Terraform takes as they are from this file."""
    scope.stack.add_file(file, text)
    return ChartRelease(
        scope,
        chart.name,
        **published(scope.stack, chart),
        name=chart.name,
        namespace=SYSTEM_NAMESPACE,
        values=f'${{file("${{path.module}}/{file}")}}',
        timeout=TIMEOUT_SECONDS,
        depends_on=after,
    )


def published(stack: Stack, chart: Chart) -> dict[str, str]:
    """Where Helm gets a chart that others publish: from them, or from `chart_mirror:`."""
    mirror = stack.spec.chart_mirror
    if mirror is None or mirror.startswith("oci://"):
        return {"repository": mirror or chart.repository, "chart": chart.name, "version": chart.version}
    return {"chart": f"${{path.module}}/../../../{mirror}/{chart.name}-{chart.version}.tgz", "version": chart.version}
