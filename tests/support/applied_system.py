"""One system for all tests that ask for it: the shipped one, allowed to be destroyed, applied once to an emulated AWS.

Where Terraform has the Kubernetes and Helm providers, a control plane stands behind the emulated EKS cluster.
"""

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support import deployer_calls
from tests.support.control_plane import ControlPlane
from tests.support.emulator import as_deployer, clients, emulated_aws, issuer, lead_to
from tests.support.leftover_resources import Leftovers, leftovers
from tests.support.run_synth import shipped, synthesise
from tests.support.terraform_workspace import Workspace


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a generated tree."""
    return synthesise({**shipped(), "protection": False}, tmp_path_factory.mktemp("system"))


@pytest.fixture(scope="session")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the emulator has to say of calls that it could not answer."""
    return tmp_path_factory.mktemp("emulator") / "log"


@pytest.fixture(scope="session")
def aws(log: Path) -> Iterator[dict[str, str]]:
    """The environment in which AWS clients meet the emulator."""
    with emulated_aws(log) as environment:
        yield environment


@pytest.fixture(scope="session")
def client(aws: dict[str, str]) -> Callable[[str], Any]:
    """Clients of the emulated AWS, by the name of the service."""
    return clients(aws)


@pytest.fixture(scope="session")
def deployer(aws: dict[str, str]) -> dict[str, str]:
    """The environment of somebody who has assumed a role, as pipelines do."""
    return as_deployer(aws)


@pytest.fixture(scope="session")
def initialised(system: Path, deployer: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """All stacks of the system after `terraform init`."""
    workspace = Workspace(system, tmp_path_factory.mktemp("terraform"), deployer)
    for stack in workspace.stacks:
        workspace.init(stack)
    return workspace


@pytest.fixture(scope="session")
def before(initialised: Workspace, client: Callable[[str], Any]) -> Leftovers:
    """What AWS holds before anything is applied: its defaults."""
    return leftovers(client)


@pytest.fixture(scope="session")
def terraforms_control_plane(
    initialised: Workspace, deployer: dict[str, str], log: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ControlPlane | None]:
    """Where Terraform installs what it installs; None where it has no providers for that."""
    if initialised.aws_only:
        yield None
        return
    folder = tmp_path_factory.mktemp("terraforms-control-plane")
    with ControlPlane(folder=folder, aws=deployer, cluster_name="shop", issuer=issuer()) as plane:
        lead_to(log, plane.endpoint, plane.ca_pem, plane.issuer)
        yield plane


@pytest.fixture(scope="session")
def applied(
    initialised: Workspace,
    before: Leftovers,
    terraforms_control_plane: ControlPlane | None,
    request: pytest.FixtureRequest,
) -> Workspace:
    """All stacks, applied in order; it takes minutes, so it says how far it is."""

    def apply(stack: str) -> None:
        started = time.monotonic()
        initialised.apply(stack)
        print(f"{stack}: applied in {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)

    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        print("\nApplying all stacks to the emulated AWS: about six minutes.", file=sys.stderr, flush=True)
        initialised.each(apply)
    initialised.calls = deployer_calls.made(initialised.environment["AWS_ENDPOINT_URL"])
    return initialised
