"""Reading: every place keeps its line, and whatever is not plain YAML is a mistake with a line."""

from pathlib import Path

import pytest

from modules.spec.document import Document
from modules.spec.yaml_file import read
from modules.spec.yaml_text import parse


def test_values_keep_their_lines() -> None:
    document = Document("services.yaml")
    parse("a: 1\nb:\n  c: [x,\n      1.5]\n", document)
    assert document.values == {"a": 1, "b": {"c": ("x", 1.5)}}
    assert [document.line(path) for path in (("a",), ("b", "c"), ("b", "c", 1), ("b", "c", 7), ("z",))] == [
        1,
        3,
        4,
        3,
        1,
    ]


def test_a_doubled_key_names_both_lines() -> None:
    document = Document("services.yaml")
    parse("a: 1\nb: 2\na: 3\n", document)
    assert [(problem.line, problem.what) for problem in document.problems] == [
        (3, 'The key "a" is here a second time; the first is on line 1.')
    ]


def test_a_tab_is_answered_with_what_to_write_in_its_place() -> None:
    document = Document("services.yaml")
    parse("a: 1\nb: 2\t# c", document)
    (problem,) = document.problems
    assert (problem.line, problem.next_step.partition(":")[0]) == (2, "Write spaces in place of the tab")


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a: 1\nb: [", 2, "This is not YAML"),
        ("a: b: c", 1, "mapping values are not allowed here"),
        ("a:\n\tb: 1", 2, "cannot start any token"),
        ("a: 1\n---\nb: 1", 2, "another document"),
        ("a: 1\nb: &x [*x]", None, "YAML aliases"),
        ("a: &x 1\nb: *x", None, "YAML aliases"),
        ("a: !python/object:os.system x", None, "tag"),
        ("a: !!int x", None, "does not fit its YAML tag"),
        ("a: &x {b: 1}\nc:\n  <<: *x", 3, "YAML merge keys (<<) are not supported."),
        ("? [a]\n: 1", 1, "A key must be a string"),
        ("- a", None, "must be a mapping"),
        ('a: 1\nb: "\\uD800"', None, "contains a NUL or half of a surrogate pair"),
        ('a: 1\nb: "x\\0"', None, "contains a NUL or half of a surrogate pair"),
        ('a: 1\n"\\uDFFF": 1', 2, "contains a NUL or half of a surrogate pair"),
        ("", None, "The file is empty"),
        ("a: 1\nb: \x07", 2, "The character U+0007 is not allowed in YAML"),
        ("a: " + "[" * 40 + "]" * 40, None, "nested too deep"),
        ("a:\n  " + "[" * 10_000, 2, "nested too deep"),
        ("a: 1\n" + "".join(f"{' ' * depth}a:\n" for depth in range(1000)), None, "nested too deep"),
        ("a: [" + "1, " * 130_000 + "]", 1, "more than 120000 keys and values"),
    ],
)
def test_what_is_not_plain_yaml_is_a_mistake(text: str, line: int | None, words: str) -> None:
    document = Document("services.yaml")
    parse(text, document)
    problem = document.problems[0]
    assert words in problem.what
    assert problem.next_step
    if line is not None:
        assert problem.line == line


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    (problem,) = read(tmp_path / "none.yaml").problems
    assert "No such file" in problem.what
    assert "--file" in problem.next_step


def test_bytes_that_are_no_text_name_their_line(tmp_path: Path) -> None:
    file = tmp_path / "services.yaml"
    file.write_bytes(b"a: 1\nb: \xff\n")
    (problem,) = read(file).problems
    assert (problem.line, problem.what) == (2, "The file is not UTF-8 text.")
