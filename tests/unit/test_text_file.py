"""Text files beside services.yaml: what is read, and what is refused with its reason."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from modules.checks.check import Checked
from modules.cli.services_at_commit import load_at
from modules.cli.services_edit import check_content
from modules.facts.config_map import MAX_TEXT_BYTES
from tests.unit.conftest import TODAY, mistakes

Check = Callable[[str], Checked]
FILES = "a: {files: {/etc/app: app}}"


def test_a_file_is_read_beside_services_yaml(tmp_path: Path, system: Check) -> None:
    (tmp_path / "app").write_text("ü\n", encoding="utf-8")
    spec = system(FILES).spec
    assert spec is not None
    assert spec.services["a"].files["/etc/app"].text == "ü\n"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\xff", "it is not UTF-8 text"),
        (b"a\nb\0", "line 2 has the control character U+0000, so it is no text"),
        (b"a" * (MAX_TEXT_BYTES + 1), f"it is larger than {MAX_TEXT_BYTES} bytes, the most that is read"),
    ],
)
def test_what_is_no_text_of_a_bounded_size_is_refused(
    tmp_path: Path, system: Check, content: bytes, reason: str
) -> None:
    (tmp_path / "app").write_bytes(content)
    assert reason in mistakes(system(FILES))


def test_a_folder_or_a_link_out_of_the_repository_is_refused(tmp_path: Path, system: Check) -> None:
    (tmp_path / "app").mkdir()
    assert "it can't be read: it is a folder." in mistakes(system(FILES))
    (tmp_path / "app").rmdir()
    (tmp_path / "app").symlink_to("/etc/hostname")
    assert "it is a link to a file outside of the folder of services.yaml" in mistakes(system(FILES))


def test_a_link_within_the_repository_is_read(tmp_path: Path, system: Check) -> None:
    (tmp_path / "real").write_text("x")
    (tmp_path / "app").symlink_to("real")
    assert system(FILES).spec is not None


def test_all_files_of_a_service_together_have_a_bound(tmp_path: Path, system: Check) -> None:
    (tmp_path / "app").write_bytes(b"a" * MAX_TEXT_BYTES)
    (tmp_path / "one").write_bytes(b"a")
    assert system(FILES).spec is not None
    text = mistakes(system("a: {files: {/etc/app: app, /etc/one: one}}"))
    assert "The files of a have 262,145 bytes together, and a release has room for 262,144." in text
    assert "Put large files into the image, or let the program read them from a bucket (`aws: s3`)." in text


def test_a_commit_has_its_own_texts(tmp_path: Path) -> None:
    file, text = tmp_path / "services.yaml", tmp_path / "config" / "app"
    text.parent.mkdir()
    file.write_text("project: shop\nregion: eu-west-1\nservices: {a: {files: {/etc/app: config/app}}}\n")
    text.write_text("old")
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.com", "-C", str(tmp_path)]
    for line in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message=a"]):
        subprocess.run([*git, *line], check=True, timeout=60)
    text.write_text("new")
    assert load_at(file, "HEAD", TODAY).services["a"].files["/etc/app"].text == "old"
    text.unlink()
    assert load_at(file, "HEAD", TODAY).services["a"].files["/etc/app"].text == "old"


def test_a_new_content_is_checked_with_the_texts_beside_the_file(tmp_path: Path) -> None:
    (tmp_path / "app").write_text("x")
    content = b"project: shop\nregion: eu-west-1\nservices: {a: {files: {/etc/app: app}}}\n"
    assert check_content(content, tmp_path / "services.yaml", TODAY).spec is not None
    assert "No such file" in mistakes(check_content(content, tmp_path / "other" / "services.yaml", TODAY))
