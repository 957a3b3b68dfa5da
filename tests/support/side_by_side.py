"""A pytest plugin for runs with several workers (`-n 3 --dist loadgroup`): what shares something runs in one worker.

All tests of the applied system are one group, of the other folders each; quick tests go to whoever has nothing to do.
"""

import pytest

APPLIED = "applied"
FIXTURES = {"applied", "initialised"}  # those that all tests of the group share, and that take minutes to make
# In this order, the longest first; what needs programs that may still be built comes late.
GROUPS = (
    APPLIED,
    "faults",
    "emulator",
    "plan",
    "bindings",
    "demo",
    "lint",
    "",
    "charts",
    "go_tools",
    "kubernetes",
    "e2e",
)
BUILT = {"faults", "charts", "go_tools", "kubernetes", "e2e"}
ONE_BY_ONE = {"test_start.py"}  # of the quick tests: those with a fixture that takes longer than their tests


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What needs programs that may still be building comes late, and what changes the applied system last."""
    items.sort(key=lambda item: (item.path.name == "test_lifecycle.py", item.path.parent.name in BUILT))
    if not hasattr(config, "workerinput"):
        return
    items.sort(key=lambda item: _place(group(item)))
    for item in items:
        if shared := group(item) or (item.path.name if item.path.name in ONE_BY_ONE else ""):
            item.add_marker(pytest.mark.xdist_group(shared))


def group(item: pytest.Item) -> str:
    """Its name; empty for a quick test."""
    if FIXTURES & set(getattr(item, "fixturenames", ())):
        return APPLIED
    folder = item.path.parent.name
    return "" if folder in ("unit", "synth") else folder


def _place(name: str) -> int:
    return GROUPS.index(name) if name in GROUPS else GROUPS.index("")
