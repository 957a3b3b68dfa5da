"""A journal that did not come from an interrupted run changes nothing: it is answered with what to do."""

import json
import os
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.errors import CommandError
from modules.synth.writer import recover, write
from tests.support.tiers import sampled

FILES = {"manifest.json": b"manifest", "stacks/network/cdk.tf.json": b"network"}
EMPTY: dict[str, Any] = {"remove": [], "leave": [], "put": []}


class Place:
    """A folder with a generated/ and a file beside it that is nobody's business."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.into = root / "generated"
        self.victim = root / "victim"
        self.journal = self.into / ".journal"
        write(FILES, self.into)
        (self.victim / ".terraform").mkdir(parents=True)
        (self.victim / "file").write_text("precious")

    def leave(self, plan: object, *staged: bytes) -> None:
        self.journal.mkdir()
        (self.journal / "plan.json").write_text(plan if isinstance(plan, str) else json.dumps(plan))
        for number, content in enumerate(staged):
            (self.journal / str(number)).write_bytes(content)

    def tree(self) -> dict[str, bytes | None]:
        paths = sorted(self.root.rglob("*"))
        return {str(at): at.read_bytes() if at.is_file() else None for at in paths if ".git" not in at.parts}

    def refusal(self) -> str:
        """What the next run says to the journal; it must not change a thing."""
        before = self.tree()
        with pytest.raises(CommandError) as refused:
            write(FILES, self.into)
        with pytest.raises(CommandError):
            recover(self.into)
        assert self.tree() == before
        return str(refused.value)


@pytest.fixture(autouse=True)
def no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda _: None)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.chdir(tmp_path)
    return Place(tmp_path)


OUTSIDE = ["../victim", "../victim/file", "/etc/motd", "a/../../victim/file", ".", "", "./manifest.json"]
TERRAFORMS = ["stacks/network/.terraform/environment", "stacks/network/.terraform.lock.hcl", ".terraform"]
NOT_TEXT = ["a\nb", "a\0b", "a\\b", "\ud800"]
OWN = [".staging/0", ".journal/plan.json"]


@pytest.mark.parametrize("key", EMPTY)
@pytest.mark.parametrize("path", [*OUTSIDE, *TERRAFORMS, *NOT_TEXT, *OWN])
def test_a_path_that_is_not_a_generated_file_is_refused_wherever_the_journal_has_it(
    path: str, key: str, place: Place
) -> None:
    place.leave(EMPTY | {key: ["manifest.json", path]}, b"new", b"evil")
    said = place.refusal()
    assert said.startswith("generated/.journal\n")
    assert f'"{key}" in plan.json has {path!r}, which is not the path of a generated file.' in said
    assert "Delete generated/.journal, and run the command again" in said


@pytest.mark.parametrize("key", EMPTY)
def test_a_path_through_a_symbolic_link_is_refused(key: str, place: Place) -> None:
    (place.into / "linked").symlink_to(place.victim)
    place.leave(EMPTY | {key: ["linked/file"]}, b"evil")
    assert f"\"{key}\" in plan.json has 'linked/file', which leads through a symbolic link." in place.refusal()


def test_a_folder_that_is_a_symbolic_link_loses_none_of_terraforms_files(place: Place) -> None:
    (place.into / "linked").symlink_to(place.victim)
    place.leave(EMPTY | {"leave": ["linked"]})
    assert "leads through a symbolic link" in place.refusal()
    assert (place.victim / ".terraform").is_dir()


def test_the_record_may_be_put_but_not_removed(place: Place) -> None:
    place.leave(EMPTY | {"remove": [".files"]})
    assert "'.files', which is not the path of a generated file." in place.refusal()


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        ("", "plan.json is not JSON."),
        ("{", "plan.json is not JSON."),
        ("[" * 100_000, "plan.json is not JSON."),
        ("[]", "plan.json must have the keys remove, leave, put."),
        ("null", "plan.json must have the keys remove, leave, put."),
        ({"remove": []}, "plan.json must have the keys remove, leave, put."),
        (EMPTY | {"run": ["rm"]}, "plan.json must have the keys remove, leave, put."),
        (EMPTY | {"put": None}, '"put" in plan.json must be a list of paths.'),
        (EMPTY | {"leave": "stacks"}, '"leave" in plan.json must be a list of paths.'),
        (EMPTY | {"remove": [5]}, '"remove" in plan.json must be a list of paths.'),
        (EMPTY | {"remove": [["a"]]}, '"remove" in plan.json must be a list of paths.'),
    ],
)
def test_a_damaged_journal_is_a_message(plan: object, words: str, place: Place) -> None:
    place.leave(plan)
    said = place.refusal()
    assert words in said
    assert "Delete generated/.journal, and run the command again: it writes all generated files anew." in said


def test_a_staged_file_that_is_a_symbolic_link_is_not_put_in_place(place: Place) -> None:
    place.leave(EMPTY | {"put": ["manifest.json"]})
    (place.journal / "0").symlink_to(place.victim / "file")
    assert '"0" is not a regular file.' in place.refusal()


def test_a_journal_that_leads_elsewhere_is_not_followed(place: Place) -> None:
    place.leave(EMPTY | {"put": ["manifest.json"]}, b"evil")
    place.journal.rename(place.root / "elsewhere")
    place.journal.symlink_to(place.root / "elsewhere")
    assert "It is not a folder, so the generator did not write it." in place.refusal()


@pytest.mark.parametrize("target", ["/dev/zero", "/dev/stdin", "/nowhere"])
def test_a_plan_that_leads_elsewhere_is_not_followed(target: str, place: Place) -> None:
    place.journal.mkdir()
    (place.journal / "plan.json").symlink_to(target)
    assert "plan.json is a symbolic link." in place.refusal()


def test_a_plan_that_is_a_pipe_is_not_waited_for(place: Place) -> None:
    place.journal.mkdir()
    os.mkfifo(place.journal / "plan.json")
    assert "plan.json can't be read: it is a device or a pipe, not a regular file." in place.refusal()


def git(place: Place, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(place.root), *arguments], check=True, capture_output=True)


def test_a_journal_that_git_tracks_is_refused_even_if_its_paths_are_fine(place: Place) -> None:
    git(place, "init")
    place.leave(EMPTY | {"put": ["manifest.json"]}, b"evil")
    git(place, "add", "--force", "generated/.journal")
    said = place.refusal()
    assert "Git tracks this folder. A journal only belongs to an interrupted run on this machine." in said
    assert "remove it (git rm -r generated/.journal), and run the command again." in said


def test_a_journal_that_git_does_not_track_is_finished(place: Place) -> None:
    git(place, "init")
    git(place, "add", "--all")
    place.leave(EMPTY | {"put": ["manifest.json"]}, b"committed before the run was killed")
    recover(place.into)
    assert (place.into / "manifest.json").read_bytes() == b"committed before the run was killed"
    assert not place.journal.exists()


PATHS = st.text(st.characters(codec="utf-8"), max_size=8) | st.sampled_from(
    ["manifest.json", "stacks/network", "../victim/file", "stacks/network/.terraform", "a/b"]
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | PATHS, lambda inner: st.lists(inner) | st.dictionaries(PATHS, inner)
)
PLANS = (
    ANYTHING
    | st.fixed_dictionaries(dict.fromkeys(EMPTY, ANYTHING))
    | st.fixed_dictionaries(dict.fromkeys(EMPTY, st.lists(PATHS, max_size=3)))
)


@sampled(nightly=1000)
@given(plan=PLANS)
def test_whatever_a_journal_says_nothing_outside_is_touched_and_nothing_is_a_traceback(
    plan: object, tmp_path_factory: pytest.TempPathFactory
) -> None:
    place = Place(tmp_path_factory.mktemp("place"))
    place.leave(plan, b"0", b"1", b"2")
    with suppress(OSError):  # a file where a folder is to be, or the other way round: the caller names what it is
        try:
            recover(place.into)
        except CommandError:
            assert (place.journal / "plan.json").exists()
    assert (place.victim / "file").read_text() == "precious"
    assert (place.victim / ".terraform").is_dir()
