"""Asks the pods of a Service, one after the other, ten times a second, as a load balancer asks its targets."""

import http.client
import itertools
import json
import subprocess
import threading
import time
from pathlib import Path
from typing import NamedTuple, Self

from tests.support import child_process
from tests.support.control_plane import ControlPlane

from . import Node
from .relay import enter

EVERY = 0.1  # seconds
TIMEOUT = 5.0  # of a request: a busy machine is no outage
# For so long a target still gets requests when its pod is ready no longer: nobody tells a load balancer at once.
LAG = 2.0


class Target(NamedTuple):
    host: str
    port: int


class Prober:
    """A context manager. `gaps` are the requests that nobody answered with 200, each with the second and the reason."""

    def __init__(self, plane: ControlPlane, node: Node, service: str) -> None:
        self.plane, self.service = plane, service
        self.namespaces = Path("/proc", str(node.first_process), "ns", "net")
        self.slices: dict[str, set[Target]] = {}
        self.seen: dict[Target, float] = {}
        self.asked: set[Target] = set()
        self.requests = 0
        self.gaps: list[str] = []
        self.ended = threading.Event()

    def __enter__(self) -> Self:
        """Returns when a pod has answered."""
        selector = f"--selector=kubernetes.io/service-name={self.service}"
        watch = ["get", "endpointslices", f"--namespace={self.service}", selector, "--watch", "--output-watch-events"]
        command = [str(self.plane.programs["kubectl"]), *watch, "--output=json"]
        self.watch = child_process.start(command, env=self.plane.environment, stdout=subprocess.PIPE)
        self.threads = [threading.Thread(target=work, daemon=True) for work in (self._follow, self._ask)]
        self.threads[0].start()
        end = time.monotonic() + 30
        while not self._targets():
            assert time.monotonic() < end, f"no pod of {self.service} is ready"
            time.sleep(EVERY)
        self.started = time.monotonic()
        self.threads[1].start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        self.watch.kill()
        for thread in self.threads:
            thread.join(30)
        child_process.end(self.watch)

    def _follow(self) -> None:
        assert self.watch.stdout
        for line in self.watch.stdout:
            event = json.loads(line)
            found = event["object"]
            ready = {
                Target(address, port["port"])
                for port in found["ports"] or []
                for endpoint in found["endpoints"] or []
                for address in endpoint["addresses"]
                if endpoint["conditions"]["ready"]
            }
            self.slices[found["metadata"]["name"]] = set() if event["type"] == "DELETED" else ready

    def _targets(self) -> list[Target]:
        """Those that are ready, and those that were so a moment ago."""
        now = time.monotonic()
        self.seen |= dict.fromkeys(itertools.chain(*list(self.slices.values())), now)
        self.seen = {target: since for target, since in self.seen.items() if now - since <= LAG}
        return sorted(self.seen)

    def _ask(self) -> None:
        enter(self.namespaces)
        due = time.monotonic()
        for number in itertools.count():
            due += EVERY
            if self.ended.wait(max(0, due - time.monotonic())):
                return
            targets = self._targets()
            reason = self._refusal(targets[number % len(targets)]) if targets else "no target"
            self.requests += 1
            if reason:
                self.gaps.append(f"{time.monotonic() - self.started:.1f} s: {reason}")

    def _refusal(self, target: Target) -> str | None:
        connection = http.client.HTTPConnection(*target, timeout=TIMEOUT)
        self.asked.add(target)
        try:
            connection.request("GET", "/")
            status = connection.getresponse().status
            return None if status == http.client.OK else f"{target} answered {status}"
        except OSError as failed:
            return f"{target}: {failed!r}"
        finally:
            connection.close()
