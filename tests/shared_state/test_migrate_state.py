"""`make migrate-state`: to a bucket, to another, back to this machine; and what it says to a place that is none."""

from typing import Any

import pytest

from modules.shared_state.journal import NAME, Move
from tests.shared_state.conftest import SERVICES, STATES, System
from tests.shared_state.test_bootstrap import objects

Output = pytest.CaptureFixture[str]


@pytest.fixture
def bucket(account: str, s3: Any) -> str:
    s3.create_bucket(Bucket=f"own-{account}", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    return f"own-{account}"


def _states(objects: dict[str, bytes]) -> dict[str, bytes]:
    return {name: content for name, content in objects.items() if name.endswith(".tfstate")}


def test_states_go_to_a_bucket_to_another_folder_of_it_and_back(system: System, bucket: str, s3: Any) -> None:
    assert system.run("migrate-state", "--to", f"s3://{bucket}/shop", "--yes") == 0
    assert f"\nstate: {{s3: {{bucket: {bucket}}}}}\n" in system.file.read_text()
    assert objects(s3, bucket) == {f"shop/{file}": content for file, content in STATES.items()}
    assert system.run("migrate-state", "--to", f"s3://{bucket}/one/two", "--yes") == 0
    assert f"\nstate: {{s3: {{bucket: {bucket}, prefix: one/two}}}}\n" in system.file.read_text()
    assert _states(objects(s3, bucket)) == {f"one/two/{file}": content for file, content in STATES.items()}
    assert system.run("migrate-state", "--to", "local", "--yes") == 0
    assert system.file.read_text() == SERVICES
    assert _states(system.local()) == STATES
    assert _states(objects(s3, bucket)) == {}


def test_states_follow_a_services_yaml_that_was_edited_by_hand(
    system: System, bucket: str, s3: Any, capsys: Output
) -> None:
    edited = f"{SERVICES}state:\n  s3:\n    bucket: {bucket} # ours\n"
    system.file.write_text(edited)
    assert system.run("synth") == 0
    assert system.run("migrate-state", "--yes") == 0
    assert "Nothing to do: the states are in s3://" in capsys.readouterr().out
    assert system.run("migrate-state", "--from", "local", "--yes") == 0
    assert set(objects(s3, bucket)) == {f"shop/{file}" for file in STATES}
    assert system.file.read_text() == edited


def test_a_move_that_was_killed_is_finished_before_another(system: System, bucket: str, capsys: Output) -> None:
    killed = Move(lock="ours", source="local", target=f"s3://{bucket}/shop")
    (system.state / NAME).write_text(killed.model_dump_json())
    assert system.run("migrate-state", "--to", f"s3://{bucket}/other", "--yes") == 1
    assert (
        f"A move of the states from local to s3://{bucket}/shop was killed, and is not finished.\n"
        f"  Finish it first: make migrate-state FROM=local TO=s3://{bucket}/shop\n"
    ) in capsys.readouterr().err
    assert _states(system.local()) == STATES
    assert system.run("migrate-state", "--yes") == 0
    assert f"services.yaml and generated/ say s3://{bucket}/shop: commit both." in capsys.readouterr().out
    assert not (system.state / NAME).exists()


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (
            "s3://there-is-none/shop",
            "s3://there-is-none\n  error: There is no such bucket.\n  Correct the name, or make",
        ),
        ("bucket", "bucket\n  error: This names no place for states.\n  Write local, or s3://my-bucket/prefix.\n"),
    ],
)
@pytest.mark.usefixtures("account")
def test_a_place_that_is_none_is_said(system: System, capsys: Output, place: str, words: str) -> None:
    assert system.run("migrate-state", "--to", place, "--yes") == 1
    assert words in capsys.readouterr().err
    assert (system.local(), system.file.read_text()) == (STATES, SERVICES)
