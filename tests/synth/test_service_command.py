"""`main.py service`: services.yaml with one service more, and generated/ from it; or both as they were."""

import os
import stat
from datetime import date
from pathlib import Path

import pytest

from modules.checks.check import Checked, check
from modules.cli import command_line, services_edit, synth
from modules.errors import CommandError
from modules.spec.document import Reader

OWN = """\
# Ours.
project: own
region: eu-west-1
zones: [a, b]
accept: [http-only, private-api]  # for now
services:
  web-service:
    path: /api/web  # the shop
    aws: [s3]
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    found = tmp_path / "services.yaml"
    found.write_text(OWN, encoding="utf-8")
    return found


@pytest.fixture
def no_synth(monkeypatch: pytest.MonkeyPatch) -> None:
    """What synth does is tested elsewhere; here it takes no second."""
    monkeypatch.setattr(synth, "run", lambda options: 0)


def add(file: Path, *options: str) -> int:
    return command_line.main(["service", *options, f"--file={file}", f"--out={file.parent / 'generated'}"])


def left(file: Path) -> list[str]:
    """Names in the folder of the file, so that a temporary file would show."""
    return sorted(one.name for one in file.parent.iterdir())


def test_it_adds_the_service_and_writes_generated(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert add(file, "billing-service") == 0
    text = file.read_text(encoding="utf-8")
    assert text.startswith(OWN)
    assert text[len(OWN) :].startswith("\n  billing-service:\n    path: /api/billing ")
    printed = capsys.readouterr()
    assert "stacks/billing-service/cdk.tf.json" in printed.out.splitlines()
    assert (
        "billing-service is on line 11 of services.yaml. Next: edit it, run make synth after each edit" in printed.err
    )
    assert left(file) == ["generated", "services.yaml"]


@pytest.mark.usefixtures("no_synth")
def test_a_copy_has_the_other_services_keys(file: Path) -> None:
    assert add(file, "billing-service", "--copy", "web-service") == 0
    assert file.read_text(encoding="utf-8")[len(OWN) :].splitlines() == [
        "",
        "  # As web-service is: see whether it needs the same pods, size and permissions.",
        "  billing-service:",
        "    path: /api/billing  # the shop",
        "    aws: [s3]",
    ]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            ["web-service"],
            "SERVICE=web-service\n  error: services.yaml has a service of this name, on line 7.\n  Edit it there",
        ),
        (
            ["network"],
            'SERVICE=network\n  error: "network" is reserved by the platform, AWS, Kubernetes or YAML.\n  Use another',
        ),
        (["kube-dns"], '"kube-dns" is reserved'),
        (
            ["Billing"],
            '"Billing" is not a valid name for a Kubernetes namespace and Service.\n  Use lower-case letters',
        ),
        (["b" * 60], "characters, and the Helm release"),
        (["a: b"], '"a: b" is not a valid name'),
        (
            ["x", "--copy", "wed-service"],
            'COPY=wed-service\n  error: services.yaml has no service of this name.\n  Did you mean "web',
        ),
    ],
)
def test_a_name_that_can_not_be_is_refused_and_nothing_changes(
    options: list[str], said: str, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert add(file, *options) == 1
    assert said in capsys.readouterr().err
    assert file.read_text(encoding="utf-8") == OWN
    assert left(file) == ["services.yaml"]


def test_a_file_with_a_mistake_is_answered_with_it(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(OWN.replace("[s3]", "[s4]"), encoding="utf-8")
    assert add(file, "billing-service") == 1
    assert '"s4" is not a valid permission.' in capsys.readouterr().err
    assert left(file) == ["services.yaml"]


def test_services_in_braces_are_left_to_the_user(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = f"{OWN.partition('services:')[0]}services: {{web-service: {{path: /api/web}}}}\n"
    file.write_text(text, encoding="utf-8")
    assert add(file, "billing-service") == 1
    said = capsys.readouterr().err
    assert "services.yaml services\n  error: The new service can't be added to the services there. They are" in said
    assert "Add it by hand: docs/reference/services.md has the keys" in said
    assert file.read_text(encoding="utf-8") == text


def test_a_copy_that_would_be_a_mistake_changes_nothing(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = OWN.replace("[s3]", "{ses: {from: a@example.com}}")
    file.write_text(text, encoding="utf-8")
    assert add(file, "billing-service", "--copy", "web-service") == 1
    said = capsys.readouterr().err
    assert '"a@example.com" already belongs to web-service.' in said
    assert "1 mistake in services.yaml with billing-service in it; nothing was changed.\nWithout COPY= the new" in said
    assert file.read_text(encoding="utf-8") == text


def test_where_generated_can_not_be_written_services_yaml_is_as_it_was(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (file.parent / "generated").write_text("a file", encoding="utf-8")
    assert add(file, "billing-service") == 1
    said = capsys.readouterr().err
    assert "can't be written" in said
    assert said.endswith("services.yaml is as it was.\n")
    assert file.read_text(encoding="utf-8") == OWN
    assert left(file) == ["generated", "services.yaml"]


def test_an_error_of_synth_leaves_services_yaml_as_it_was(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(options: object) -> int:
        raise CommandError("generated/.journal", "It is damaged.", "Delete it.")

    monkeypatch.setattr(synth, "run", fail)
    assert add(file, "billing-service") == 1
    assert "It is damaged." in capsys.readouterr().err
    assert file.read_text(encoding="utf-8") == OWN


def test_after_ctrl_c_services_yaml_is_whole_and_synth_goes_on(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(options: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(synth, "run", interrupt)
    with pytest.raises(KeyboardInterrupt):
        add(file, "billing-service")
    assert file.read_text(encoding="utf-8").startswith(f"{OWN}\n  billing-service:\n")
    assert left(file) == ["services.yaml"]
    monkeypatch.undo()
    assert command_line.main([f"--file={file}", f"--out={file.parent / 'generated'}"]) == 0
    assert (file.parent / "generated" / "stacks" / "billing-service").is_dir()


def test_ctrl_c_while_it_is_written_leaves_the_old_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(number: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        add(file, "billing-service")
    assert file.read_text(encoding="utf-8") == OWN
    assert left(file) == ["services.yaml"]


def test_what_somebody_saved_meanwhile_is_not_lost(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    saved = OWN.replace("# Ours.", "# Saved by an editor.")

    def slow_check(at: Path, today: date, reader: Reader | None = None) -> Checked:
        file.write_text(saved, encoding="utf-8")
        return check(at, today, reader)

    monkeypatch.setattr(services_edit, "check", slow_check)
    assert add(file, "billing-service") == 1
    assert "The file was changed while this command ran; nothing was written." in capsys.readouterr().err
    assert file.read_text(encoding="utf-8") == saved


@pytest.mark.usefixtures("no_synth")
def test_a_link_stays_a_link_and_its_file_keeps_its_mode(file: Path) -> None:
    target = file.rename(file.with_name("target.yaml"))
    target.chmod(0o640)
    file.symlink_to("target.yaml")
    assert add(file, "billing-service") == 0
    assert file.is_symlink()
    assert "billing-service" in target.read_text(encoding="utf-8")
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
