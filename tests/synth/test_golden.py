"""Golden cases: small systems whose whole output was read once, and is compared parsed."""

import json
import shutil
from pathlib import Path

import pytest

from modules.build import build
from modules.spec.check import check
from tests.unit.conftest import TODAY

GOLDEN = Path(__file__).parent.parent / "golden"
CASES = sorted(file.parent.name for file in GOLDEN.glob("*/services.yaml"))


@pytest.mark.parametrize("case", CASES)
def test_a_case_builds_what_was_read_and_accepted(case: str, request: pytest.FixtureRequest) -> None:
    folder = GOLDEN / case
    result = check(folder / "services.yaml", TODAY)
    assert result.spec is not None
    assert [problem.code for problem in result.warnings] == []
    files = build(result.spec)
    if request.config.getoption("--rewrite-goldens"):
        shutil.rmtree(folder / "generated", ignore_errors=True)
        for path, content in files.items():
            (folder / "generated" / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / "generated" / path).write_bytes(content)
    golden = {
        str(file.relative_to(folder / "generated")): file.read_bytes()
        for file in (folder / "generated").rglob("*")
        if file.is_file()
    }
    assert {path: _parsed(path, content) for path, content in files.items()} == {
        path: _parsed(path, content) for path, content in golden.items()
    }


def _parsed(path: str, content: bytes) -> object:
    return json.loads(content) if path.endswith(".json") else content
