"""kube-score on the objects that charts make."""

import json
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from modules.gate.finding import Finding
from tests.support.go_tools import binary
from tests.support.security.scan import Scan

STRICTER = ("container-resource-requests-equal-limits", "container-seccomp-profile", "container-ports-check")
BEST = 10  # grade of a check that found nothing


def of_charts(objects: Mapping[str, str]) -> Scan:
    """Kubernetes objects in YAML, by the release that brings them."""
    made = [(release, check) for release, text in objects.items() for check in _checks(text)]
    found = {
        Finding("kube-score", check["check"]["id"], f"{release} {check['object']}", _said(check))
        for release, check in made
        if check["grade"] < BEST
    }
    return Scan("kube-score", "charts", len(made), tuple(sorted(found)))


def _checks(text: str) -> Iterator[dict[str, Any]]:
    options = [f"--enable-optional-test={check}" for check in STRICTER]
    command: list[str | Path] = [binary("kube-score"), "score", "--output-format=json", *options, "-"]
    done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=60, check=False)
    for scored in json.loads(done.stdout):
        for check in scored["checks"]:
            if not check["skipped"]:
                yield {**check, "object": scored["object_name"]}


def _said(check: Mapping[str, Any]) -> str:
    return ", ".join(comment["summary"] for comment in check["comments"] or ())
