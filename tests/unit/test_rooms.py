"""Who may import whom: the map in modules/__init__.py is the table, and these tests hold it and its truth."""

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import modules
from modules.paths import ROOT

MODULES = ROOT / "modules"
MAP = modules.__doc__ or ""
ROW = re.compile(r"^\| `(?P<name>[\w.]+)` \|[^|]*\| (?P<imports>[^|]+) \|$", re.MULTILINE)
BINDINGS = ("cdktf", "jsii", "constructs", "cdktf_cdktf_provider_aws", "cdktf_cdktf_provider_helm")
# The only files of tests/support that define fixtures or plugins of pytest, or run it.
WITH_PYTEST = {
    f"tests.support.{name}" for name in ("applied_system", "nightly", "side_by_side", "tiers", "transcripts")
}


def _rooms() -> dict[str, set[str]]:
    """Room or loose file -> what it may import, as the map says it."""
    rows = {row["name"].removesuffix(".py"): row["imports"] for row in ROW.finditer(MAP)}
    every = "every room but "
    return {
        name: (set(rows) - {name} - set(text.removeprefix(every).split()))
        if text.startswith(every)
        else set(text.split()) - {"none"}
        for name, text in rows.items()
    }


def _module(file: Path) -> str:
    """Dotted name of a file; that of a package's __init__.py is the package's."""
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def _files(*folders: str) -> dict[str, Path]:
    return {_module(file): file for folder in folders for file in sorted((ROOT / folder).rglob("*.py"))}


def _imports(name: str, file: Path) -> Iterator[str]:
    """Every import of the file: also those in functions and under `if TYPE_CHECKING`."""
    package = name if file.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package.split(".")[: len(package.split(".")) - node.level + 1]) if node.level else ""
            source = ".".join(filter(None, (base, node.module)))
            yield from (f"{source}.{alias.name}" for alias in node.names)


def _graph() -> dict[str, set[str]]:
    """File -> files of modules/ that it imports."""
    files = _files("modules")

    def target(name: str) -> str | None:
        return name if name in files else name.rpartition(".")[0] if name.rpartition(".")[0] in files else None

    return {
        name: {found for one in _imports(name, file) if (found := target(one)) and found != name}
        for name, file in files.items()
    }


def _room(name: str) -> str:
    return name.split(".")[1] if "." in name else name


def test_every_room_imports_only_what_the_map_allows() -> None:
    allowed = _rooms()
    refused = [
        f"{name} imports {other}: add {_room(other)} to the row of {_room(name)} in modules/__init__.py, or move it"
        for name, others in _graph().items()
        for other in sorted(others)
        if name != "modules" and _room(other) != _room(name) and _room(other) not in allowed.get(_room(name), set())
    ]
    assert not refused, "\n".join(refused)


def test_no_import_cycle_is_allowed_or_there() -> None:
    # graphlib raises a CycleError that names the cycle.
    assert set(TopologicalSorter(_rooms()).static_order()) == set(_rooms())
    assert set(TopologicalSorter(_graph()).static_order()) >= set(_files("modules"))


def test_every_room_and_every_loose_file_is_in_the_map() -> None:
    held = {path.stem for path in MODULES.iterdir() if path.suffix == ".py" or path.joinpath("__init__.py").exists()}
    assert set(_rooms()) == held - {"__init__"}
    assert set().union(*_rooms().values()) <= set(_rooms())


def test_every_path_in_the_map_exists() -> None:
    paths = set(re.findall(r"`([\w/]+(?:/|\.py))`", MAP)) | set(re.findall(r"\b((?:spec|checks|synth)/\w+)", MAP))
    assert len(paths) > 20
    missing = [path for path in sorted(paths) if not ((MODULES / path).exists() or (MODULES / f"{path}.py").exists())]
    assert missing == []


def test_only_the_bindings_import_cdktf_jsii_and_the_providers() -> None:
    importers = {
        name
        for name, file in _files("modules", "demo", "tests/support", "benchmarks").items()
        if any(one.split(".")[0].startswith(BINDINGS) for one in _imports(name, file))
    }
    assert importers
    assert {name for name in importers if not name.startswith("modules.bindings")} == set()


def test_every_aws_class_that_the_bindings_list_is_used() -> None:
    """Each costs time at every start."""
    bindings = ast.parse((MODULES / "bindings" / "aws.py").read_text(encoding="utf-8")).body
    imports = [node for node in bindings if isinstance(node, ast.ImportFrom) and node.module != "modules"]
    listed = {alias.name for node in imports for alias in node.names}
    used = {one for name, file in _files("modules/constructs").items() for one in _imports(name, file)}
    assert len(listed) > 80
    assert {name for name in listed if f"modules.bindings.aws.{name}" not in used} == set()


def test_modules_import_no_test_and_support_imports_no_test_folder() -> None:
    wrong = [
        f"{name} imports {one}"
        for name, file in _files("modules", "demo", "tests/support", "benchmarks").items()
        for one in _imports(name, file)
        if (one.startswith("tests") and not one.startswith("tests.support"))
        or (name.startswith("modules") and one.split(".")[0] in ("tests", "demo", "benchmarks"))
    ]
    assert wrong == []


def _loaded(names: list[str]) -> set[str]:
    """Top-level packages that a new interpreter holds once it has imported these."""
    code = (
        "import importlib, json, sys\n"
        f"for name in {names!r}: importlib.import_module(name)\n"
        "print(json.dumps([name.split('.')[0] for name in sys.modules]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout))


def test_what_needs_no_bindings_loads_neither_cdktf_nor_jsii() -> None:
    """A mistake in services.yaml is answered in milliseconds; only a build loads the bindings."""
    heavy = {"bindings", "constructs", "stacks"}
    names = [name for name in _files("modules") if _room(name) not in heavy and name != "modules.synth.render"]
    assert len(names) > 80
    assert _loaded(names) & {*BINDINGS, "cdktf_cdktf_provider_kubernetes"} == set()


def test_demo_and_support_run_without_pytest() -> None:
    names = [name for name in _files("demo", "tests/support") if not name.endswith("__main__")]
    assert set(names) > WITH_PYTEST
    assert "pytest" not in _loaded([name for name in names if name not in WITH_PYTEST])


@pytest.mark.parametrize("folder", ["demo", "tests/support"])
def test_no_file_that_runs_by_itself_imports_pytest(folder: str) -> None:
    importers = {name for name, file in _files(folder).items() if "pytest" in {*_imports(name, file)}}
    assert importers <= WITH_PYTEST
