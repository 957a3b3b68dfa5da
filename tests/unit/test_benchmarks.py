"""What make bench says is what it measured, and its peers make what this generator makes."""

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks import page, peer_data, peer_tools
from benchmarks.measure import Taken
from benchmarks.page import Measured
from benchmarks.product import EDITED, UNCHANGED, WATCHED, WHOLE
from benchmarks.stacks import Row

BUCKET = {"resource": {"aws_s3_bucket": {"a": {"bucket": "b", "tags": [{"x": 1}], "//": {"path": "a"}}}}}


def _system(**seconds: float) -> Measured:
    ours = {WHOLE: 2.0, EDITED: 1.0, WATCHED: 0.4, UNCHANGED: 0.5}
    return Measured("s", 10, 1, {what: Taken(one, one, 10) for what, one in {**ours, **seconds}.items()}, 0)


def test_the_page_says_who_is_ahead_and_by_how_much() -> None:
    text = page.text([_system(slow=4.0, fast=0.5)], [_system()], [Row("plan", 2, {1: 4.0, 3: 2.0})], {"x": 1.0}, "c", 3)
    built = "ahead of 1 of 2 peers, by 2.0 to 2.0 times; behind, by how many times: fast (4.0)."
    assert f"- 10 resources, a build of every stack: {built}\n  By seconds of processors: {built}" in text
    assert "- 10 resources, an edit of one service: ahead of 1 of 2 peers, by 4.0 to 4.0 times; behind" in text
    assert (
        "- 10 resources, an edit of one service under make watch: ahead of 2 of 2 peers, by 1.2 to 10.0 times" in text
    )
    assert "| slow | 4.00 s (2.00), 4.00 s |" in text
    assert "| plan | 2 | 2.00 s | 3 | 1.00 s | 0.50 |" in text


def test_the_page_holds_two_hundred_services_against_the_earlier_commit() -> None:
    sized = _system()._replace(before=5)
    sized = sized._replace(taken={**sized.taken, page.BEFORE: Taken(1.0, 1.0, 5)})
    text = page.text([_system()], [sized], [], {}, "abc", 3)
    assert "- s, one service edited: 1/2.0 of every stack" in text
    assert "of what commit abc takes for every stack, 1/1.0 and 1/1.0; the aim is 1/8." in text
    assert "beside commit abc: 1.00 of its time, 1.00 of its processors' time, 1.00 of its memory" in text


def _stack(folder: Path, content: object) -> Path:
    file = folder / "stacks" / "a" / "cdk.tf.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(content))
    return folder


def test_a_peer_that_makes_another_resource_ends_the_run(tmp_path: Path) -> None:
    ours = _stack(tmp_path / "ours", BUCKET)
    named = {"resource": {"aws_s3_bucket": {"other": {"bucket": "b", "tags": {"x": 1}}}}}
    peer_tools.same(ours, _stack(tmp_path / "named", named))
    other = {"resource": {"aws_s3_bucket": {"a": {"bucket": "c", "tags": {"x": 1}}}}}
    with pytest.raises(SystemExit, match="a: the peer made other resources"):
        peer_tools.same(ours, _stack(tmp_path / "other", other))
    with pytest.raises(SystemExit, match="a: the peer made other resources"):
        peer_tools.same(ours, _stack(tmp_path / "none", {}))


def test_a_reference_stands_for_a_list_as_a_program_says_it() -> None:
    lists: list[dict[str, Any]] = [{"collection": {"kind": "array", "elementtype": {"primitive": "string"}}}]
    assert peer_data.token(lists, "${a.b}") == {"$token": "list", "of": "${a.b}"}
    assert peer_data.token([{"primitive": "string"}], "${a.b}") == "${a.b}"
    either: list[dict[str, Any]] = [{"primitive": "boolean"}, {"fqn": "cdktf.IResolvable"}]
    assert peer_data.token(either, "${a.b}") == {"$token": "any", "of": "${a.b}"}
