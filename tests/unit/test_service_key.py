"""A key of a service is written into the text of services.yaml, and all other text stays."""

import pytest

from modules.scaffold import service_key
from modules.scaffold.services_text import NotEditableError

HEAD = "project: shop\nservices:\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "  a:\n    path: /x   # its way\n    pods: 3\n",
            "  a:\n    path: /x   # its way\n    priority: 7\n    pods: 3\n",
        ),
        ("  a: {path: /x, pods: 3}\n", "  a: {path: /x, priority: 7, pods: 3}\n"),
        ("  a: {pods: 3, path: [/x, /y]} # all\n", "  a: {pods: 3, path: [/x, /y], priority: 7} # all\n"),
        (
            "  a:\n    path:\n      - /x\n      - /y\n  b: {}\n",
            "  a:\n    path:\n      - /x\n      - /y\n    priority: 7\n  b: {}\n",
        ),
        ("  a:\n    path: /x\n    priority: 3 # old\n", "  a:\n    path: /x\n    priority: 7 # old\n"),
        ("  a:\n    path: /x", "  a:\n    path: /x\n    priority: 7\n"),
        ("  a:\r\n    path: /x\r\n", "  a:\r\n    path: /x\r\n    priority: 7\r\n"),
    ],
)
def test_a_key_is_written_after_another(before: str, after: str) -> None:
    assert service_key.write(HEAD + before, "a", "priority", "7", after="path") == HEAD + after


@pytest.mark.parametrize(
    "text",
    [
        "project: shop\nservices: {a: {path: /x}}\n",
        f"{HEAD}  b: &one {{path: /x}}\n  a: *one\n",
        f"{HEAD}  b: {{path: &one /x}}\n  a: {{path: *one}}\n",
    ],
)
def test_what_is_not_in_lines_of_its_own_is_left_to_its_owner(text: str) -> None:
    with pytest.raises(NotEditableError):
        service_key.write(text, "a", "priority", "7", after="path")
