"""A key at any depth is written, with the blocks that are missing, and all other text stays as it is."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from modules.scaffold.nested_key import scalar, write
from modules.scaffold.services_text import NotEditableError

PATH = ("environments", "dev", "services", "web", "image")
FILE = """\
# Ours.
project: shop   # for life
services:
  web:
    image: v1   # since May
    pods: 2

  # The other one.
  other: {pods: 1}
  # and no more
"""


def _read(text: str) -> Any:
    return YAML(typ="safe", pure=True).load(text)


def test_a_value_is_replaced_and_its_comment_stays() -> None:
    assert write(FILE, ("services", "web", "image"), "v2") == FILE.replace("image: v1 ", "image: v2 ")


def test_a_new_key_comes_last_in_its_mapping() -> None:
    expected = FILE.replace("    pods: 2\n", "    pods: 2\n    cpu: 0.5\n")
    assert write(FILE, ("services", "web", "cpu"), 0.5) == expected
    assert write(FILE, ("services", "other", "image"), "v2") == FILE.replace("{pods: 1}", "{pods: 1, image: v2}")


def test_missing_blocks_are_made_at_the_end_of_the_file() -> None:
    block = "\nenvironments:\n  dev:\n    services:\n      web:\n        image: v2\n"
    assert write(FILE, PATH, "v2") == FILE + block


@pytest.mark.parametrize(
    ("environments", "expected"),
    [
        ("  dev:   # small\n", "  dev: {services: {web: {image: v2}}}   # small\n"),
        ("  dev: {}\n", "  dev: {services: {web: {image: v2}}}\n"),
        ("  dev: {log_days: 7}\n", "  dev: {log_days: 7, services: {web: {image: v2}}}\n"),
        ("  dev: {services: {web}}\n", "  dev: {services: {web: {image: v2}}}\n"),
        (
            "  dev:\n    services:\n      # ours\n      web:\n        pods: 1   # enough\n  prod:\n",
            "  dev:\n    services:\n      # ours\n      web:\n        pods: 1   # enough\n        image: v2\n  prod:\n",
        ),
        (
            "  prod:\n    log_days: 7\n",
            "  prod:\n    log_days: 7\n  dev:\n    services:\n      web:\n        image: v2\n",
        ),
        ("  dev: {services: {web: {image: 'v1', pods: 1}}}\n", "  dev: {services: {web: {image: v2, pods: 1}}}\n"),
    ],
)
def test_only_what_is_missing_of_an_environment_is_made(environments: str, expected: str) -> None:
    assert write(f"{FILE}environments:\n{environments}", PATH, "v2") == f"{FILE}environments:\n{expected}"


def test_a_file_without_a_line_break_at_its_end_gets_one() -> None:
    assert write("services:\n  web:\n    pods: 2", ("services", "web", "image"), "v2") == (
        "services:\n  web:\n    pods: 2\n    image: v2\n"
    )


def test_an_empty_file_gets_the_whole_path() -> None:
    assert write("# Ours.\n", ("services", "web", "image"), "v2") == "# Ours.\nservices:\n  web:\n    image: v2\n"


def test_line_breaks_stay_those_of_the_file() -> None:
    text = write(FILE.replace("\n", "\r\n"), PATH, "v2")
    assert text.count("\n") == text.count("\r\n") > FILE.count("\n")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a: &a {b: 1}\nservices: *a\n", "services is an alias."),
        ("services: [web]\n", "services is not a mapping."),
        ("services: {web: {\n# none yet\n}}\n", "Its braces hold a comment."),
    ],
)
def test_what_can_not_be_edited_is_said(text: str, why: str) -> None:
    with pytest.raises(NotEditableError, match=f"^{why}$"):
        write(text, ("services", "web", "image"), "v2")


@pytest.mark.parametrize(
    "value", ["1.5", "1e5", "2024-01-01", "null", "true", "", "a: b", "a #b", "- a", "@a", "0x1f", ":0"]
)
def test_text_that_would_be_read_as_something_else_is_in_quotes(value: str) -> None:
    assert scalar(value) == f'"{value}"'


@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20) | st.integers() | st.sampled_from([0.25, 4.0])
)
def test_a_value_is_read_back_as_it_was_written(value: str | float) -> None:
    assert _read(f"a: {scalar(value)}")["a"] == value
    assert _read(f"a: {{b: {scalar(value)}, c: 1}}")["a"] == {"b": value, "c": 1}
