"""Applies the edit of a problem to the text of a services.yaml, keeping its comments."""

import io
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap

from modules.spec.document import Document
from modules.spec.problem import Edit, Path


def apply_edit(edit: Edit, text: str, document: Document) -> str:
    """The text after the edit; `document` says where the file has the edit's path."""
    yaml = YAML(typ="rt")
    root = yaml.load(text)
    _apply(edit, document.place(edit.path), root)
    stream = io.StringIO()
    yaml.dump(root, stream)
    return stream.getvalue()


def _apply(edit: Edit, place: Path, root: Any) -> None:
    holder, around = root, None
    for part in place[:-1]:
        around, holder = holder, holder[part]
    last = place[-1]
    if isinstance(last, int) and not isinstance(holder, list):
        # One word in place of a list: the word is the list's only item.
        holder, last = around, place[-2]
    if isinstance(holder, CommentedMap):
        # A document's keys are text, also where YAML reads a number: `ports: {80: 8080}`.
        last = next((key for key in holder if str(key) == last), last)
    if edit.text is None:
        del holder[last]
    elif edit.renames and isinstance(holder, CommentedMap) and last == edit.path[-1]:
        position = list(holder).index(last)
        holder.insert(position, edit.text, holder.pop(last))
    else:
        holder[last] = YAML(typ="rt").load(edit.text)
