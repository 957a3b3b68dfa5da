"""Rules of a system's owner, in Rego: what they find is said with stack and address, and they reach nothing."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from modules.gate.finding import Finding
from modules.paths import ROOT
from tests.support.security import users_rules
from tests.support.security.scan import NothingChecked, Scan
from tests.support.security.users_rules import RulesRefused
from tests.synth.test_golden import GOLDEN

# conftest takes minutes to build where nothing is cached.
nightly = pytest.mark.nightly(minutes=1)
EXAMPLE = ROOT / "examples" / "rules"
ARCHITECTURE = GOLDEN / "architecture" / "generated"
RULE = 'package x\ndeny contains msg if { value := %s; msg := sprintf("%%v", [value]) }\n'


@pytest.fixture
def system(tmp_path: Path) -> Path:
    """A folder of services.yaml and of rules."""
    (tmp_path / "rules").mkdir()
    return tmp_path


def _scans(system: Path, text: str, **plans: Path) -> list[Scan]:
    (system / "rules" / "x.rego").write_text(text)
    return list(users_rules.scans(system, ARCHITECTURE, plans))


def test_without_rules_there_is_no_scan(system: Path) -> None:
    assert list(users_rules.scans(system, ARCHITECTURE, {})) == []
    assert list(users_rules.scans(system / "elsewhere", ARCHITECTURE, {})) == []


@pytest.mark.parametrize("name", ["x.py", "x.sh", "x.json", "conftest.toml", "x.rego.bak"])
def test_only_rego_is_a_rule(system: Path, name: str) -> None:
    (system / "rules" / name).write_text("")
    with pytest.raises(RulesRefused, match=rf"rules/{name}: Only files of Rego, \*\.rego, are rules"):
        users_rules.read(system / "rules")


def test_a_link_is_no_rule(system: Path) -> None:
    (system / "rules" / "x.rego").symlink_to("/dev/zero")
    with pytest.raises(RulesRefused, match=r"x\.rego: Only files of Rego"):
        users_rules.read(system / "rules")


def test_a_rule_that_can_not_be_read_is_said(system: Path) -> None:
    os.mkfifo(system / "rules" / "x.rego")
    with pytest.raises(RulesRefused, match=r"x\.rego: It can't be read: it is a device or a pipe"):
        users_rules.read(system / "rules")


def test_notes_and_tests_beside_rules_are_not_evaluated(system: Path) -> None:
    for name in ("README.md", "x_test.rego", "x.rego"):
        (system / "rules" / name).write_text(name)
    assert users_rules.read(system / "rules") == {"x.rego": b"x.rego"}


def test_a_file_that_is_no_plan_is_refused(system: Path) -> None:
    (system / "plan.json").write_text('{"resource": {}}')
    with pytest.raises(RulesRefused, match=r"plan\.json: That is no plan in JSON\. Write one by `terraform show -json"):
        users_rules.plan(system / "plan.json")


@nightly
def test_the_example_finds_what_it_is_about_in_files_and_plans(tmp_path: Path) -> None:
    plan: dict[str, Any] = {
        "planned_values": {},
        "resource_changes": [
            {
                "address": "aws_rds_cluster.main",
                "type": "aws_rds_cluster",
                "name": "main",
                "change": {"after": {"backup_retention_period": 3}},
            }
        ],
    }
    (tmp_path / "data.json").write_text(json.dumps(plan))
    files, plans = users_rules.scans(EXAMPLE.parent, ARCHITECTURE, {"data": tmp_path / "data.json"})
    place, words = "data aws_rds_cluster.main", "backups are kept for {} days, and 14 is the least"
    assert files.findings == (Finding("your rules", "backups", place, words.format(7)),)
    assert (files.mode, files.checked) == ("JSON", len(list(ARCHITECTURE.glob("stacks/*"))) + 1)
    assert (plans.mode, plans.findings) == ("plans", (Finding("your rules", "backups", place, words.format(3)),))
    kept_longer = users_rules.scans(EXAMPLE.parent, GOLDEN / "everything" / "generated", {})
    assert [scan.findings for scan in kept_longer] == [()]


@nightly
def test_a_warning_is_said_and_is_no_finding(system: Path) -> None:
    (scan,) = _scans(system, 'package x\nwarn contains "look at it" if input.resource.aws_rds_cluster\n')
    assert scan.findings == ()
    assert scan.warnings == (Finding("your rules", "x", "data", "look at it"),)


@nightly
def test_a_rule_with_a_mistake_is_said_with_its_line(system: Path) -> None:
    with pytest.raises(RulesRefused, match=r"(?s)A rule can't be evaluated: .*rules/x\.rego:3: rego_parse_error"):
        _scans(system, "package x\ndeny contains msg if {\n")


@nightly
def test_a_rule_whose_name_nobody_asks_for_is_said(system: Path) -> None:
    with pytest.raises(NothingChecked, match="Package x has no `deny`, `violation` or `warn`"):
        _scans(system, 'package x\ndney contains "never"\n')


@nightly
def test_what_rules_share_is_no_rule(system: Path) -> None:
    (system / "rules" / "lib.rego").write_text("package lib\nleast := 14\n")
    (scan,) = _scans(system, 'package x\ndeny contains "a" if data.lib.least < 14\n')
    assert scan.findings == ()


@nightly
@pytest.mark.parametrize(
    ("call", "name"),
    [
        ('http.send({"method": "get", "url": "http://127.0.0.1:1/"})', "http.send"),
        ('net.lookup_ip_addr("localhost")', "net.lookup_ip_addr"),
        ("opa.runtime()", "opa.runtime"),
        ('parse_config_file("/etc/passwd")', "parse_config_file"),
        ('json.match_schema({}, {"$ref": "file:///etc/passwd"})', "json.match_schema"),
        ('json.verify_schema({"$ref": "http://127.0.0.1:1/"})', "json.verify_schema"),
        ("time.now_ns()", "time.now_ns"),
    ],
)
def test_a_rule_reaches_no_server_no_file_and_no_variable(system: Path, call: str, name: str) -> None:
    with pytest.raises(RulesRefused, match=rf"undefined function {name}"):
        _scans(system, RULE % call)


@nightly
def test_a_rule_that_does_not_end_is_stopped(system: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(users_rules, "SECONDS", 3)
    endless = "count([1 | some i in numbers.range(1, 9999); some j in numbers.range(1, 9999); i * j < 0])"
    with pytest.raises(RulesRefused, match="A rule is still not done after 3 s"):
        _scans(system, RULE % endless)


@nightly
def test_make_security_fails_at_what_a_rule_denies(system: Path) -> None:
    (system / "services.yaml").write_text((ROOT / "examples" / "architecture" / "services.yaml").read_text())
    (system / "rules" / "backups.rego").write_text((EXAMPLE / "backups.rego").read_text())
    options = ["--file", str(system / "services.yaml"), "--out", str(ARCHITECTURE)]
    command = [sys.executable, "-m", "tests.support.security", *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 1, done.stderr
    assert "your rules  JSON" in done.stdout
    said = "your rules backups in data aws_rds_cluster.main: backups are kept for 7 days, and 14 is the least"
    assert said in done.stderr.splitlines()
