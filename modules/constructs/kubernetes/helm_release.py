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
    """A chart that others publish, with values that Terraform takes as they are from this file."""
    scope.stack.add_file(file, text)
    return published_release(scope, chart.name, chart, values=f'${{file("${{path.module}}/{file}")}}', after=after)


def published_release(
    scope: Component, key: str, chart: Chart, *, values: str, after: list[ITerraformDependable]
) -> ChartRelease:
    """A chart that others publish, in kube-system, from them or from `chart_mirror:`; from a folder by its digest."""
    mirror = scope.stack.spec.chart_mirror
    in_folder = mirror is not None and not mirror.startswith("oci://")
    path = f"${{path.module}}/../../../{mirror}/{chart.file}"
    release = ChartRelease(
        scope,
        key,
        **({"chart": path} if in_folder else {"repository": mirror or chart.repository, "chart": chart.name}),
        version=chart.version,
        name=chart.name,
        namespace=SYSTEM_NAMESPACE,
        values=values,
        timeout=TIMEOUT_SECONDS,
        depends_on=after,
    )
    if in_folder:
        release.resource.add_override("lifecycle.precondition", [_is_published(path, chart)])
    return release


def _is_published(path: str, chart: Chart) -> dict[str, str]:
    return {
        "condition": f'${{try(filesha256("{path}"), "") == "{chart.sha256}"}}',
        "error_message": f"{chart.file} of {chart.repository} is not there, or another. Run `make charts`.",
    }
