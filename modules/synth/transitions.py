"""The file of `moved`, `removed` and `import` blocks beside a stack's configuration; a stack without any has none."""

import json
from collections.abc import Iterable
from typing import Any

from modules.design.transitions import Transition
from modules.synth import hcl

JSON, HCL = "transitions.tf.json", "transitions.tf"


def files(transitions: Iterable[Transition], *, as_hcl: bool) -> dict[str, bytes]:
    """The file by its name; the same bytes in whatever order the transitions come."""
    content: dict[str, list[dict[str, Any]]] = {}
    for one in sorted(set(transitions), key=lambda one: (one.block, *map(str, one.arguments().values()))):
        content.setdefault(one.block, []).append(one.arguments())
    if not content:
        return {}
    if as_hcl:
        return {HCL: hcl.render(content, frozenset()).encode()}
    return {JSON: (json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()}
