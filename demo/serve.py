"""Holds the emulated AWS, the control plane behind its EKS cluster, and what runs its pods, until told to stop.

Says on stdout where they are, and ends with who started it unless that has said something by then.
"""

import json
import os
import signal
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import IO, NoReturn

from tests.support import data_api
from tests.support.control_plane import ControlPlane
from tests.support.emulator import as_deployer, emulated_aws, issuer, lead_to
from tests.support.node import Node

from .pods import Pods

PLAYED_NODES = 5


def main(folder: Path, cluster: str, region: str, pods: str) -> None:
    """`pods` is the text of those that are to run; without it, their statuses are played."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _end)
    answer = stdout_for_the_answer()
    log, plane_folder = folder / "aws.log", folder / "control-plane"
    plane_folder.mkdir()
    with ExitStack() as held:
        aws = held.enter_context(emulated_aws(log))
        deployer = {**as_deployer(aws), "AWS_REGION": region}
        plane = held.enter_context(
            ControlPlane(folder=plane_folder, node_count=0, aws=deployer, cluster_name=cluster, issuer=issuer(region))
        )
        lead_to(log, plane.endpoint, plane.ca_pem, plane.issuer)
        failed = _node(held, plane, Pods.parse(pods))
        print(
            json.dumps({"aws": deployer, "kubeconfig": str(plane.kubeconfig), "no_node": failed}),
            file=answer,
            flush=True,
        )
        if sys.stdin.readline():
            signal.pause()


def stdout_for_the_answer() -> IO[str]:
    """What this process and its children say from now on goes to stderr: installers that it runs talk on stdout."""
    answer = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    return answer


def _node(held: ExitStack, plane: ControlPlane, pods: Pods | None) -> str | None:
    """Starts it, or plays nodes; returns why it did not start, in a container without the rights for it for example."""
    failed = None
    if pods:
        with ExitStack() as started:
            database = started.enter_context(data_api.started(pods.database))
            node = Node(plane, pods.images(database.port), ports=[database.port], metrics=True)
            try:
                started.enter_context(node)
            except (RuntimeError, TimeoutError) as reason:
                failed = str(reason)
            else:
                held.enter_context(started.pop_all())
                return None
    plane.play_nodes(PLAYED_NODES)
    return failed


def _end(*_: object) -> NoReturn:
    sys.exit(0)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
