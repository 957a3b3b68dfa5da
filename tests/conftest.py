"""Options of the test run."""

import os

import pytest
from hypothesis import settings

pytest_plugins = ["tests.support.applied_system"]

# The machines are shared, so a slow moment proves nothing; CI runs the same examples every time.
settings.register_profile("here", deadline=None, derandomize=os.environ.get("CI") == "true")
settings.load_profile("here")


# Folders of tests that run programs of tests/support/go_tools.
BUILT = {"go_tools", "charts", "kubernetes", "faults", "e2e"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite-goldens", action="store_true", help="rewrite the golden files; read their diff")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What needs programs that may still be building comes late, and what changes the applied system last."""
    items.sort(key=lambda item: (item.path.name == "test_lifecycle.py", item.path.parent.name in BUILT))
