"""The generated Python without what only readers and checks of it need; each run in a copy of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from modules.bindings.loader import lean_python

SOURCE = '''"""Of the package."""
import builtins

def bought(number: builtins.int, there: "NoSuchName" = None) -> builtins.int:
    """Of the function."""
    assert there, "left out"
    return number + {added}
'''
PROGRAM = """
import sys
sys.path.insert(0, sys.argv[1])
from modules.bindings.loader import lean_python
from modules.bindings.loader.patches import Patches
lean_python.load_lean(Patches())
import constructs
print(constructs.bought(1), constructs.bought.__annotations__["number"], constructs.__doc__, constructs.bought.__doc__)
"""
LEAN = "builtins.int None None"


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """With the name of one that jsii generated."""
    file = tmp_path / "constructs" / "__init__.py"
    file.parent.mkdir()
    file.write_text(SOURCE.format(added=1))
    return file


def _run(package: Path, program: str = PROGRAM, *, write_nothing: str = "") -> str:
    line = [sys.executable, "-c", program, str(package.parents[1])]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": write_nothing}
    done = subprocess.run(line, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def _compiled(package: Path) -> list[str]:
    return [file.name for file in package.parent.glob("__pycache__/*")]


def test_asserts_annotations_and_docstrings_are_gone_and_the_next_run_need_not_compile(package: Path) -> None:
    assert _run(package) == f"2 {LEAN}"
    tag = sys.implementation.cache_tag
    assert _compiled(package) == [f"__init__.{tag}.opt-{lean_python.TAG}.pyc"]
    times = package.stat()
    package.write_text(SOURCE.format(added=2))
    os.utime(package, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert _run(package) == f"2 {LEAN}", "what is compiled was taken: the source has the same time and size"


def test_a_source_of_another_time_is_compiled_again(package: Path) -> None:
    _run(package)
    package.write_text(SOURCE.format(added=2))
    os.utime(package, (0, 0))
    assert _run(package) == f"3 {LEAN}"


def test_where_nothing_may_be_written_python_loads_it_its_own_way(package: Path) -> None:
    program = PROGRAM.replace("constructs.bought(1)", "constructs.bought(1, there=True)")
    assert _run(package, program, write_nothing="1") == "2 <class 'int'> Of the package. Of the function."
    assert _compiled(package) == []
