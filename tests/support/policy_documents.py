"""Every policy in generated/ as IAM would get it, each reference replaced by an ARN of its resource's type.

As a script it gives them to parliament, which knows IAM's actions and the resource types that each can have:
`python -m tests.support.policy_documents generated`. parliament has an environment of its own (requirements-lint.lock),
so this file needs nothing that is installed in the project's.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from modules.access.policies import Policies
from modules.access.values import ACCOUNT

Policy = dict[str, Any]


def read(folder: Path) -> Policies:
    """Those of a generated tree."""
    files = sorted(folder.glob("stacks/*/cdk.tf.json"))
    return Policies({file.parent.name: json.loads(file.read_text(encoding="utf-8")) for file in files})


def findings(folder: Path) -> Iterator[tuple[str, str, str]]:
    """What parliament says: the issue, the place, and its words; with no issue for a policy that it read to the end."""
    import parliament

    for stack, address, policy in read(folder).documents():
        place = f"{stack} {address}"
        for finding in parliament.analyze_policy_string(json.dumps(_identity_based(policy))).findings:
            yield finding.issue, place, str(finding.detail)
        yield "", place, ""


def _identity_based(policy: Policy) -> Policy:
    """parliament knows policies of identities only: a trust policy gets a role as resource, and none a principal."""
    statements = []
    for statement in policy["Statement"]:
        plain = {key: value for key, value in statement.items() if key != "Principal"}
        if statement["Action"][0].startswith("sts:"):
            plain["Resource"] = [f"arn:aws:iam::{ACCOUNT}:role/any"]
        statements.append(plain)
    return {**policy, "Statement": statements}


if __name__ == "__main__":
    json.dump(list(findings(Path(sys.argv[1]))), sys.stdout)
