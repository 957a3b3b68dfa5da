"""The whole generator on CDKTF's fork makes the same bytes, but for what tests/fork/differences.py lists."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from modules.paths import ROOT
from tests.fork.differences import CDKTF, DIFFERENCES, FORK, as_cdktf
from tests.support import fork_packages

# tests/systems/architecture is the system with which the repository is shipped.
SYSTEMS = sorted(
    file.relative_to(ROOT).parent.as_posix()
    for pattern in ("examples/*/services.yaml", "tests/systems/*/services.yaml")
    for file in ROOT.glob(pattern)
)


def _made(program: list[str], system: str, out: Path, environment: dict[str, str]) -> dict[str, bytes]:
    """Each file of generated/, which has one name for both: it is in the paths of local states."""
    file = ROOT / system / "services.yaml"
    done = subprocess.run(
        [sys.executable, *program, "--file", str(file), "--out", str(out / "generated"), "--rebuild"],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    files = sorted(one for one in out.rglob("*") if one.is_file())
    return {one.relative_to(out / "generated").as_posix(): one.read_bytes() for one in files}


@pytest.mark.nightly(minutes=0.5)
@pytest.mark.parametrize("system", SYSTEMS)
def test_on_the_fork_a_system_becomes_the_same_but_for_the_listed_differences(system: str, tmp_path: Path) -> None:
    cdktf = _made(["main.py"], system, tmp_path / "cdktf", {})
    path = f"{fork_packages.site()}{os.pathsep}{ROOT}"
    fork = _made(["-m", "tests.fork.on_cdktn"], system, tmp_path / "fork", {"PYTHONPATH": path})
    undone = {file: as_cdktf(file, data) for file, data in fork.items()}
    assert {file: data for file, (data, _) in undone.items()} == cdktf
    # Every system has a namespace, so that each of these is in each.
    assert set().union(*(had for _, had in undone.values())) == set(DIFFERENCES), "a listed difference is no more"


def test_a_difference_is_undone_only_where_it_is_as_listed() -> None:
    whole = f'{{\n  "stacks": {{}},\n  "version": "{FORK}"\n}}\n'.encode()
    assert as_cdktf("manifest.json", whole) == (whole.replace(FORK.encode(), CDKTF.encode()), {DIFFERENCES[0]})
    with pytest.raises(ValueError, match=r"version 0\.21\.0 is not that of the fork"):
        as_cdktf("manifest.json", whole.replace(FORK.encode(), b"0.21.0"))
    namespace = '{{\n  "resource": {{\n    "kubernetes_namespace_v1": {{\n      "a": {{\n        "metadata": {}\n'
    text = (namespace.format("{}") + "      }\n    }\n  }\n}\n").encode()
    with pytest.raises(ValueError, match=r"not a list of one block: \{\}"):
        as_cdktf("stacks/platform/cdk.tf.json", text)
    assert as_cdktf("stacks/platform/versions.tf", b"0.24.0") == (b"0.24.0", set())
