"""The whole system: stacks applied to the emulated AWS, services on a control plane with the cluster's issuer."""

from collections.abc import Iterator

import pytest

from tests.support import kubernetes_installer
from tests.support.control_plane import ControlPlane
from tests.support.deployment import Deployment
from tests.support.run_synth import shipped
from tests.support.terraform_workspace import Workspace


@pytest.fixture(scope="session")
def deployed(
    applied: Workspace,
    terraforms_control_plane: ControlPlane | None,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Deployment]:
    """By Terraform alone where it has all providers; else by helm what they would have released."""
    if terraforms_control_plane:
        yield _with_all_pods(Deployment(applied, terraforms_control_plane))
        return
    issuer = f"https://{applied.outputs('cluster')['oidc_issuer']}"
    with ControlPlane(folder=tmp_path_factory.mktemp("e2e"), issuer=issuer) as plane:
        for stack in applied.stacks:
            if stack in applied.aws_only:
                kubernetes_installer.install(applied, plane, stack)
        yield _with_all_pods(Deployment(applied, plane))


def _with_all_pods(deployment: Deployment) -> Deployment:
    """An autoscaler adds pods when helm has long been content with one."""
    deployment.pods({name: service["pods"] for name, service in shipped()["services"].items()})
    return deployment
