"""With `--json` every command that reports prints one JSON object, whose problems and warnings have one shape."""

import json
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from modules.cli.command_line import COMMANDS, main
from modules.paths import ROOT

DOCUMENT = ROOT / "docs" / "reference" / "json.md"
OWN = """\
project: own
region: eu-west-1
zones: [a, b]
services:
  web-service:
    path: /api/web
    image: ghcr.io/own/web:1
    aws: [sqs]
  worker-service:
    image: ghcr.io/own/worker:1
"""
ENTRY = {"where", "file", "line", "path", "also_lines", "code", "text", "next_step", "edit"}
READ_ONLY = ("matrix", "cost", "report", "explain", "show", "compare")  # they read no generated/
EVERYWHERE = {"command", "exit_code", "problems", "unlisted_problems", "warnings"}
# Command -> its own keys.
KEYS = {
    "synth": {"changed", "stacks", "resources"},
    "synth --check": {"different"},
    "check-services": {"different"},
    "matrix": {"connections", "permissions"},
    "inventory": {"rows", "types"},
    "deployer-policies": {"policies"},
    "explain services": {"values"},
    "show": {"values"},
    "compare base base": {"differences"},
    "diagram": {"changed"},
    "report": {"written"},
    "diagram --check": {"different"},
    "service billing-service": {"changed", "stacks", "resources", "service", "line"},
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return _write(tmp_path, OWN)


def _write(folder: Path, text: str) -> Path:
    file = folder / "services.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def _asked(command: str, file: Path) -> list[str]:
    name, *rest = command.split()
    places = [f"--out={file.parent / 'generated'}"] if name not in READ_ONLY else []
    places += [f"--output={file.parent / 'report.html'}"] if name == "report" else []
    return [name, *rest, "--json", f"--file={file}", *places]


def _run(command: str, file: Path, capsys: pytest.CaptureFixture[str]) -> tuple[dict[str, Any], str]:
    """The object, which is all of stdout, and stderr."""
    code = main(_asked(command, file))
    printed = capsys.readouterr()
    found: dict[str, Any] = json.loads(printed.out)
    assert found["exit_code"] == code
    assert found["command"] == command.split(maxsplit=1)[0]
    return found, printed.err


@pytest.mark.parametrize("command", KEYS)
def test_a_command_prints_one_object_with_the_warnings_and_keys_of_its_own(
    command: str, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found, said = _run(command, file, capsys)
    assert found.keys() == EVERYWHERE | KEYS[command]
    assert found["problems"] == []
    assert [one.keys() == ENTRY for one in found["warnings"]] == [True] * len(found["warnings"])
    images = [one["path"] for one in found["warnings"] if one["code"] == "public-image"]
    assert images == [["services", name, "image"] for name in ("web-service", "worker-service")]
    assert "warning [public-image]: The image comes from ghcr.io" in said


@pytest.mark.parametrize("command", [*KEYS, "cost", "doctor"])
def test_a_mistake_has_its_place_and_the_edit_that_corrects_it(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found, said = _run(command, _write(tmp_path, OWN.replace("[sqs]", "[sqss]")), capsys)
    assert found["exit_code"] == 1
    (mistake,) = found["problems"]
    assert mistake == {
        "where": "services.yaml:8 services.web-service.aws[0]",
        "file": "services.yaml",
        "line": 8,
        "path": ["services", "web-service", "aws", 0],
        "also_lines": [],
        "code": None,
        "text": '"sqss" is not a valid permission.',
        "next_step": 'Did you mean "sqs"?',
        "edit": {"path": ["services", "web-service", "aws", 0], "text": "sqs", "renames": True},
    }
    assert 'services.yaml:8 services.web-service.aws[0]\n  error: "sqss" is not a valid permission.' in said


def test_what_stands_in_the_way_of_a_command_is_a_problem_too(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found, said = _run("cost --base nowhere", file, capsys)
    (problem,) = found["problems"]
    assert problem.keys() == ENTRY
    assert (problem["where"], problem["line"], problem["edit"]) == ("BASE=nowhere", None, None)
    assert problem["text"].startswith("git finds no such commit")
    assert "BASE=nowhere\n  error: git finds no such commit" in said


def test_a_synth_says_which_addresses_of_which_stacks_changed(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _run("synth", file, capsys)
    found, _ = _run("synth", _write(file.parent, OWN.replace("aws: [sqs]", "aws: [s3]")), capsys)
    (change,) = [one for one in found["stacks"] if one["stack"] == "web-service"]
    assert change["is_new"] is False
    assert "aws_s3_bucket.web_service" in change["added"]
    assert "stacks/web-service/cdk.tf.json" in found["changed"]


def test_the_matrix_has_ports_as_numbers_and_whose_each_permission_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = OWN + "    calls: [web-service]\n    aws:\n      sqs: {of: web-service, access: write}\n"
    found, _ = _run("matrix", _write(tmp_path, text), capsys)
    (call,) = [one for one in found["connections"] if one["from"] == "worker-service" and one["to"] == "web-service"]
    assert [[int, int]] == [[type(port) for port in ports] for ports in call["ports"]]
    assert found["permissions"]["worker-service"] == {"uses": {"sqs": "web-service: write"}, "statements": []}


def test_the_inventory_counts_every_type(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _run("synth", file, capsys)
    found, _ = _run("inventory", file, capsys)
    assert {row["what"]: row["count"] for row in found["rows"]}["Total"] == sum(found["types"].values())


@pytest.mark.parametrize("command", ["synth", "matrix", "cost"])
def test_stdout_of_the_process_is_nothing_but_the_object(command: str, file: Path) -> None:
    line = [sys.executable, str(ROOT / "main.py"), *_asked(command, file)]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False)
    assert json.loads(done.stdout)["exit_code"] == done.returncode == 0, done.stderr
    assert done.stdout.startswith("{\n")


@pytest.mark.parametrize(
    ("target", "lines"),
    [
        ("matrix", "main.py matrix --json\n"),
        ("plan", "main.py synth >&2\n.venv/bin/python main.py plan --json || test $? -eq 2\n"),
        ("diff", "main.py synth >&2\n.venv/bin/python main.py diff --json || test $? -eq 2\n"),
    ],
)
def test_make_hands_it_on_and_prints_nothing_beside_it(target: str, lines: str) -> None:
    """Not run, because make knows only the user's own services.yaml."""
    line = ["make", "--dry-run", "--no-print-directory", "--old-file=.venv/ready", target, "JSON=1"]
    alone = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    done = subprocess.run(line, cwd=ROOT, env=alone, capture_output=True, text=True, check=False)
    assert done.stdout.replace("  ", " ") == f".venv/bin/python {lines}", done.stderr
    assert "\n\t@$(PY) main.py matrix " in (ROOT / "Makefile").read_text(encoding="utf-8")


def test_whoever_stops_reading_is_no_error(file: Path) -> None:
    line = f"{sys.executable} main.py matrix --json --file {file} | head -c 10"
    done = subprocess.run(line, shell=True, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout == '{\n  "comma'
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr


def test_the_document_has_every_command_that_takes_it_and_every_key() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    missing = [key for key in EVERYWHERE | ENTRY | {key for keys in KEYS.values() for key in keys} if key not in text]
    assert missing == []
    takes_it = {
        name
        for name, command in COMMANDS.items()
        if "add_json_option" in vars(import_module(f"modules.cli.{command.module}"))
    }
    assert {name for name in takes_it if f"| `{name}` |" not in text} == set()
    assert takes_it >= {name.split()[0] for name in KEYS} | {"cost", "doctor"}
