"""What docs/operations/data-at-risk.md and docs/security/access.md show, as far as files tell it."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from modules.paths import ROOT
from modules.plan import render
from modules.plan.page import page
from tests.support import made_up_states
from tests.support.clean_environment import without_accounts
from tests.support.transcripts import Shows, transcript
from tests.unit.test_plan_words import recorded

SERVICES = """\
project: shop
region: eu-west-1
zones: [a, b]
accept: [http-only, private-api, local-state, nat-traffic, unused-resource]
network: {cidr: 10.0.0.0/16}
services:
  orders:
    path: /api/orders
    aws: [sqs, dynamodb]
"""
DIFF = "git diff --unified=0 services.yaml | grep '^[+-][^+-]'"
# What the Makefile runs.
TARGETS = {
    "make synth": "",
    "make retire SERVICE=orders": "retire orders",
    "make diff": "diff",
    "make access": "access",
}


class Deployed:
    """A system in a repository, whose states hold all that is committed."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.file = folder, folder / "services.yaml"
        self.file.write_text(SERVICES)
        self.run("make synth")
        made_up_states.apply(folder / "generated")
        for line in ("init --quiet", "add services.yaml generated", "commit --quiet --message=Deployed"):
            self.run(f"git {line}")

    def edit(self, old: str, new: str) -> None:
        text = self.file.read_text()
        assert text.count(old) == 1
        self.file.write_text(text.replace(old, new))

    def run(self, line: str, code: int = 0) -> tuple[str, str]:
        """The line, and what it printed; of `make synth` not the files that it names where nobody watches."""
        main = [sys.executable, str(ROOT / "main.py"), *shlex.split(TARGETS.get(line, "")), "--file=services.yaml"]
        author = {
            f"GIT_{who}_{what}": "docs@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
        }
        done = subprocess.run(
            [*main, "--out=generated"] if line in TARGETS else ["bash", "-c", line],
            cwd=self.folder,
            env=without_accounts() | author | {"GIT_CONFIG_GLOBAL": os.devnull, "PAGER": "cat"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == code, done.stderr
        return line, done.stderr + (done.stdout if line != "make synth" else "")


@pytest.fixture
def deployed(tmp_path: Path) -> Deployed:
    return Deployed(tmp_path)


def test_a_word_that_is_removed_is_refused_and_retired(deployed: Deployed, shows: Shows) -> None:
    deployed.edit("[sqs, dynamodb]", "[dynamodb]")
    refused = [deployed.run(DIFF), deployed.run("make synth", 1)]
    kept = [deployed.run(line) for line in ("make retire SERVICE=orders", DIFF, "make synth")]
    kept.append(deployed.run("make diff", 2))
    assert "Data at risk" not in kept[-1][1]
    shows("word-removed", transcript(*refused, *kept))


def test_a_key_for_life_is_refused(deployed: Deployed, shows: Shows) -> None:
    deployed.edit("10.0.0.0/16", "10.9.0.0/16")
    shows("lifelong-key", transcript(deployed.run(DIFF), deployed.run("make synth", 1)))


def test_a_replaced_load_balancer_is_announced_in_all_stacks(shows: Shows) -> None:
    line = ".venv/bin/python main.py plan edge --replace edge:aws_lb.main"
    shows("load-balancer", transcript((line, render.text(page(recorded("replaced_load_balancer"))))))


def test_who_gains_by_a_permission_that_is_added(deployed: Deployed, shows: Shows) -> None:
    deployed.edit("[sqs, dynamodb]", "[sqs, dynamodb, sns]")
    edit = deployed.run(DIFF)
    deployed.run("make synth")
    shows("permission-added", transcript(edit, deployed.run("make access", 2)))


def test_a_role_to_pass_is_refused_until_it_is_accepted(deployed: Deployed, shows: Shows) -> None:
    statement = "PassRoles: {actions: [iam:PassRole], resources: ['arn:aws:iam::111122223333:role/*']}"
    deployed.edit("[sqs, dynamodb]", f"[sqs, dynamodb]\n    statements:\n      {statement}")
    edit = deployed.run(DIFF)
    deployed.run("make synth")
    refused = deployed.run("make access", 3)
    accepts = "accept_escalations: {orders: {iam:PassRole: 'arn:aws:iam::111122223333:role/*'}}"
    deployed.edit("accept: [http-only", f"{accepts}\naccept: [http-only")
    accept = deployed.run(DIFF)
    deployed.run("make synth")
    accepted = deployed.run("make access", 2)
    assert "not accepted" not in accepted[1]
    deployed.edit("actions: [iam:PassRole]", "actions: [iam:PassRole, iam:PutRolePolicy]")
    deployed.run("make synth")
    second = deployed.run("make access", 3)
    assert "not accepted" in second[1]
    shows("role-to-pass", transcript(edit, refused, accept, accepted))
