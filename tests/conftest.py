"""Options of the test run."""

import os

import pytest
from hypothesis import settings

pytest_plugins = ["tests.applied"]

# The machines are shared, so a slow moment proves nothing; CI runs the same examples every time.
settings.register_profile("here", deadline=None, derandomize=os.environ.get("CI") == "true")
settings.load_profile("here")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite-goldens", action="store_true", help="rewrite the golden files; read their diff")
