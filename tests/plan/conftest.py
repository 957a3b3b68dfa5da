"""An emulated AWS for the tests of a file, asked as whoever deploys; `aws` is that of the applied system."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.support.emulator import as_deployer, clients, emulated_aws


@pytest.fixture(scope="module")
def own_aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with emulated_aws(tmp_path_factory.mktemp("aws") / "log") as environment:
        yield as_deployer(environment)


@pytest.fixture(scope="module")
def own_client(own_aws: dict[str, str]) -> Callable[[str], Any]:
    """By the name of a service of AWS."""
    return clients(own_aws)
