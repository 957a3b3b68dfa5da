"""examples/: complete files without a mistake or a warning, and one of them uses every key that there is."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from modules.checks.check import check
from modules.paths import ROOT
from modules.permissions import KINDS
from modules.spec.json_schema import schema
from modules.spec.text_file import beside
from modules.synth.json_schema_file import FILE_NAME
from tests.support.run_synth import shipped
from tests.unit.conftest import TODAY

EXAMPLES = {file.parent.name: file for file in sorted(ROOT.glob("examples/*/services.yaml"))}


def _values(file: Path) -> Any:
    return YAML(typ="safe").load(file.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_says_what_it_shows_and_has_no_mistake_or_warning(name: str) -> None:
    first, second = EXAMPLES[name].read_text(encoding="utf-8").splitlines()[:2]
    there = (EXAMPLES[name].parent / first.removeprefix("# yaml-language-server: $schema=")).resolve()
    assert there == ROOT / FILE_NAME
    assert second.startswith("# ")
    result = check(EXAMPLES[name], TODAY)
    assert [result.render(problem) for problem in (*result.mistakes, *result.warnings)] == []
    assert [error.message for error in Draft202012Validator(schema()).iter_errors(_values(EXAMPLES[name]))] == []


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_accepts_no_warning_that_it_does_not_have(name: str, tmp_path: Path) -> None:
    text = EXAMPLES[name].read_text(encoding="utf-8")
    file = tmp_path / "services.yaml"
    file.write_text("".join(f"{line}\n" for line in text.splitlines() if not line.startswith("accept:")))
    checked = check(file, TODAY, beside(EXAMPLES[name].parent))
    assert {problem.code for problem in checked.warnings} == set(_values(EXAMPLES[name])["accept"])


def test_readme_lists_every_example() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for name in EXAMPLES if f"(examples/{name}/services.yaml)" not in text] == []


def test_the_architectures_example_is_the_system_that_the_tests_hold() -> None:
    assert _values(EXAMPLES["architecture"]) == shipped()


# What can't be in a system that has the other keys of its mapping -> the example that has it.
OF_ITS_OWN = {
    "existing-load-balancer": {("LoadBalancer", "listener_arn")},
    "existing-network": {("Network", key) for key in ("vpc_id", "public_subnet_ids", "private_subnet_ids")},
}


def test_the_example_of_everything_uses_every_key_but_those_with_an_example_of_their_own() -> None:
    whole = schema()
    keys = {(name, key) for name, model in {"": whole, **whole["$defs"]}.items() for key in model.get("properties", ())}
    keys = {(name, key) for name, key in keys if "Environment" not in name}  # the same keys again
    used = {
        one
        for example in ("everything", "environments")
        for one in _used(_values(EXAMPLES[example]), whole, "", whole["$defs"])
    }
    assert {("Service", "path"), ("Key", "name"), ("S3State", "prefix")} <= used
    apart = {key: name for name, of_its_own in OF_ITS_OWN.items() for key in of_its_own}
    # In tests/systems/hcp and tests/systems/deployer.
    apart_for_tests = {("State", "hcp"), ("", "deployer")}
    apart_for_tests |= {(name, key) for name, key in keys if name in ("DeployerRoles", "HcpState")}
    assert keys - used - apart_for_tests == apart.keys()
    for key, name in apart.items():
        assert key in set(_used(_values(EXAMPLES[name]), whole, "", whole["$defs"]))
    assert ("Environment", "without") in used
    assert {key for name, key in used if name == "Permissions"} == set(KINDS)


def _used(value: Any, form: dict[str, Any], name: str, forms: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The keys that a value uses, each with the name of its mapping in the schema."""
    for inner in (*form.get("anyOf", ()), *form.get("allOf", ())):
        yield from _used(value, inner, name, forms)
    if "$ref" in form:
        model = form["$ref"].rpartition("/")[2]
        yield from _used(value, forms[model], model, forms)
    if isinstance(value, list):
        for one in value:
            yield from _used(one, form.get("items", {}), name, forms)
    if isinstance(value, dict):
        for key, one in value.items():
            if key in form.get("properties", {}):
                yield name, key
                yield from _used(one, form["properties"][key], name, forms)
            for any_key in (form.get("additionalProperties"), *form.get("patternProperties", {}).values()):
                if key not in form.get("properties", {}) and isinstance(any_key, dict):
                    yield from _used(one, any_key, name, forms)
