"""Every wait in a test has a bound, and what a test starts ends with it: read from the text of all tests."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from modules.paths import ROOT
from tests.support import child_process

# Each ends what it starts in a `finally`, or with who started it.
START_PROCESSES = {
    "child_process.py",
    "emulator/__init__.py",
    "go_tools/build.py",
    "kept_providers.py",
    "postgresql.py",
    "process_group.py",
    "control_plane/processes.py",
    "node/__init__.py",
    "node/supervisor.py",
    "sandbox.py",
    "terraform_workspace.py",
}


def unbounded(code: str, may_start: bool) -> Iterator[tuple[int, str]]:
    """Line and reason of each wait without a bound."""
    for node in ast.walk(ast.parse(code)):
        match node:
            case ast.Call(func=ast.Attribute(attr="wait"), args=[], keywords=[]):
                yield node.lineno, "wait() without a timeout"
            case ast.Call(func=ast.Attribute(attr="communicate"), keywords=keywords):
                if "timeout" not in {keyword.arg for keyword in keywords}:
                    yield node.lineno, "communicate() without a timeout"
            case ast.While(test=ast.Constant()):
                yield node.lineno, "a loop without an end"
            case ast.Call(func=ast.Attribute(attr="Popen")) if not may_start:
                yield node.lineno, "a process that nothing ends: use child_process.start or running"


def test_no_wait_is_without_a_bound() -> None:
    found = [
        f"{file.relative_to(ROOT)}:{line}: {reason}"
        for file in sorted((ROOT / "tests").rglob("*.py"))
        for line, reason in unbounded(
            file.read_text(encoding="utf-8"),
            any(file.as_posix().endswith(f"/support/{name}") for name in START_PROCESSES),
        )
    ]
    assert found == []


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("process.wait()", "wait() without a timeout"),
        ("process.communicate('a')", "communicate() without a timeout"),
        ("while True: pass", "a loop without an end"),
        ("with subprocess.Popen(['a']): pass", "a process that nothing ends: use child_process.start or running"),
    ],
)
def test_a_wait_without_a_bound_is_found(code: str, reason: str) -> None:
    assert list(unbounded(code, False)) == [(1, reason)]


def test_a_process_ends_at_its_limit_and_with_its_test(tmp_path: Path) -> None:
    limited = child_process.start(["sleep", "600"], seconds=0.1)
    assert limited.wait(timeout=30) == -9
    other = child_process.start(["sleep", "600"])
    child_process.end_all()
    assert other.returncode == -9
