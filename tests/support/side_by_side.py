"""A pytest plugin for runs with several workers (`-n 3 --dist loadscope`): what shares something runs in one worker.

All tests of the applied system are one scope, and those of each other folder; a quick test is one of its own, for
whoever has nothing to do. Scopes are found by path: xdist 3.8 loses its groups with pytest 9.2 (pytest-xdist#1386).
"""

from pathlib import PurePath
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

APPLIED = "applied"
FIXTURES = {"applied", "initialised"}  # one system for all tests that ask for it; it takes minutes
OF_THE_APPLIED = {
    "plan/test_apply.py",
    "plan/test_deployer_calls.py",
    "plan/test_hcl.py",
    "plan/test_opentofu.py",
    "plan/test_whole_system.py",
    "kubernetes/test_releases.py",
    "node/test_releases.py",
    "e2e/test_walk.py",
    "e2e/test_sixth_service.py",
    "e2e/test_lifecycle.py",
}
LAST = "e2e/test_lifecycle.py"  # it changes and destroys the system
# In this order, the longest first; what needs programs that may still be built comes late, and quick tests at the end.
BUILT = ("charts", "security", "hostile", "go_tools", "kubernetes", "node", "e2e")
QUICK = ("unit", "synth")
ORDER = (APPLIED, "faults", "own_system", "emulator", "plan", "bindings", "bounds", "demo", *BUILT, *QUICK)


class Scheduler(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    def _split_scope(self, nodeid: str) -> str:
        return scope(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Scheduler | None:
    return Scheduler(config, log) if config.getoption("dist") == "loadscope" else None


def scope(nodeid: str) -> str:
    file = _file(nodeid)
    if file in OF_THE_APPLIED:
        return APPLIED
    folder = file.partition("/")[0]
    return nodeid if folder in QUICK else folder


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What needs programs that may still be building comes late, and what changes the applied system last."""
    for item in items:
        if FIXTURES & set(getattr(item, "fixturenames", ())) and scope(item.nodeid) != APPLIED:
            raise pytest.UsageError(
                f"{item.nodeid} uses the applied system: add its file to OF_THE_APPLIED in {__file__}"
            )
    several = hasattr(config, "workerinput")
    items.sort(key=lambda item: _place(item.nodeid, several))


def _place(nodeid: str, several: bool) -> tuple[int, bool, bool]:
    file, folder = _file(nodeid), _file(nodeid).partition("/")[0]
    name = APPLIED if file in OF_THE_APPLIED else folder
    order = ORDER.index(name) if name in ORDER else ORDER.index(BUILT[0])
    return order if several else 0, file == LAST, folder in BUILT or folder == "faults"


def _file(nodeid: str) -> str:
    """Its folder and name."""
    path = PurePath(nodeid.partition("::")[0])
    return f"{path.parent.name}/{path.name}"
