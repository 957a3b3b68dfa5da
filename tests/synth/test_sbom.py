"""What the bill of materials has: every locked package, chart and image, in a form that others read."""

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from modules.checks.check import check
from modules.paths import ROOT
from modules.reports import sbom
from modules.spec.model import Spec
from modules.synth.build import build
from tests.support import audit
from tests.support.tool_missing import ToolMissing
from tests.unit.conftest import TODAY

PYTHON = Path(os.environ.get("LINT_PYTHON") or ROOT / ".venv-lint" / "bin" / "python")
VALIDATE = """
import sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
found = JsonStrictValidator(SchemaVersion.V1_6).validate_str(sys.stdin.read())
print(found or "valid")
"""


@pytest.fixture(scope="module")
def everything() -> Spec:
    """A system with every operator, and images from all places."""
    found = check(ROOT / "examples" / "everything" / "services.yaml", TODAY).spec
    assert found
    return found


@pytest.fixture(scope="module")
def document(everything: Spec) -> dict[str, Any]:
    return sbom.document(everything, ROOT)


def test_it_fits_the_schema_of_cyclonedx_and_a_wrong_one_does_not(document: dict[str, Any]) -> None:
    assert _validated(document) == "valid"
    wrong = {**document, "components": [{**document["components"][0], "type": "package"}]}
    assert "'package' is not one of" in _validated(wrong)


def _validated(document: dict[str, Any]) -> str:
    if not PYTHON.exists():
        raise ToolMissing(f"There is no {PYTHON}: make .venv-lint/ready installs it")
    command: list[str | Path] = [PYTHON, "-c", VALIDATE]
    text = json.dumps(document)
    done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=60, check=True)
    return str(done.stdout.strip())


def test_it_has_every_image_of_every_pod(everything: Spec, document: dict[str, Any]) -> None:
    """By the values of all releases: references, and tags of operators' images, which all have a digest."""
    values = [content.decode() for path, content in build(everything).items() if path.endswith(".yaml")]
    text = "\n".join(one for one in values if one.startswith("#"))
    references = {one.strip('"') for one in re.findall(r"^\s*(?:- )?image: (\S+)$", text, re.MULTILINE)}
    digests = set(re.findall(r"sha256:([0-9a-f]{64})", text))
    assert len(references) > 5
    assert len(digests) > 5
    known = {one["bom-ref"].removeprefix("image:") for one in document["components"] if one["type"] == "container"}
    tagged = {re.sub(r"^\$\{repository_url\}:", "", one) for one in references}
    assert {one for one in tagged if "/" in one} <= known
    assert {one for one in tagged if "/" not in one} <= {one.rpartition(":")[2] for one in known}
    assert digests <= {one["content"] for part in document["components"] for one in part.get("hashes", [])}


def test_it_has_every_locked_package_with_its_hash(document: dict[str, Any]) -> None:
    found = {one["purl"]: one for one in document["components"] if "purl" in one}
    locked = re.findall(r"^([\w.-]+)==([\w.]+)", (ROOT / "requirements.lock").read_text(), re.MULTILINE)
    assert len(locked) > 50
    for name, version in locked:
        assert found[f"pkg:pypi/{name.lower()}@{version}"]["hashes"]
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert packages["node_modules/cdktf"]["version"] == found["pkg:npm/cdktf@0.21.0"]["version"]
    assert len(found["pkg:npm/cdktf@0.21.0"]["hashes"][0]["content"]) == 128


def test_it_has_the_charts_of_others_and_is_the_same_each_time(everything: Spec, document: dict[str, Any]) -> None:
    charts = {one["name"] for one in document["components"] if one.get("purl", "").startswith("pkg:helm/")}
    assert charts == {"aws-load-balancer-controller", "external-secrets", "keda"}
    assert sbom.document(everything, ROOT) == document


def test_an_advisory_and_a_database_that_gives_no_answer_fail_the_audit(capsys: pytest.CaptureFixture[str]) -> None:
    def silent() -> list[audit.Advisory]:
        raise audit.NotAsked("Name or service not known")

    assert audit.report({"a.lock": list}) == 0
    assert audit.report({"a.lock": lambda: [audit.Advisory("cdktf 0.21.0", "GHSA-1", "0.22.0")]}) == 1
    assert audit.report({"a.lock": silent}) == 1
    assert capsys.readouterr().out.splitlines() == [
        "a.lock: 0 advisories",
        "a.lock: 1 advisories",
        "  cdktf 0.21.0: GHSA-1, fixed in 0.22.0",
        "a.lock: not asked, so nothing is known: Name or service not known",
        "Is there a network, and does it reach the database? Run make audit again where it does.",
    ]


def test_the_answers_of_both_databases_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    vulnerable = {"name": "a", "version": "1", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2", "3"]}]}
    monkeypatch.setattr(audit, "_answer", lambda command, key: {"dependencies": [vulnerable, {"name": "b"}]})
    assert audit.python("a.lock") == [audit.Advisory("a 1", "PYSEC-1", "2, 3")]
    skipped = {"name": "a", "skip_reason": "Dependency not found on PyPI: a"}
    monkeypatch.setattr(audit, "_answer", lambda command, key: {"dependencies": [skipped]})
    with pytest.raises(audit.NotAsked, match="not found on PyPI"):
        audit.python("a.lock")
    package = {"range": "<2", "fixAvailable": True, "via": ["other", {"url": "https://github.com/advisories/GHSA-2"}]}
    monkeypatch.setattr(audit, "_answer", lambda command, key, folder: {"vulnerabilities": {"a": package}})
    assert audit.npm("package-lock.json") == [audit.Advisory("a <2", "GHSA-2", "True")]


def test_every_lock_file_of_the_repository_is_asked_about() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "*.lock", "*package-lock.json"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert {*listed.stdout.split()} == {*audit.LOCKS, *audit.NPM_LOCKS}
