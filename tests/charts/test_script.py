"""The script of the job that makes the database users, run by a real shell with an `aws` that plays AWS."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.support import helm

AWS = """#!{python}
import json, pathlib, sys
folder = pathlib.Path(__file__).parent
with (folder / "calls").open("a") as calls:
    print(json.dumps(sys.argv[1:]), file=calls)
answers = json.loads((folder / "answers").read_text())
answer = answers.pop(0) if answers else None
(folder / "answers").write_text(json.dumps(answers))
sys.exit(answer)
"""
SLEEP = """#!/bin/sh
echo "$@" >> "${0%/*}/sleeps"
"""
ERROR = "An error occurred ({}) when calling the ExecuteStatement operation: {}"
RESUMING = ERROR.format("DatabaseResumingException", "The Aurora DB instance is resuming after being auto-paused.")
CONCURRENT = ERROR.format("DatabaseErrorException", "ERROR: tuple concurrently updated; SQLState: XX000")
DENIED = ERROR.format("AccessDeniedException", "not authorized to perform: rds-data:ExecuteStatement")
ODD = ["SELECT 'a  b'", 'SELECT "x" -- $HOME `id` \\n %s', "DO $$ BEGIN\nNULL;\nEND $$", "*", "-v"]


class Ran(NamedTuple):
    code: int
    stdout: str
    stderr: str
    statements: list[str]
    options: list[dict[str, str]]
    sleeps: list[str]


Run = Callable[..., Ran]


@pytest.fixture(scope="module")
def job(users: dict[str, Any]) -> dict[str, Any]:
    (container,) = users["Job"]["spec"]["template"]["spec"]["containers"]
    return dict(container)


@pytest.fixture
def run(job: dict[str, Any], tmp_path: Path) -> Run:
    def run(answers: list[str], statements: list[str] | None = None) -> Ran:
        for name, text in (("aws", AWS.replace("{python}", sys.executable)), ("sleep", SLEEP)):
            (tmp_path / name).write_text(text)
            (tmp_path / name).chmod(0o755)
        (tmp_path / "answers").write_text(json.dumps(answers))
        done = subprocess.run(
            [*job["command"], *(job["args"] if statements is None else statements)],
            env={"PATH": f"{tmp_path}:/usr/bin:/bin"} | {one["name"]: one["value"] for one in job["env"]},
            capture_output=True,
            text=True,
            check=False,
        )
        calls = [json.loads(line) for line in _lines(tmp_path / "calls")]
        options = [dict(zip(call[2::2], call[3::2], strict=True)) for call in calls]
        assert all(call[:2] == ["rds-data", "execute-statement"] for call in calls)
        sql = [one.pop("--sql") for one in options]
        return Ran(done.returncode, done.stdout, done.stderr, sql, options, _lines(tmp_path / "sleeps"))

    return run


def _lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


def test_every_statement_is_run_once_in_order_on_the_cluster_as_the_master_user(run: Run, job: dict[str, Any]) -> None:
    ran = run([])
    assert (ran.code, ran.stdout, ran.stderr) == (0, "The database users are there.\n", "")
    assert ran.statements == job["args"]
    database = helm.values(helm.USERS)
    expected = {
        "--resource-arn": database["clusterArn"],
        "--secret-arn": database["secretArn"],
        "--database": database["database"],
    }
    assert all(one == expected for one in ran.options)
    assert {"name": "AWS_REGION", "value": database["region"]} in job["env"]


def test_the_kubelet_takes_every_word_as_it_is_written(job: dict[str, Any]) -> None:
    """Of $$ it makes $, of $(NAME) the variable's value (k8s.io/kubernetes, third_party/forked/golang/expansion)."""
    words = [*job["command"], *job["args"], *(one["value"] for one in job["env"])]
    variables = [f"$({one['name']})" for one in job["env"]]
    assert [word for word in words if any(one in word for one in ("$$", *variables))] == []


def test_a_statement_reaches_aws_letter_by_letter(run: Run) -> None:
    assert run([], ODD).statements == ODD


@pytest.mark.parametrize("answer", [RESUMING, CONCURRENT])
def test_what_passes_is_tried_again_after_a_while(run: Run, job: dict[str, Any], answer: str) -> None:
    ran = run([answer] * 3)
    assert ran.code == 0
    assert ran.statements == [job["args"][0]] * 3 + job["args"]
    assert ran.sleeps == ["5"] * 3


def test_a_database_that_does_not_resume_is_given_up_after_three_minutes(run: Run, job: dict[str, Any]) -> None:
    ran = run([RESUMING] * 1000)
    assert ran.code == 1
    assert RESUMING in ran.stderr
    assert set(ran.statements) == {job["args"][0]}
    assert sum(map(int, ran.sleeps)) == pytest.approx(180, abs=5)


@pytest.mark.parametrize("before", [[], [RESUMING]])
def test_any_other_error_ends_it_at_once_with_the_statement_and_the_words_of_aws(
    run: Run, job: dict[str, Any], before: list[str]
) -> None:
    ran = run([*before, DENIED])
    assert ran.code == 1
    assert ran.stderr == f"This statement failed: {job['args'][0]}\n{DENIED}\n"
    assert ran.statements == [job["args"][0]] * (len(before) + 1)
    assert ran.stdout == ""
