"""Every fenced block of README.md and docs/ runs, or says why it does not."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from modules.checks.check import check
from modules.cli.services_file import say_problems
from modules.paths import ROOT
from modules.spec.model import Service, Spec
from tests.support import blocks
from tests.support.blocks import Block
from tests.support.random_specs import render
from tests.support.reference import pages
from tests.support.run_synth import SHIPPED, shipped
from tests.unit.conftest import TODAY

BLOCKS = blocks.blocks()
RUN = [block for block in BLOCKS if block.is_run]
TESTING = ROOT / "docs" / "testing.md"
MINIMAL = {"project": "shop", "region": "eu-west-1", "services": {"web": {"path": "/"}}}


def of(language: str) -> list[Any]:
    return [pytest.param(block, id=block.place) for block in RUN if block.language == language]


def test_no_fence_is_overlooked_and_each_has_a_known_language() -> None:
    for page in blocks.pages():
        here = [block for block in BLOCKS if block.page == page]
        assert blocks.fences(page.read_text(encoding="utf-8")) == 2 * len(here), page
    assert [block.place for block in RUN if block.language not in blocks.LANGUAGES] == []


def test_the_page_on_tests_counts_the_blocks(request: pytest.FixtureRequest) -> None:
    text = TESTING.read_text(encoding="utf-8")
    new = pages.filled(text, {"blocks": blocks.counted})
    if request.config.getoption("--rewrite-goldens"):
        TESTING.write_text(new, encoding="utf-8")
        text = new
    print(blocks.counted())
    assert blocks.counted() in text, "docs/testing.md has other numbers of blocks: run `make golden`."


def test_a_block_that_is_not_run_says_why_in_a_sentence() -> None:
    assert [block.place for block in BLOCKS if block.reason is not None and len(block.reason.split()) < 3] == []


def test_a_block_that_a_test_makes_is_a_generated_part_that_this_test_names() -> None:
    made = {block.place: block for block in BLOCKS if block.made_by}
    assert made
    for place, block in made.items():
        before = block.page.read_text(encoding="utf-8").splitlines()[block.line - 4 : block.line - 1]
        part = re.fullmatch(r"<!-- generated: ([\w-]+) -->", before[0])
        assert part, place
        maker = (ROOT / str(block.made_by)).read_text(encoding="utf-8")
        assert re.search(rf'shows\(\s*"{part[1]}"', maker), place


@pytest.mark.parametrize("block", of("yaml"))
def test_a_piece_of_yaml_is_a_system_or_fits_into_one(block: Block, tmp_path: Path) -> None:
    found = YAML(typ="safe").load(block.text)
    said = [_mistakes(system, tmp_path) for system in _systems(found)]
    assert [] in said, f"{block.place}: {said[-1]}"


def _systems(found: dict[str, Any]) -> list[dict[str, Any]]:
    """Whole systems with it: itself, or a small one and the shipped one with it in its place."""
    return [found] if "project" in found else [_with(found, base) for base in (MINIMAL, shipped())]


def _with(found: dict[str, Any], base: dict[str, Any]) -> dict[str, Any]:
    services = base["services"]
    if found.keys() <= Spec.model_fields.keys():
        return base | found
    if found.keys() <= Service.model_fields.keys():
        name = next(iter(services))
        return base | {"services": services | {name: services[name] | found}}
    return base | {"services": services | found}


def _mistakes(system: dict[str, Any], folder: Path) -> list[str]:
    file = folder / "services.yaml"
    file.write_text(render(system), encoding="utf-8")
    checked = check(file, TODAY)
    return [checked.render(problem) for problem in checked.mistakes]


@pytest.mark.parametrize("block", of("json"))
def test_a_piece_of_json_is_in_what_the_shipped_system_generates(block: Block) -> None:
    wanted = json.loads(block.text)
    files = (ROOT / "tests" / "golden" / "architecture" / "generated").glob("stacks/*/cdk.tf.json")
    assert any(_holds(json.loads(file.read_text(encoding="utf-8")), wanted) for file in files), block.place


def _holds(whole: Any, part: Any) -> bool:
    """Whether all of `part` is in `whole`, or in something within it: a mapping may have more keys."""
    if whole == part or (isinstance(part, dict) and isinstance(whole, dict) and _has_all(whole, part)):
        return True
    inner = whole.values() if isinstance(whole, dict) else whole if isinstance(whole, list) else ()
    return any(_holds(one, part) for one in inner)


def _has_all(whole: dict[str, Any], part: dict[str, Any]) -> bool:
    return all(key in whole and whole[key] == one for key, one in part.items())


@pytest.mark.parametrize("block", of("text"))
def test_a_mistake_that_is_shown_is_what_synth_says(
    block: Block, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first line is the place, and the second quotes the word: it is written there into the shipped file."""
    place = re.match(r"services\.yaml:(\d+) (\S+)\n\s+error: \"(\w+)\" .*\n\s+Did you mean \"(\w+)\"\?", block.text)
    assert place, f"{block.place}: a text block shows a mistake, or says why it is not run."
    lines = SHIPPED.read_text(encoding="utf-8").splitlines(keepends=True)
    wrong = lines[int(place[1]) - 1].replace(place[4], place[3], 1)
    assert wrong != lines[int(place[1]) - 1]
    file = tmp_path / "services.yaml"
    file.write_text("".join([*lines[: int(place[1]) - 1], wrong, *lines[int(place[1]) :]]), encoding="utf-8")
    say_problems(check(file, TODAY))
    assert block.text.strip() in capsys.readouterr().err
