"""Raised by a test whose program is not installed; tests/conftest.py turns it into a skip or a failure."""


class ToolMissing(Exception):
    """A program or package is not on this machine; the message says which, and how to install it."""
