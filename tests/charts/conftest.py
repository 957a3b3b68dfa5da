"""The objects of the charts as the sample values make them, by kind."""

from typing import Any

import pytest

from tests.support import helm


@pytest.fixture(scope="session")
def network() -> dict[str, Any]:
    return helm.objects(helm.NETWORK)


@pytest.fixture(scope="session")
def pods() -> dict[str, Any]:
    return helm.objects(helm.PODS)


@pytest.fixture(scope="session")
def users() -> dict[str, Any]:
    return helm.objects(helm.USERS)
