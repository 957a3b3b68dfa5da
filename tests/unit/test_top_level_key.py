"""A key at the top of services.yaml is written and removed in the text; all other text stays as it was."""

from typing import Any

import pytest
from hypothesis import given
from ruamel.yaml import YAML

from modules.scaffold import top_level_key
from modules.scaffold.services_text import NotEditableError
from tests.support import random_specs

COMMENT = "Shared by all who deploy."
NEW = "{s3: {bucket: shop-terraform}}"
HEAD = "# Ours.\nproject: shop  # for life\n"
SERVICES = "services:\n  web: {path: /}\n"
# Each with the text in which the new key is to be found, and with what it is gone again.
PLACES = {
    "above the services": (
        HEAD + SERVICES,
        f"{HEAD}# {COMMENT}\nstate: {NEW}\n{SERVICES}",
    ),
    "above the comment of the services": (
        f"{HEAD}\n# What runs.\n{SERVICES}",
        f"{HEAD}\n# {COMMENT}\nstate: {NEW}\n\n# What runs.\n{SERVICES}",
    ),
    "with the file's line breaks": (
        (HEAD + SERVICES).replace("\n", "\r\n"),
        f"{HEAD}# {COMMENT}\nstate: {NEW}\n{SERVICES}".replace("\n", "\r\n"),
    ),
    "after a mark of a document": (f"---\n{SERVICES}{HEAD}", f"---\n# {COMMENT}\nstate: {NEW}\n{SERVICES}{HEAD}"),
}
REPLACED = {
    "in braces": (
        f"state: {{s3: {{bucket: old}}}}  # as agreed\n{SERVICES}",
        f"state: {NEW}  # as agreed\n{SERVICES}",
    ),
    "in lines": (
        f"state:  # as agreed\n  s3:\n    bucket: old  # ours\n    region: eu-west-1\n\n{SERVICES}",
        f"state: {NEW}\n\n{SERVICES}",
    ),
    "last in the file": (f"{SERVICES}state:\n  s3:\n    bucket: old", f"{SERVICES}state: {NEW}"),
    "in a file in braces": (
        "{state: {s3: {bucket: old}}, services: {}}",
        f"{{state: {NEW}, services: {{}}}}",
    ),
    "without a value": (f"state:\n{SERVICES}", f"state: {NEW}\n{SERVICES}"),
}


def _values(text: str) -> dict[str, Any]:
    return dict(YAML(typ="safe", pure=True).load(text))


@pytest.mark.parametrize(("text", "written"), PLACES.values(), ids=PLACES)
def test_a_new_key_comes_above_the_services_and_goes_without_a_trace(text: str, written: str) -> None:
    assert top_level_key.write(text, "state", NEW, COMMENT) == written
    assert top_level_key.remove(written, "state", COMMENT) == text


@pytest.mark.parametrize(("text", "written"), REPLACED.values(), ids=REPLACED)
def test_a_key_that_is_there_gets_the_value_in_its_place(text: str, written: str) -> None:
    assert top_level_key.write(text, "state", NEW, COMMENT) == written


def test_a_key_in_lines_goes_with_its_lines_and_another_comment_stays() -> None:
    text = f"# Agreed with all.\nstate:\n  s3:\n    bucket: old  # ours\n{SERVICES}"
    assert top_level_key.remove(text, "state", COMMENT) == f"# Agreed with all.\n{SERVICES}"
    assert top_level_key.remove(SERVICES, "state", COMMENT) == SERVICES


@pytest.mark.parametrize("text", ["{project: shop, services: {}}", "[]"])
def test_a_file_in_braces_gets_no_new_key(text: str) -> None:
    with pytest.raises(NotEditableError):
        top_level_key.write(text, "state", NEW, COMMENT)


@given(random_specs.valid())
def test_no_other_value_of_any_system_changes(system: dict[str, Any]) -> None:
    text = random_specs.render({name: value for name, value in system.items() if name != "state"})
    written = top_level_key.write(text, "state", NEW, COMMENT)
    assert _values(written) == _values(text) | {"state": {"s3": {"bucket": "shop-terraform"}}}
    assert top_level_key.remove(written, "state", COMMENT) == text
