"""States that move: what the new place may have already, who holds a lock, and what is left where it was."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from modules.doctor.account import Account
from modules.errors import CommandError
from modules.shared_state import lock as locks
from modules.shared_state import move
from modules.shared_state.local_state import LocalState
from modules.shared_state.move import Pair
from modules.shared_state.s3 import S3
from modules.shared_state.s3_state import Object, S3State
from modules.state import state_file
from tests.shared_state.conftest import state
from tests.support import child_process

KEY = "shop/network.tfstate"
HOLDER = """
import fcntl, os, sys
file = os.open(sys.argv[1], os.O_RDWR)
fcntl.lockf(file, fcntl.LOCK_EX)
print("locked", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def bucket(account: str, s3: Any) -> str:
    s3.create_bucket(Bucket=f"states-{account}", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    return f"states-{account}"


@pytest.fixture
def pair(tmp_path: Path, bucket: str, account: str) -> Pair:
    file = tmp_path / "state" / "network.tfstate"
    file.parent.mkdir()
    file.write_bytes(state("network"))
    asked = Account("eu-west-1")
    asked.id = account
    return Pair("network", LocalState(file), S3State(S3(asked, "eu-west-1"), Object(bucket, KEY, "eu-west-1")))


def turned(pair: Pair) -> Pair:
    """The way back."""
    return Pair(pair.stack, pair.target, pair.source)


def run(pair: Pair, identifier: str = "ours") -> list[str]:
    """What it says. In the middle, services.yaml would be written."""
    said: list[str] = []
    move.move([pair], locks.new(identifier, "make bootstrap"), lambda: said.append("switched"), said.append)
    return said


def fails(pair: Pair) -> CommandError:
    """Nothing is switched, and the states of both places are as they were."""
    before = pair.source.read(), pair.target.read()
    with pytest.raises(CommandError) as error:
        run(pair)
    assert (pair.source.read(), pair.target.read()) == before
    return error.value


def test_a_state_is_the_same_there_and_back(pair: Pair) -> None:
    today = datetime.now(UTC).date()
    assert run(pair) == [
        f"network: 1 resource, serial 3: {pair.source} is in {pair.target}, read back and equal",
        "switched",
        f"network: the old state is kept as {pair.source}.moved-{today}",
        "Old states hold secrets, as states do: delete them once a plan shows no change.",
    ]
    assert (pair.source.read(), pair.target.read()) == (None, state("network"))
    assert run(turned(pair))[-2] == f"network: the old state is kept as {pair.target}.moved-{today}"
    assert (pair.source.read(), pair.target.read()) == (state("network"), None)


def test_no_lock_is_left(pair: Pair, bucket: str, s3: Any) -> None:
    run(pair)
    assert [one["Key"] for one in s3.list_objects_v2(Bucket=bucket)["Contents"]] == [KEY]
    assert isinstance(pair.source, LocalState)
    assert [one.name.partition(".moved")[0] for one in pair.source.file.parent.iterdir()] == ["network.tfstate"]


def test_what_is_there_already_is_not_written_again(pair: Pair, bucket: str, s3: Any) -> None:
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    pair.target.write(state("network"))
    run(pair)
    versions = s3.list_object_versions(Bucket=bucket, Prefix=KEY)["Versions"]
    assert [one["Key"] for one in versions if not one["Key"].endswith(".tflock")] == [KEY]


def test_an_older_version_there_is_replaced(pair: Pair) -> None:
    pair.target.write(state("network", serial=2))
    run(pair)
    assert pair.target.read() == state("network")


def test_a_newer_version_there_is_kept(pair: Pair) -> None:
    pair.target.write(state("network", serial=7))
    assert run(pair)[0] == (f"network: {pair.target} is newer than {pair.source} (1 resource, serial 3), and is kept")
    assert pair.target.read() == state("network", serial=7)
    assert pair.source.read() is None


def test_a_state_without_resources_there_is_replaced(pair: Pair) -> None:
    pair.target.write(state("network", lineage="of a second init", resources=0))
    run(pair)
    assert pair.target.read() == state("network")


@pytest.mark.parametrize("there", [{"lineage": "of another system"}, {"resources": 2}], ids=["lineage", "content"])
def test_another_state_there_is_refused(pair: Pair, there: dict[str, Any]) -> None:
    pair.target.write(state("network", **there))
    error = fails(pair)
    assert error.where == str(pair.target)
    assert "There is another state of network already: " in error.what
    assert "they are no versions of one another" in error.what
    assert error.next_step.startswith("Find out which of them is true (terraform show)")


def test_a_damaged_state_is_not_moved(pair: Pair) -> None:
    pair.source.write(b"{")
    assert fails(pair).what == "The file is damaged: it is not JSON."


def test_a_failed_switch_leaves_no_copy(pair: Pair) -> None:
    def fail() -> None:
        raise CommandError("services.yaml", "It can't be written.", "Make it writable.")

    with pytest.raises(CommandError, match="It can't be written"):
        move.move([pair], locks.new("ours", "make bootstrap"), fail, lambda _: None)
    assert (pair.source.read(), pair.target.read()) == (state("network"), None)


def _held_since(minutes: int) -> bytes:
    created = datetime.now(UTC) - timedelta(minutes=minutes)
    lock = locks.Lock(ID="theirs", Operation="OperationTypeApply", Who="ann@laptop", Created=created.isoformat())
    return lock.as_json()


@pytest.mark.parametrize("way", ["there", "back"])
def test_a_lock_in_s3_is_answered_with_its_owner_and_stays(pair: Pair, bucket: str, s3: Any, way: str) -> None:
    s3.put_object(Bucket=bucket, Key=f"{KEY}.tflock", Body=_held_since(12))
    error = fails(pair if way == "there" else turned(pair))
    assert error.where == f"s3://{bucket}/{KEY}"
    assert error.what.startswith("The state is locked by ann@laptop since 20")
    assert error.what.endswith("UTC (12 minutes ago), for OperationTypeApply.")
    assert error.next_step == (
        "Wait until that has ended, and run this again. "
        f"If its owner says that it was killed, remove the lock: aws s3 rm s3://{bucket}/{KEY}.tflock"
    )
    assert s3.get_object(Bucket=bucket, Key=f"{KEY}.tflock")["Body"].read()
    assert isinstance(pair.source, LocalState)
    assert not state_file.lock_of(pair.source.file).exists()


def test_a_lock_of_a_local_state_is_answered_with_its_owner(pair: Pair, bucket: str, s3: Any) -> None:
    assert isinstance(pair.source, LocalState)
    file = pair.source.file
    with child_process.running(
        [sys.executable, "-c", HOLDER, file], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout
        assert other.stdout.readline() == "locked\n"
        state_file.lock_of(file).write_bytes(_held_since(300))
        error = fails(pair)
    assert error.where == str(pair.source)
    assert "locked by ann@laptop" in error.what
    assert "(5 hours ago)" in error.what
    assert error.next_step.endswith("The lock of a local state ends with its process.")
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket)


def test_the_lock_of_its_own_killed_run_is_its_own(pair: Pair, bucket: str, s3: Any) -> None:
    killed = locks.new("ours", "make bootstrap")
    s3.put_object(Bucket=bucket, Key=f"{KEY}.tflock", Body=killed.as_json())
    run(pair)
    assert [one["Key"] for one in s3.list_objects_v2(Bucket=bucket)["Contents"]] == [KEY]


def test_a_lock_says_what_finishes_the_move(pair: Pair, bucket: str, s3: Any) -> None:
    found: list[dict[str, str]] = []

    def look() -> None:
        found.append(json.loads(s3.get_object(Bucket=bucket, Key=f"{KEY}.tflock")["Body"].read()))

    move.move([pair], locks.new("ours", "make bootstrap"), look, lambda _: None)
    assert found[0]["Operation"] == "make bootstrap"
    assert found[0]["Info"].endswith("run again there: make bootstrap")
    assert found[0]["Path"] == f"{bucket}/{KEY}"
    assert set(found[0]) == {"ID", "Operation", "Info", "Who", "Version", "Created", "Path"}
