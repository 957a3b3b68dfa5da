"""Options of the test run."""

import pytest

pytest_plugins = ["tests.support.applied_system", "tests.support.tiers"]


# Folders of tests that run programs of tests/support/go_tools.
BUILT = {"go_tools", "charts", "kubernetes", "faults", "e2e"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite-goldens", action="store_true", help="rewrite the golden files; read their diff")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What needs programs that may still be building comes late, and what changes the applied system last."""
    items.sort(key=lambda item: (item.path.name == "test_lifecycle.py", item.path.parent.name in BUILT))
