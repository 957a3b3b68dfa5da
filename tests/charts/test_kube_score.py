"""kube-score has nothing to say about the pods, but for what is meant."""

import json
import subprocess

from tests.support import helm
from tests.support.go_tools import binary

IGNORED = {
    "pod-networkpolicy": "Fargate does not enforce any; SecurityGroupPolicy isolates",
    "container-ephemeral-storage-request-and-limit": "a Fargate pod has 20 GiB of its own, which no neighbour can fill",
    "container-image-pull-policy": "a Fargate pod starts on a machine without images: it always pulls",
    "pod-probes-identical": "one health path; liveness waits four times as long as readiness",
    "deployment-has-host-podantiaffinity": "no two Fargate pods share a machine",
}
STRICTER = ("container-resource-requests-equal-limits", "container-seccomp-profile", "container-ports-check")
BEST = 10  # grade of a check that found nothing


def _found(*options: str) -> dict[str, list[str]]:
    text = "---\n".join(helm.rendered(chart) for chart in helm.ALL)
    command = [str(binary("kube-score")), "score", "--output-format=json", *options, "-"]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    found: dict[str, list[str]] = {}
    for scored in json.loads(done.stdout):
        for check in scored["checks"]:
            if not check["skipped"] and check["grade"] < BEST:
                said = [comment["summary"] for comment in check["comments"]]
                found.setdefault(check["check"]["id"], []).append(f"{scored['object_name']}: {said}")
    return found


def test_nothing_is_found_but_what_is_meant() -> None:
    found = _found(*(f"--enable-optional-test={check}" for check in STRICTER))
    assert {check: said for check, said in found.items() if check not in IGNORED} == {}
    assert set(found) == set(IGNORED), "an ignored check finds nothing any more"
