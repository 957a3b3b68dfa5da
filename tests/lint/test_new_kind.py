"""Adding a permission kind takes five files, and while one of them lacks something a test says what and where.

A copy of the repository gets the made-up kind `journal`: a log group that other services may read or write.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from modules.paths import ROOT

MOST_FILES = 5
COPIED = (
    "modules",
    "tests",
    "docs",
    "charts",
    "pyproject.toml",
    "README.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
)
LEFT_OUT = shutil.ignore_patterns("__pycache__", ".terraform*", "golden", "crds", "node_modules")

KIND = '''"""`journal`: a log group of its own, which other services may read or write."""

from dataclasses import dataclass

from modules.iam.statement import Statement
from modules.permissions.kind import GrantContext, PermissionKind, SharedOptions


class JournalOptions(SharedOptions):
    """Options of `journal`."""

    days: int = 365
    """Days for which entries are kept."""


@dataclass(frozen=True)
class Journal:
    journal_arn: str
    journal_name: str


READ = ("logs:GetLogEvents",)
WRITE = (*READ, "logs:PutLogEvents")
LEVELS = {"own": WRITE, "read": READ, "write": WRITE}


def grants(journal: Journal, context: GrantContext) -> tuple[Statement, ...]:
    return (Statement("Journal", LEVELS[context.access], (f"{journal.journal_arn}:*",)),)


def environment(journal: Journal) -> dict[str, str]:
    return {"JOURNAL_NAME": journal.journal_name}


KIND = PermissionKind(
    "journal",
    "Journal",
    JournalOptions,
    ("logs",),
    Journal,
    grants,
    environment,
    makes="a log group of the service's own",
    example={"days": 30},
)
'''
CONSTRUCT = '''"""`journal`: the log group."""

from modules.constructs.component import Component
from modules.constructs.monitoring.log_group import LogGroup
from modules.constructs.permissions.owner import Owner
from modules.permissions import journal


class ServiceJournal(Component):
    """A log group beside that of the pods."""

    def __init__(self, owner: Owner, _: journal.JournalOptions) -> None:
        super().__init__(owner.stack, "journal")
        name = owner.stack.names.log_group(owner.name, "journal")
        key = owner.stack.read("network", "logs_key_arn")
        group = LogGroup(self, f"{owner.name}-journal", name=name, logs_key_arn=key)
        self.outputs = journal.Journal(journal_arn=group.arn, journal_name=name)
'''
CALLS = """CALLS: dict[str, tuple[Call, ...]] = {
    "journal": _each("logs:GetLogEvents logs:PutLogEvents", "{journal_arn}:log-stream:a"),
"""
# What the kind is before its author has looked at what the tests say.
CARELESS = {
    '("logs",),': '("journals",),',
    'READ = ("logs:GetLogEvents",)': 'READ = ("logs:GetLogEvents", "logs:PutLogEvents")',
    '{"days": 30}': '{"day": 30}',
}
PERMISSIONS = "tests/unit/test_permissions.py::test_"
LACKS = {
    "endpoint known": f"{PERMISSIONS}every_endpoint_of_a_kind_is_known",
    "access levels": f"{PERMISSIONS}the_access_levels_of_a_kind_differ_and_read_changes_nothing",
    "random systems": f"{PERMISSIONS}the_example_of_a_kind_is_a_valid_declaration_so_that_random_systems_can_have_it",
    "walk": f"{PERMISSIONS}a_kind_allows_exactly_the_calls_that_the_walk_makes",
    "docs row": "tests/unit/test_docs.py::test_the_table_of_permissions_has_a_row_for_each_kind",
}
SAID = (
    "ENDPOINTS of modules/facts/vpc.py lacks journals",
    "journal: every level allows the same",
    "KIND of modules/permissions/journal.py needs an `example`",
    "CALLS of tests/support/permission_calls.py lacks journal",
    "docs/reference/permissions.md has no row for journal: run `make golden`",
)


class Copy:
    """A copy of the repository, and the files in it that were edited."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.edited: set[str] = set()
        for name in COPIED:
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, folder / name, ignore=LEFT_OUT)
            else:
                shutil.copy(ROOT / name, folder / name)
        shutil.copy(ROOT / "LICENSE", folder)

    def write(self, path: str, text: str) -> None:
        (self.folder / path).write_text(text, encoding="utf-8")
        self.edited.add(path)

    def edit(self, path: str, changes: Mapping[str, str]) -> None:
        text = (self.folder / path).read_text(encoding="utf-8")
        for old, new in changes.items():
            assert old in text, f"{path} has no {old!r}"
            text = text.replace(old, new, 1)
        self.write(path, text)

    def pytest(self, *arguments: str) -> str:
        command = [sys.executable, "-m", "pytest", "-q", "-ra", "-p", "no:cacheprovider", *arguments]
        environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False, timeout=240
        )
        return done.stdout + done.stderr


def _failed(output: str) -> set[str]:
    """Tests that failed, without their parameters."""
    return set(re.findall(r"^(?:FAILED|ERROR) ([^\s\[]+)", output, re.MULTILINE))


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    made = Copy(tmp_path)
    careless = KIND
    for good, bad in CARELESS.items():
        assert good in careless
        careless = careless.replace(good, bad)
    made.write("modules/permissions/journal.py", careless)
    made.edit(
        "modules/permissions/__init__.py",
        {
            "    kms,\n": "    journal,\n    kms,\n",
            '    "kms": kms.KIND,\n': '    "kms": kms.KIND,\n    "journal": journal.KIND,\n',
        },
    )
    made.write("modules/constructs/permissions/journal.py", CONSTRUCT)
    made.edit(
        "modules/constructs/permissions/registry.py",
        {
            "\n\nclass Perm": "\nfrom modules.constructs.permissions.journal import ServiceJournal\n\n\nclass Perm",
            '    "kms": OwnKey,\n': '    "kms": OwnKey,\n    "journal": ServiceJournal,\n',
        },
    )
    return made


def test_a_new_kind_takes_five_files_and_tests_say_what_it_lacks(copy: Copy) -> None:
    output = copy.pytest("tests/unit/test_permissions.py", LACKS["docs row"])
    assert _failed(output) == set(LACKS.values()), output
    for words in SAID:
        assert words in output
    copy.write("modules/permissions/journal.py", KIND)
    copy.edit("tests/support/permission_calls.py", {CALLS.splitlines(keepends=True)[0]: CALLS})
    assert len(copy.edited) == MOST_FILES, copy.edited
    # As `make golden` does.
    copy.pytest(LACKS["docs row"], "--rewrite-goldens")
    output = copy.pytest(
        "tests/unit/test_permissions.py",
        "tests/unit/test_properties.py",
        "tests/synth/test_service.py",
        LACKS["docs row"],
    )
    assert _failed(output) == set(), output
    assert " passed" in output
