"""The order of the tests of plans."""

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What destroys the system comes after all that look at it."""
    items.sort(key=lambda item: item.path.name == "test_destroy.py")
