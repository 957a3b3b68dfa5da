"""Golden cases: small systems whose whole output was read once, and is compared parsed."""

import json
import re
import shutil
from pathlib import Path

import pytest

from modules.checks.check import check
from modules.synth.build import build
from tests.unit.conftest import TODAY

GOLDEN = Path(__file__).parent.parent / "golden"
VERSION = re.compile(rb'("version": "\d+\.\d+\.\d+)\+[0-9a-f]{8}')
CASES = sorted(file.parent.name for file in GOLDEN.glob("*/services.yaml"))


@pytest.mark.parametrize("case", CASES)
def test_a_case_builds_what_was_read_and_accepted(case: str, request: pytest.FixtureRequest) -> None:
    folder = GOLDEN / case
    result = check(folder / "services.yaml", TODAY)
    assert result.spec is not None
    assert [problem.code for problem in result.warnings] == []
    # The charts are copies of charts/, and their versions say which; both would change with each word in them.
    files = {path: content for path, content in build(result.spec).items() if not path.startswith("charts/")}
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
    return json.loads(VERSION.sub(rb"\1", content)) if path.endswith(".json") else content
