"""Asks AWS by the AWS CLI, which Terraform needs here anyway: one call, its JSON, or what AWS refused it with."""

import json
import re
import subprocess
from typing import Any

SECONDS = 60
_CODE = re.compile(r"An error occurred \((\w+)\)")


class AwsRefused(Exception):
    """A call that failed; the message is what the CLI said, `code` is AWS's (such as `RepositoryNotFoundException`)."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        found = _CODE.search(said)
        self.code = found[1] if found else None


def ask(*words: str, region: str) -> dict[str, Any]:
    """The answer of `aws <words>`; empty where it has none. Raises AwsRefused."""
    line = ["aws", *words, "--region", region, "--output", "json"]
    try:
        done = subprocess.run(line, capture_output=True, text=True, timeout=SECONDS, check=False)
    except FileNotFoundError:
        raise AwsRefused("there is no aws on PATH") from None
    except subprocess.TimeoutExpired:
        raise AwsRefused(f"aws {words[0]} {words[1]} did not answer within {SECONDS} seconds") from None
    if done.returncode:
        raise AwsRefused(" ".join(done.stderr.split()) or f"aws {words[0]} {words[1]} ended with {done.returncode}")
    try:
        answer = json.loads(done.stdout or "{}")
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        raise AwsRefused(f"aws {words[0]} {words[1]} did not print a JSON object")
    return answer
