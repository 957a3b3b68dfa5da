"""One control plane for all tests here, of the version that `--kubernetes-version` names."""

from collections.abc import Iterator

import pytest

from tests.support.control_plane import PROGRAMS, ControlPlane
from tests.support.go_tools import DEFAULT, VERSIONS, binaries

STARTED = pytest.StashKey[str]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--kubernetes-version", choices=VERSIONS, default=DEFAULT, help="of tests/kubernetes")


@pytest.fixture(scope="session")
def version(request: pytest.FixtureRequest) -> str:
    """Its programs are built before the first test's clock runs, and under the user's eyes: it takes minutes."""
    # pytest has read the options before it reads this file, where it was not told this folder.
    version = str(request.config.getoption("--kubernetes-version", DEFAULT))
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        binaries(PROGRAMS, version)
    return version


@pytest.fixture(scope="session")
def control_plane(
    version: str, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[ControlPlane]:
    with ControlPlane(version, folder=tmp_path_factory.mktemp("control-plane")) as plane:
        request.config.stash[STARTED] = f"Kubernetes {version} was ready after {plane.seconds_to_start:.1f} s"
        yield plane


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if STARTED in config.stash:
        terminalreporter.write_line(config.stash[STARTED])
