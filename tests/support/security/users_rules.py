"""conftest on the JSON of every stack, and on plans: rules in Rego that a system's owner keeps beside services.yaml.

A rule is evaluated where no program, file, variable or server can be reached, so that a pull request can bring one.
"""

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from modules import bounded_file
from modules.gate.finding import Finding
from tests.support.go_tools import binaries
from tests.support.security.scan import NothingChecked, Scan

TOOL = "your rules"
FOLDER = "rules"
NEXT = "docs/security/rules.md says how a rule is written."
SECONDS = 120  # for all stacks; a rule that does not end is stopped
MOST_BYTES = 1024 * 1024  # of a rule
RULE, TEXT = ".rego", ".md"
Inputs = Mapping[str, bytes]
"""JSON by name: that of a stack."""


class RulesRefused(RuntimeError):
    """A rule that can't be read or evaluated; the message says where, what and the next step."""


def scans(beside: Path, generated: Path, plans: Mapping[str, Path]) -> Iterator[Scan]:
    """Those by the rules in a folder beside services.yaml, on stacks and on plans by name; none without rules."""
    rules = read(beside / FOLDER)
    if rules:
        stacks = {one.parent.name: one.read_bytes() for one in sorted(generated.glob("stacks/*/cdk.tf.json"))}
        yield scan("JSON", stacks, rules)
        if plans:
            yield scan("plans", {name: plan(file) for name, file in plans.items()}, rules)


def read(folder: Path) -> dict[str, bytes]:
    """The rules by their path in the folder; {} where there is none. Raises RulesRefused for any other file."""
    found = {}
    for file in sorted(folder.rglob("*")):
        if file.is_symlink() or not (file.is_dir() or file.suffix in (RULE, TEXT)):
            raise RulesRefused(f"{file}: Only files of Rego, *{RULE}, are rules, and notes end in {TEXT}. Remove it.")
        if file.suffix == RULE and not file.name.endswith(f"_test{RULE}"):
            try:
                found[file.relative_to(folder).as_posix()] = bounded_file.read(file, MOST_BYTES)
            except OSError as error:
                raise RulesRefused(f"{file}: It can't be read: {error.strerror}. {NEXT}") from None
    return found


def scan(mode: str, inputs: Inputs, rules: Mapping[str, bytes]) -> Scan:
    """What rules say of each input. Raises RulesRefused, and NothingChecked where a package has no rule."""
    results = _results(inputs, rules)
    made = {one["namespace"]: 0 for one in results}
    for one in results:
        made[one["namespace"]] += one["successes"] + len([*_said(one, "failures"), *_said(one, "warnings")])
    text = b"\n".join(rules.values()).decode(errors="replace")
    for package in [name for name, count in made.items() if not count and f"data.{name}" not in text]:
        raise NothingChecked(f"{FOLDER}/: Package {package} has no `deny`, `violation` or `warn`. {NEXT}")
    findings = sorted(_finding(result, said) for result in results for said in _said(result, "failures"))
    warned = [_finding(result, said) for result in results for said in _said(result, "warnings")]
    return Scan(TOOL, mode, len(results) + len(findings), tuple(findings), tuple(sorted(warned)))


def _said(result: Mapping[str, Any], which: str) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = result.get(which) or []
    return found


def _finding(result: Mapping[str, Any], said: Mapping[str, Any]) -> Finding:
    address = (said.get("metadata") or {}).get("address", "")
    stack = Path(result["filename"]).stem
    return Finding(TOOL, result["namespace"], f"{stack} {address}".strip(), said["msg"])


def _results(inputs: Inputs, rules: Mapping[str, bytes]) -> list[dict[str, Any]]:
    programs = binaries(["conftest", "capabilities"])
    with TemporaryDirectory() as place:
        folder = Path(place)
        for kind, files in (("rules", rules), ("inputs", {f"{name}.json": one for name, one in inputs.items()})):
            for path, content in files.items():
                (folder / kind / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / kind / path).write_bytes(content)
        (folder / "capabilities.json").write_bytes(_run([programs["capabilities"]], folder).stdout)
        options = ["--all-namespaces", "--policy=rules", "--capabilities=capabilities.json", "--show-builtin-errors"]
        names = [f"inputs/{name}.json" for name in inputs]
        done = _run([programs["conftest"], "test", "--output=json", "--no-color", *options, *names], folder)
    try:
        found: list[dict[str, Any]] = json.loads(done.stdout)
    except ValueError:
        said = done.stderr.decode(errors="replace").strip().removeprefix("Error: ")
        raise RulesRefused(f"{FOLDER}/: A rule can't be evaluated: {said}\n{NEXT}") from None
    return found


def _run(command: list[str | Path], folder: Path) -> subprocess.CompletedProcess[bytes]:
    environment = {"HOME": str(folder), "PATH": os.defpath}
    try:
        return subprocess.run(
            command,
            cwd=folder,
            env=environment,
            capture_output=True,
            timeout=SECONDS,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired:
        raise RulesRefused(f"{FOLDER}/: A rule is still not done after {SECONDS} s. {NEXT}") from None


def plan(file: Path) -> bytes:
    """What Terraform says of a plan, as JSON. Raises RulesRefused for another file."""
    content = file.read_bytes()
    try:
        is_plan = "planned_values" in json.loads(content)
    except ValueError:
        is_plan = False
    if not is_plan:
        raise RulesRefused(f"{file}: That is no plan in JSON. Write one by `terraform show -json FILE`.")
    return content
