"""A move that is killed anywhere: the true states are where services.yaml says, and the same command finishes it."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from modules.paths import ROOT
from tests.shared_state.conftest import SERVICES, STATES, System, empty
from tests.shared_state.test_bootstrap import name, objects
from tests.support.transcripts import Shows

SECONDS = 300
MOST = 100  # a run has fewer changes
BOOTSTRAP = ("bootstrap", "--yes")
FIRST_COPY = "PutObject shop/cluster.tfstate"


def killed(system: System, change: int | str, when: str, *words: str) -> str | None:
    """Where the run was killed, which prints what it said; None if it had fewer changes, and so came to its end."""
    paths = [f"--file={system.file}", f"--out={system.generated}"]
    line = [sys.executable, "-m", "tests.shared_state.killing", str(change), when, *words, *paths]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        line, cwd=system.folder, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    print(f"$ main.py {' '.join(words)}\n{done.stdout}")
    if done.returncode == -signal.SIGKILL:
        return str(re.findall(r"^killed (?:before|after) (.+)$", done.stdout, re.MULTILINE)[-1])
    assert done.returncode == 0, done.stderr
    return None


def true_states(system: System, s3: Any) -> dict[str, bytes]:
    """The states where services.yaml says they are."""
    found = re.search(r"^state: \{s3: \{bucket: (.+)\}\}$", system.file.read_text(), re.MULTILINE)
    if not found:
        return {file: content for file, content in system.local().items() if file.endswith(".tfstate")}
    there = objects(s3, found[1])
    return {Path(key).name: content for key, content in there.items() if key.endswith(".tfstate")}


def assert_moved(system: System, account: str, s3: Any) -> None:
    """Wholly, with nothing left of it but the old states."""
    assert objects(s3, name(account)) == {f"shop/{file}": content for file, content in STATES.items()}
    assert {file.partition(".moved-")[0]: content for file, content in system.local().items()} == STATES
    assert sorted(one.name for one in system.state.iterdir()) == sorted(system.local())
    assert f"bucket: {name(account)}" in system.file.read_text()
    assert len(s3.get_bucket_policy(Bucket=name(account))["Policy"]) > 0


def test_a_bootstrap_that_is_killed_between_two_copies_is_finished_by_the_next(
    system: System, account: str, s3: Any, shows: Shows, capsys: pytest.CaptureFixture[str]
) -> None:
    assert killed(system, FIRST_COPY, "after", *BOOTSTRAP)
    assert true_states(system, s3) == STATES
    locks = [key for key in objects(s3, name(account)) if key.endswith(".tflock")]
    assert len(locks) == len(list((system.generated / "stacks").iterdir()))
    assert killed(system, MOST, "after", *BOOTSTRAP) is None
    assert_moved(system, account, s3)
    said = capsys.readouterr().out.replace("$ main.py bootstrap --yes", "$ make bootstrap")
    said = said.replace(f"killed after {FIRST_COPY}", "Killed")
    shows("bootstrap", re.sub(r"^(  aws .{100}).+$", r"\1…", said, flags=re.MULTILINE))


def test_a_bootstrap_that_is_killed_again_and_again_comes_to_its_end(system: System, account: str, s3: Any) -> None:
    """Each run is killed two changes later than the one before it."""
    places = []
    for number in range(1, MOST, 2):
        if (place := killed(system, number, "after", *BOOTSTRAP)) is None:
            break
        places.append(place)
        assert true_states(system, s3) == STATES, place
    assert_moved(system, account, s3)
    assert {place.split()[0] for place in places} >= {"CreateBucket", "PutObject", "rename"}
    assert len(places) > 8


def test_a_lock_that_was_being_written_leaves_no_file(system: System, account: str, s3: Any) -> None:
    assert killed(system, "replace ..cluster.tfstate.lock.info.new", "before", *BOOTSTRAP)
    assert system.run(*BOOTSTRAP) == 0
    assert_moved(system, account, s3)


def _all(number: int, s3: Any, make: Callable[[], System], when: str, account: str) -> str | None:
    system = make()
    place = killed(system, number, when, *BOOTSTRAP)
    assert true_states(system, s3) == STATES, place
    assert system.run(*BOOTSTRAP) == 0, place
    assert_moved(system, account, s3)
    return place


@pytest.mark.nightly(minutes=8)
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_bootstrap_that_is_killed_at_any_change_is_finished_by_the_next(
    when: str, account: str, s3: Any, generated: Path, tmp_path: Path
) -> None:
    def make() -> System:
        empty(s3)
        (tmp_path / str(number)).mkdir()
        system = System(tmp_path / str(number), generated)
        system.state.mkdir()
        for file, content in STATES.items():
            (system.state / file).write_bytes(content)
        return system

    for number in range(1, MOST):
        if _all(number, s3, make, when, account) is None:
            break
    assert number > 20


def test_a_way_back_that_is_killed_is_finished_by_the_same_command(system: System, account: str, s3: Any) -> None:
    assert system.run(*BOOTSTRAP) == 0
    for number in range(2, MOST, 4):
        if killed(system, number, "before", "migrate-state", "--to=local", "--yes") is None:
            break
        assert true_states(system, s3) == STATES
    assert system.file.read_text() == SERVICES
    assert true_states(system, s3) == STATES
    assert not [key for key in objects(s3, name(account)) if key.endswith((".tfstate", ".tflock"))]
