"""A pytest plugin for the tiers of docs/testing.md: it selects the tests of the gate, or those of the nightly tier.

Without `--nightly`, tests marked `nightly` are deselected and counted, and a property is tried on at most GATE random
systems. With it, the marked tests and the properties run, the latter on NIGHTLY systems.
"""

import os
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import is_hypothesis_test, settings

GATE = 20
NIGHTLY = 200
MOST_MINUTES = 40  # of a part of the nightly tier
LEFT_OUT = pytest.StashKey[int]()

# The machines are shared, so a slow moment proves nothing; CI runs the same examples every time.
settings.register_profile("gate", deadline=None, max_examples=GATE, derandomize=os.environ.get("CI") == "true")
settings.register_profile("nightly", deadline=None, max_examples=NIGHTLY)

Test = Callable[..., None]


def sampled(*, gate: int = GATE, nightly: int = NIGHTLY, minutes: float = 1, **others: Any) -> Callable[[Test], Test]:
    """Settings of a property with slow examples: their number in both tiers, and its minutes in the nightly one."""
    assert gate <= GATE, (
        f"The gate tries a property on at most {GATE} systems; give the other {gate - GATE} to nightly=."
    )
    number = nightly if settings.get_current_profile_name() == "nightly" else gate
    with_settings = settings(max_examples=number, **others)
    return lambda test: pytest.mark.sampled(minutes=minutes)(with_settings(test))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--nightly", action="store_true", help="run the nightly tier: tests marked nightly, and properties"
    )
    parser.addoption("--part", type=part, default=(1, 1), metavar="N/M", help="the Nth of M parts of the nightly tier")


def part(text: str) -> tuple[int, int]:
    """`2/3` as (2, 3). Raises ValueError, which argparse turns into a message."""
    number, _, of = text.partition("/")
    if not 1 <= int(number) <= int(of):
        raise ValueError(text)
    return int(number), int(of)


def pytest_configure(config: pytest.Config) -> None:
    settings.load_profile("nightly" if config.getoption("--nightly") else "gate")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--nightly"):
        files = minutes_by_file(items)
        try:
            chosen = parts(files, config.getoption("--part")[1])[config.getoption("--part")[0] - 1]
        except ValueError as mistake:
            raise pytest.UsageError(str(mistake)) from None
        kept = [item for item in items if item.path.as_posix() in chosen and minutes(item)]
    else:
        kept = [item for item in items if not item.get_closest_marker("nightly")]
        config.stash[LEFT_OUT] = len(items) - len(kept)
    left = set(items) - set(kept)
    if left:
        config.hook.pytest_deselected(items=[item for item in items if item in left])
        items[:] = kept


def minutes(item: pytest.Item) -> float:
    """How long a test says that it takes in the nightly tier; 0 where it is none of it."""
    marker = item.get_closest_marker("nightly") or item.get_closest_marker("sampled")
    if marker:
        return float(marker.kwargs.get("minutes", 1))
    return 1.0 if is_hypothesis_test(getattr(item, "obj", None)) else 0.0


def minutes_by_file(items: list[pytest.Item]) -> dict[str, float]:
    """Tests of one file share what they start, so a file is never split; a mark of the whole file counts once."""
    files: dict[str, float] = defaultdict(float)
    marked: set[Any] = set()
    for item in items:
        whole = next((node for node, _ in item.iter_markers_with_node("nightly") if node is not item), None)
        if whole not in marked:
            files[item.path.as_posix()] += minutes(item)
        if whole is not None:
            marked.add(whole)
    return {file: taken for file, taken in files.items() if taken}


def parts(files: dict[str, float], count: int) -> list[set[str]]:
    """The files in `count` parts, the longest file first, each into the part that is the shortest by then.

    Raises ValueError where one of several parts is longer than MOST_MINUTES.
    """
    chosen: list[set[str]] = [set() for _ in range(count)]
    lengths = [0.0] * count
    for file in sorted(files, key=lambda file: (-files[file], file)):
        shortest = lengths.index(min(lengths))
        chosen[shortest].add(file)
        lengths[shortest] += files[file]
    if count > 1 and max(lengths) > MOST_MINUTES:
        raise ValueError(
            f"One of {count} parts takes {max(lengths):.0f} minutes, and at most {MOST_MINUTES} are allowed. "
            f"Ask for more parts: make nightly PART=1/{count + 1}."
        )
    return chosen


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where several workers collect, each counts the same."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["left_out"] = session.config.stash.get(LEFT_OUT, 0)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    node.config.stash[LEFT_OUT] = getattr(node, "workeroutput", {}).get("left_out", 0)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if left_out := config.stash.get(LEFT_OUT, 0):
        terminalreporter.write_line(f"{left_out} tests of the nightly tier were left out: make nightly runs them.")
