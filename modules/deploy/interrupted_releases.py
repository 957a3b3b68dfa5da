"""Finds Helm releases that an ended run left half done, and lets Helm begin again from what is there.

Helm keeps each revision in a Secret, and refuses to touch a release whose last one is pending-install, pending-upgrade
or pending-rollback, or to install one that is there. Only these records are deleted: no pod or other object is touched.
The next upgrade starts from the last deployed revision; the next install takes over what is there, by its labels.
"""

import subprocess
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from modules import terminal
from modules.deploy.kubernetes_api import KubernetesApi, KubernetesError
from modules.state import state_file

# More than the five minutes by which AWS lets a clock be wrong:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
CLOCK_SECONDS = 360
SECONDS_BETWEEN = 5.0
_WORKERS = ("terraform-provider-helm", "helm")

Json = dict[str, Any]


class Interrupted(NamedTuple):
    """A release whose last revision is half done: its records, the oldest first, and how many of them are to go."""

    records: list[Json]
    number: int

    @property
    def last(self) -> Json:
        return dict(self.records[-1]["metadata"])

    @property
    def since(self) -> datetime:
        """When its last revision became what it is."""
        changed = self.last["labels"].get("modifiedAt", "")
        if changed.isdigit():
            return datetime.fromtimestamp(int(changed), UTC)
        return datetime.fromisoformat(self.last["creationTimestamp"])

    def __str__(self) -> str:
        labels, since = self.last["labels"], _clock(self.since)
        return f"Helm release {labels['name']} is {labels['status']} (revision {labels['version']}, since {since})"


def heal(
    api: KubernetesApi, releases: Iterable[Mapping[str, Any]], state: Path | None, say: Callable[[str], None]
) -> None:
    """Heals each of these releases (as Terraform declares them) that is half done, and says what was done.

    A release that another process may be working on is waited for, at most as long as Helm works on one: its `timeout`.
    `state` is the file of the stack's state; None where it is not on this machine. Raises KubernetesError.
    """
    for release in releases:
        limit = float(release.get("timeout", 300)) + CLOCK_SECONDS
        while found := find(api, str(release["namespace"]), str(release["name"])):
            why = at_work(found, limit, state)  # after the read: who wrote that is at it still, or has ended
            if why and state and state_file.is_locked(state):
                say(f"{found}, and {why}: it is left alone.")
                break
            if why:
                _wait(api, found, limit, why, say)
            else:
                for record in found.records[-found.number :]:
                    api.delete(f"{_path(found.last['namespace'])}/{record['metadata']['name']}", record)
                say(_done(found))


def find(api: KubernetesApi, namespace: str, name: str) -> Interrupted | None:
    """The release if it is half done; raises KubernetesError."""
    records = api.items(_path(namespace), labelSelector=f"owner=helm,name={name}")
    records.sort(key=_version)
    statuses = [str(record["metadata"]["labels"].get("status")) for record in records]
    match statuses:
        case [*_, "pending-upgrade" | "pending-rollback"]:
            return Interrupted(records, 1)
        case [*_, "pending-install" | "uninstalling"]:
            return Interrupted(records, len(records))
        case [*_, "failed"] if not {"deployed", "superseded"} & set(statuses):
            return Interrupted(records, len(records))  # an install that failed, and was not removed
    return None


def at_work(found: Interrupted, limit: float, state: Path | None) -> str | None:
    """Why a process may still be working on the release; None where that can't be.

    What has lasted for longer than Helm's own timeout has been given up. Else it has been too where the state is a file
    of this machine that no Terraform has locked, and no process of Helm runs here: the Helm provider of a Terraform
    that was killed with SIGKILL may outlive it.
    """
    if (datetime.now(UTC) - found.since).total_seconds() > limit:
        return None
    if state is None:
        return "another machine may be working on it"
    if state_file.is_locked(state):
        return "another Terraform is working on its stack"
    try:
        listed = subprocess.run(["ps", "-A", "-o", "args="], capture_output=True, text=True, timeout=30, check=True)
    except (OSError, subprocess.SubprocessError):
        return "the processes of this machine can't be listed"
    programs = (Path(line.split()[0]).name for line in listed.stdout.splitlines() if line.strip())
    worker = next((name for name in programs if name == _WORKERS[1] or name.startswith(_WORKERS[0])), None)
    return f"a process of this machine may be working on it ({worker})" if worker else None


def _wait(api: KubernetesApi, found: Interrupted, limit: float, why: str, say: Callable[[str], None]) -> None:
    """Until it is no longer half done, or has been so for longer than the limit."""
    end = time.monotonic() + limit - (datetime.now(UTC) - found.since).total_seconds()
    until = datetime.fromtimestamp(found.since.timestamp() + limit, UTC)
    names = " ".join(record["metadata"]["name"] for record in found.records[-found.number :])
    namespace = found.last["namespace"]
    say(
        f"{found}, and {why}. Waiting for it, until {_clock(until)} at most. If you know that nobody is: "
        f"kubectl delete secret {names} --namespace={namespace}"
    )
    with terminal.Waiting(f"Waiting for Helm release {found.last['labels']['name']}"):
        while time.monotonic() < end:
            time.sleep(min(SECONDS_BETWEEN, max(0, end - time.monotonic())))
            now = find(api, namespace, found.last["labels"]["name"])
            if now is None or now.last["name"] != found.last["name"]:
                return


def _done(found: Interrupted) -> str:
    kept = found.records[: -found.number]
    then = (
        f"this deploy goes on from revision {_version(kept[-1])}"
        if kept
        else "this deploy installs it anew and takes over what is there"
    )
    names = ", ".join(record["metadata"]["name"] for record in found.records[-found.number :])
    return (
        f"{found}: an earlier run was ended while Helm worked on it. Deleted Helm's record of it (Secret {names}); "
        f"its pods and other objects are as they were, and {then}."
    )


def _path(namespace: str) -> str:
    return f"/api/v1/namespaces/{namespace}/secrets"


def _version(record: Json) -> int:
    try:
        return int(record["metadata"]["labels"]["version"])
    except (KeyError, TypeError, ValueError):
        name = record["metadata"].get("name")
        raise KubernetesError(f"the Secret {name} has the labels of a Helm release, but no version") from None


def _clock(moment: datetime) -> str:
    return f"{moment:%H:%M:%S} UTC"
