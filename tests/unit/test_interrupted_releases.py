"""When `make deploy` may take a Helm release that is half done for abandoned; the healing itself is in tests/faults."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from modules.deploy import interrupted_releases
from modules.deploy.interrupted_releases import Interrupted, at_work, find
from modules.deploy.kubernetes_api import KubernetesError
from tests.support import child_process

HOLD = (
    "import fcntl, sys; file = open(sys.argv[1], 'r+b'); fcntl.lockf(file, fcntl.LOCK_EX); print(flush=True); input()"
)
LIMIT = 900.0


def record(status: str, version: object = 3, seconds: float = 0, **labels: str) -> dict[str, Any]:
    made = datetime.now(UTC) - timedelta(seconds=seconds)
    labels |= {"name": "order", "status": status, "version": str(version), "owner": "helm"}
    metadata = {"name": f"sh.helm.release.v1.order.v{version}", "namespace": "order", "labels": labels}
    return {"metadata": metadata | {"creationTimestamp": f"{made:%Y-%m-%dT%H:%M:%SZ}"}}


def pending(seconds: float) -> Interrupted:
    return Interrupted([record("pending-upgrade", seconds=seconds)], 1)


@pytest.fixture
def state(tmp_path: Path) -> Path:
    file = tmp_path / "order.tfstate"
    file.write_text("{}")
    return file


@pytest.fixture
def processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file with what `ps` lists."""
    (tmp_path / "bin").mkdir()
    program, listed = tmp_path / "bin" / "ps", tmp_path / "listed"
    program.write_text(f"#!/bin/sh\ncat {listed}\n")
    program.chmod(0o755)
    listed.write_text("/sbin/init splash\n\n/usr/bin/helmsman --steer\nvi helm\n")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    return listed


def test_a_young_revision_of_an_unlocked_local_state_is_nobodys(state: Path, processes: Path) -> None:
    assert at_work(pending(5), LIMIT, state) is None
    state.unlink()
    assert at_work(pending(5), LIMIT, state) is None  # Terraform was killed before it wrote one


@pytest.mark.parametrize(
    "line", ["/opt/plugins/terraform-provider-helm_v3.1.2_x5", "helm upgrade order ./chart", "/usr/local/bin/helm list"]
)
def test_a_process_of_helm_on_this_machine_may_be_at_work(state: Path, processes: Path, line: str) -> None:
    processes.write_text(f"{processes.read_text()}{line}\n")
    said = at_work(pending(5), LIMIT, state)
    assert said
    assert said.startswith("a process of this machine may be working on it (")


def test_a_machine_that_does_not_list_its_processes_is_waited_for(state: Path, processes: Path) -> None:
    processes.unlink()
    assert at_work(pending(5), LIMIT, state) == "the processes of this machine can't be listed"


def test_a_state_that_is_elsewhere_is_waited_for(processes: Path) -> None:
    assert at_work(pending(5), LIMIT, None) == "another machine may be working on it"


def test_what_is_older_than_helms_timeout_is_nobodys() -> None:
    assert at_work(pending(LIMIT + 5), LIMIT, None) is None


def test_a_release_whose_state_a_terraform_has_locked_is_left_alone(state: Path, processes: Path) -> None:
    said: list[str] = []
    release = {"name": "order", "namespace": "order", "timeout": LIMIT}
    with child_process.running(
        [sys.executable, "-c", HOLD, state], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout
        holder.stdout.readline()
        interrupted_releases.heal(Api(record("pending-upgrade")), [release], state, said.append)  # type: ignore[arg-type]
    (text,) = said
    assert text.startswith("Helm release order is pending-upgrade (revision 3, since ")
    assert text.endswith("UTC), and another Terraform is working on its stack: it is left alone.")


class Api:
    """Has these records; nothing may be deleted."""

    def __init__(self, *records: dict[str, Any]) -> None:
        self.records = records

    def items(self, path: str, **selectors: str) -> list[dict[str, Any]]:
        assert (path, selectors) == ("/api/v1/namespaces/order/secrets", {"labelSelector": "owner=helm,name=order"})
        return list(self.records)


def test_an_uninstall_began_when_its_record_was_last_changed() -> None:
    now = str(int(datetime.now(UTC).timestamp()))
    found = Interrupted([record("uninstalling", seconds=9999, modifiedAt=now)], 1)
    assert at_work(found, LIMIT, None) == "another machine may be working on it"


@pytest.mark.parametrize(
    ("statuses", "number"),
    [
        ([], None),
        (["deployed"], None),
        (["superseded", "deployed"], None),
        (["deployed", "failed"], None),  # the next upgrade starts from the deployed one
        (["deployed", "failed", "pending-rollback"], 1),
        (["superseded", "deployed", "pending-upgrade"], 1),
        (["pending-install"], 1),
        (["failed"], 1),
        (["superseded", "uninstalling"], 2),
    ],
)
def test_what_is_half_done_is_known_by_the_states_of_its_revisions(statuses: list[str], number: int | None) -> None:
    records = [record(status, version) for version, status in enumerate(statuses, 8)]
    found = find(Api(*reversed(records)), "order", "order")  # type: ignore[arg-type]
    assert (found.number if found else None) == number
    assert found is None or found.last["labels"]["version"] == str(7 + len(statuses))  # 10 comes after 9


def test_a_record_without_a_version_is_named() -> None:
    with pytest.raises(KubernetesError, match=r"the Secret sh\.helm\.release\.v1\.order\.vx has the labels of a Helm"):
        find(Api(record("deployed", "x")), "order", "order")  # type: ignore[arg-type]
