"""The tiers of tests: what the gate leaves out, and how the nightly tier is cut into parts."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from modules.paths import ROOT
from tests.support.nightly import HEAD, recorded
from tests.support.side_by_side import OF_THE_APPLIED, scope
from tests.support.tiers import GATE, MOST_MINUTES, NIGHTLY, part, parts, sampled

pytest_plugins = ["pytester"]

TESTS = """
import pytest
from hypothesis import given, settings, strategies as st

def test_quick() -> None: pass

@pytest.mark.nightly(minutes=30)
def test_slow() -> None: pass

@given(st.integers())
def test_property(number: int) -> None: print("one example")
"""

Run = Callable[..., pytest.RunResult]


@pytest.fixture
def run(pytester: pytest.Pytester) -> Iterator[Run]:
    """Runs TESTS, and the same slow test in a second file, with these options."""
    pytester.makeini("[pytest]\nmarkers = nightly(minutes)\n")
    pytester.makepyfile(test_first=TESTS, test_second=TESTS.replace("30", "25"))
    profile = settings.get_current_profile_name()
    yield lambda *options: pytester.runpytest_inprocess("-rA", "-p", "tests.support.tiers", *options)
    settings.load_profile(profile)


def test_the_gate_leaves_nightly_tests_out_and_says_how_many(run: Run) -> None:
    result = run()
    result.assert_outcomes(passed=4, deselected=2)
    result.stdout.fnmatch_lines(["2 tests of the nightly tier were left out: make nightly runs them."])
    assert result.stdout.str().count("one example") == 2 * GATE


def test_the_nightly_tier_runs_marked_tests_and_properties_on_more_systems(run: Run) -> None:
    result = run("--nightly")
    result.assert_outcomes(passed=4, deselected=2)
    assert result.stdout.str().count("one example") == 2 * NIGHTLY


def test_several_workers_leave_them_out_once(run: Run) -> None:
    result = run("-n2", "--dist=loadscope")
    result.assert_outcomes(passed=4)
    result.stdout.fnmatch_lines(["2 tests of the nightly tier were left out: make nightly runs them."])


SHARING = """
import time, pytest

@pytest.mark.parametrize("number", range(6))
def test_one(number: int, {fixture}) -> None: time.sleep(0.02)

@pytest.fixture
def applied() -> None: pass
"""


def test_what_shares_something_runs_in_one_worker(pytester: pytest.Pytester) -> None:
    for file in ("plan/test_apply", "e2e/test_lifecycle", "kubernetes/test_releases", "charts/test_a", "synth/test_b"):
        code = SHARING.format(fixture="applied: None" if f"{file}.py" in OF_THE_APPLIED else "")
        pytester.mkpydir(file.partition("/")[0]).joinpath(f"{file.partition('/')[2]}.py").write_text(code)
    options = ("-v", "-n2", "--dist=loadscope", "--no-loadscope-reorder", "-p", "tests.support.side_by_side")
    result = pytester.runpytest_inprocess(*options)
    result.assert_outcomes(passed=30)
    ran = re.findall(r"\[(gw\d)\].* PASSED (\S+)", result.stdout.str())
    of_the_applied = [(worker, test) for worker, test in ran if scope(test) == "applied"]
    assert len(of_the_applied) == 18
    assert [test.partition("::")[0] for _, test in of_the_applied][-6:] == ["e2e/test_lifecycle.py"] * 6
    workers = {
        name: {worker for worker, test in ran if scope(test) == name} for _, test in ran for name in [scope(test)]
    }
    assert {name: len(of) for name, of in workers.items()} == dict.fromkeys(workers, 1)
    assert len(workers) == 2 + 6


def test_a_new_test_of_the_applied_system_has_to_be_listed(pytester: pytest.Pytester) -> None:
    pytester.mkpydir("plan").joinpath("test_new.py").write_text(SHARING.format(fixture="applied: None"))
    result = pytester.runpytest_inprocess("-p", "tests.support.side_by_side")
    result.stderr.fnmatch_lines(
        ["*plan/test_new.py::test_one* uses the applied system: add its file to OF_THE_APPLIED*"]
    )


def test_parts_of_the_nightly_tier_are_whole_files(run: Run) -> None:
    run("--nightly", "--part=1/2").assert_outcomes(passed=2, deselected=4)
    run("--nightly", "--part=2/2").assert_outcomes(passed=2, deselected=4)


def test_a_mark_of_a_whole_file_counts_once(pytester: pytest.Pytester, run: Run) -> None:
    tests = "".join(f"def test_{name}() -> None: pass\n" for name in "abc")
    pytester.makepyfile(test_third=f"import pytest\npytestmark = pytest.mark.nightly(minutes=39)\n{tests}")
    run("--nightly", "--part=1/3").assert_outcomes(passed=3, deselected=6)


def test_parts_are_the_same_whatever_the_order_and_nothing_is_lost() -> None:
    files = {f"{name}.py": float(minutes) for name, minutes in zip("abcdef", (30, 5, 5, 20, 20, 10), strict=True)}
    three = parts(files, 3)
    assert three == parts(dict(reversed(files.items())), 3)
    assert sorted(file for chosen in three for file in chosen) == sorted(files)
    assert all(sum(files[file] for file in chosen) <= MOST_MINUTES for chosen in three)


def test_a_part_of_more_than_forty_minutes_is_refused() -> None:
    with pytest.raises(ValueError, match=r"takes 60 minutes, and at most 40 are allowed.*make nightly PART=1/3"):
        parts({"a.py": 60, "b.py": 5}, 2)


@pytest.mark.parametrize("text", ["0/2", "3/2", "x", "1"])
def test_a_part_that_does_not_exist_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - argparse says it with the option's name
        part(text)


def test_the_gate_tries_no_property_on_more_than_twenty_systems() -> None:
    assert settings.get_profile("gate").max_examples == GATE == 20
    with pytest.raises(AssertionError, match="at most 20 systems; give the other 10 to nightly="):
        sampled(gate=30)
    own_numbers = [
        f"{file.relative_to(ROOT)}:{number}"
        for file in Path(ROOT / "tests").rglob("*.py")
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(r"settings\(.*max_examples|^\s+max_examples=", line) and file.name != "tiers.py"
    ]
    assert own_numbers == [], "use tests.support.tiers.sampled"


def test_a_record_replaces_the_row_of_its_part_and_drops_other_numbers_of_parts() -> None:
    one, two = "| 1/2 | aaa | 2026-01-01 | 5 | 0 | 0 | 9.0 |", "| 2/2 | aaa | 2026-01-01 | 5 | 0 | 0 | 9.0 |"
    record = recorded(recorded(HEAD, two), one)
    assert record == f"{HEAD}{one}\n{two}\n"
    again = one.replace("aaa", "bbb")
    assert recorded(record, again) == f"{HEAD}{again}\n{two}\n"
    whole = one.replace("1/2", "1/1")
    assert recorded(record, whole) == f"{HEAD}{whole}\n"


def test_the_record_of_one_file_leaves_the_parts_and_is_left_by_them() -> None:
    part, file = (f"| {name} | aaa | 2026-01-01 | 5 | 0 | 0 | 9.0 |" for name in ("1/2", "tests/page/test_drawio.py"))
    assert recorded(recorded(HEAD, part), file) == recorded(recorded(HEAD, file), part) == f"{HEAD}{part}\n{file}\n"
    again = file.replace("aaa", "bbb")
    assert recorded(f"{HEAD}{part}\n{file}\n", again) == f"{HEAD}{part}\n{again}\n"
