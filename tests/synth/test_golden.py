"""Golden cases: systems whose whole output was read once, and is compared parsed: examples/ and tests/systems/."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from textwrap import shorten

import pytest

from modules.checks.check import Checked, check
from modules.paths import ROOT
from modules.synth.build import build
from tests.unit.conftest import TODAY

GOLDEN = Path(__file__).parent.parent / "golden"
VERSION = re.compile(rb'("version": "\d+\.\d+\.\d+)\+[0-9a-f]{8}')
MOST_LINES = 20
NOTHING = object()
# The architecture is in both; its example says the same (tests/unit/test_examples.py).
CASES = {
    file.parent.name: file for place in ("examples", "tests/systems") for file in ROOT.glob(f"{place}/*/services.yaml")
}


@pytest.mark.parametrize("case", sorted(CASES))
def test_a_case_builds_what_was_read_and_accepted(case: str, request: pytest.FixtureRequest) -> None:
    folder = GOLDEN / case
    result = check(CASES[case], TODAY)
    assert result.spec is not None
    assert [problem.code for problem in result.warnings] == []
    # The charts are copies of charts/, and their versions say which; both would change with each word in them.
    files = {path: content for path, content in _built(result).items() if not path.startswith("charts/")}
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
    assert sorted(files) == sorted(golden)
    changed = [
        line for path in files for line in _changes(path, _parsed(path, golden[path]), _parsed(path, files[path]))
    ]
    assert changed == [], "\n".join(["Read each change, then run `make golden`:", *changed[:MOST_LINES]])


def _built(checked: Checked) -> dict[str, bytes]:
    return build(checked.specs[0], further=checked.specs[1:])


def test_a_change_is_named_by_its_place() -> None:
    old, new = (
        {"resource": {"aws_vpc": {"main": {"tags": ["a"]}}}},
        {"resource": {"aws_vpc": {"main": {"tags": ["b"]}}}},
    )
    assert list(_changes("cdk.tf.json", old, new)) == ["cdk.tf.json resource.aws_vpc.main.tags[0]: 'a' is now 'b'"]
    assert list(_changes("cdk.tf.json", {"a": 1}, {})) == ["cdk.tf.json a: 1 is now nothing"]


def _changes(place: str, old: object, new: object) -> Iterator[str]:
    """Every value that differs, with the way to it."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted({*old, *new}):
            where = f"{place}{'.' if ' ' in place else ' '}{key}"
            yield from _changes(where, old.get(key, NOTHING), new.get(key, NOTHING))
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (before, after) in enumerate(zip(old, new, strict=True)):
            yield from _changes(f"{place}[{index}]", before, after)
    elif old != new:
        yield f"{place}: {_shown(old)} is now {_shown(new)}"


def _shown(value: object) -> str:
    return "nothing" if value is NOTHING else shorten(repr(value), 200)


def test_every_golden_folder_has_a_case() -> None:
    assert {folder.name for folder in GOLDEN.iterdir() if folder.is_dir()} == set(CASES)


def _parsed(path: str, content: bytes) -> object:
    return json.loads(VERSION.sub(rb"\1", content)) if path.endswith(".json") else content
