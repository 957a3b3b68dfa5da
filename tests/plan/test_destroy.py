"""Destroying the system in the reverse order leaves nothing but keys that wait for their deletion."""

from collections.abc import Callable
from typing import Any

from tests.plan.left import Left, left
from tests.terraform import Workspace


def test_destroy_leaves_nothing(applied: Workspace, before: Left, client: Callable[[str], Any]) -> None:
    applied.each(applied.destroy, reverse=True)
    now = left(client)
    assert {name: found - before[name] for name, found in now.items() if found - before[name]} == {}
