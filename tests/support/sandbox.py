"""A sandbox for one fault: an AWS of its own, and the stack `network` in a folder of its own, with nothing applied."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple, Self

from modules.paths import ROOT
from tests.support.emulator import clients, emulated_aws
from tests.support.leftover_resources import LISTS, leftovers
from tests.support.terraform_workspace import Workspace
from tests.support.tool_missing import ToolMissing

STACK = "network"
BUCKET = "states"
STATE = f"{BUCKET}/shop/{STACK}.tfstate"
SECONDS = 600  # ten times what a command here takes when nothing else runs

# What an apply makes first, and says then.
MADE = Counter(aws_eip=3, aws_iam_role=1)
SAID = [
    f"{made}: Creation complete"
    for made in ("aws_eip.nat_a", "aws_eip.nat_b", "aws_eip.nat_c", "aws_iam_role.flow_logs")
]
# What it makes beside that and waits for, seconds long: only after AWS's answer does the state hear of it.
WAITED_FOR = Counter(aws_vpc=1, aws_kms_key=2)
HOLD_THEM = {"answer": "hold", "calls": ["CreateVpc", "CreateKey"]}
HOLD_THEIR_SECOND_CALLS = {"answer": "hold", "calls": ["DescribeVpcs", "EnableKeyRotation"]}

CDKTF = """
import sys; from pathlib import Path
from modules.deploy import cdktf_cli
sys.exit(cdktf_cli.run(sys.argv[1], sys.argv[2], Path(sys.argv[3]), auto_approve=True))
"""


def _without_bucket(whole: dict[str, Any]) -> None:
    """What is made first, and what is waited for, is counted: not among it the bucket that other buckets log into."""
    for section in (whole["resource"], whole["data"]):
        for kind in list(section):
            section[kind] = {name: one for name, one in section[kind].items() if not name.startswith("bucket_logs")}
            if not section[kind]:
                del section[kind]
    for outputs in (whole["output"], whole["//"]["outputs"][STACK]):
        del outputs["bucket_logs_name"]


class Done(NamedTuple):
    code: int
    said: str


class Sandbox:
    def __init__(self, generated: Path, folder: Path, aws: dict[str, str]) -> None:
        self.workspace = Workspace(generated, folder, aws | {"AWS_S3_USE_PATH_STYLE": "true"})
        self.client, self.endpoint = clients(aws), aws["AWS_ENDPOINT_URL"]
        self.services = generated.parent / "services.yaml"
        _without_bucket(self.workspace.whole[STACK])
        region = {"LocationConstraint": "eu-west-1"}
        self.client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration=region)
        self.declared = Counter(
            {kind: len(named) for kind, named in self.workspace.whole[STACK]["resource"].items() if named}
        )
        self.lists = {kind: LISTS[kind] for kind in self.declared if kind in LISTS}
        self.before = leftovers(self.client, self.lists)
        self.workspace.init(STACK)

    def start(self, *arguments: str) -> "Running":
        return Running(self.workspace.start(STACK, *arguments))

    def cdktf(self, command: str) -> "Running":
        """What `make deploy`, `diff` and `destroy` run, on `generated` as it is."""
        if not (ROOT / "node_modules").exists():
            raise ToolMissing("cdktf-cli is not installed: make cdktf")
        root = self.workspace.generated.parent
        if not (root / "node_modules").exists():
            shutil.copy(ROOT / "cdktf.json", root)
            (root / "node_modules").symlink_to(ROOT / "node_modules")
        return Running(
            subprocess.Popen(
                [sys.executable, "-c", CDKTF, command, STACK, str(root)],
                cwd=ROOT,
                env=self.workspace.environment | {"CDKTF_DISABLE_PLUGIN_CACHE_ENV": "1"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,
            )
        )

    def run(self, *arguments: str) -> Done:
        with self.start(*arguments) as running:
            return running.end()

    def apply(self, *arguments: str) -> Done:
        return self.run("apply", "-auto-approve", *arguments)

    def leftovers(self) -> list[dict[str, Any]]:
        """What `main.py leftovers` finds."""
        line = [sys.executable, str(ROOT / "main.py"), "leftovers", "--json", "--file", str(self.services)]
        done = subprocess.run(
            [*line, "--out", str(self.workspace.generated)],
            env=self.workspace.environment,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        found = list(json.loads(done.stdout)["leftovers"])
        assert done.returncode == (2 if found else 0), done.stderr
        return found

    def tries(self, times: int) -> None:
        """Each call, instead of the provider's 25 times, which take minutes; it does not heed AWS_MAX_ATTEMPTS."""
        override = {"provider": {"aws": {"max_retries": times}}}
        (self.workspace.folder(STACK) / "tries_override.tf.json").write_text(json.dumps(override))

    def in_state(self) -> Counter[str]:
        """How many resources the state holds, by type."""
        return Counter({kind: len(ids) for kind, ids in self._ids().items()})

    def made(self, kinds: Iterable[str]) -> Counter[str]:
        """How many of these stand in AWS."""
        listed = leftovers(self.client, {kind: self.lists[kind] for kind in kinds})
        return Counter({kind: len(texts - self.before[kind]) for kind, texts in listed.items()})

    def unknown_to_the_state(self) -> Counter[str]:
        """How many things stand in AWS and not in the state, by type; a VPC's own group and table count with it."""
        known = self._ids()
        return Counter(
            kind
            for kind, listed in leftovers(self.client, self.lists).items()
            for text in listed - self.before[kind]
            if not any(f'"{id_}' in text for id_ in known.get(kind, ())) and not _comes_with_a_vpc(text)
        )

    def is_as_undisturbed(self) -> bool:
        """All declared resources are in the state, nothing else is in AWS, and a plan has nothing to do."""
        return self.is_complete() and self.unknown_to_the_state() == Counter()

    def is_complete(self) -> bool:
        return self.in_state() == self.declared and self.workspace.plan(STACK).code == 0

    def faults(self, *rules: dict[str, Any]) -> None:
        self._told("PUT", json.dumps(rules).encode())

    def fault_hits(self) -> list[int]:
        """How often, by rule."""
        return list(json.loads(self._told("GET")))

    def until(self, condition: Callable[[], bool]) -> None:
        end = time.monotonic() + SECONDS
        while not condition():
            assert time.monotonic() < end, "it never came about"
            assert not STOPPED.is_set(), "the tests have been stopped"
            time.sleep(0.2)

    def _told(self, method: str, body: bytes | None = None) -> bytes:
        request = urllib.request.Request(f"{self.endpoint}/faults", body, method=method)
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30) as answer:
            return bytes(answer.read())

    def _ids(self) -> dict[str, list[str]]:
        """Of all resources in the state, by type."""
        ids: dict[str, list[str]] = {}
        pulled = self.run("state", "pull").said
        for one in json.loads(pulled)["resources"] if pulled.strip() else ():
            if one["mode"] == "managed":
                ids.setdefault(one["type"], []).extend(each["attributes"]["id"] for each in one["instances"])
        return ids


class Running:
    """A command that leads a process group, and what it has said so far."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.said, self.process = "", process
        self.limit = threading.Timer(SECONDS, self.signal, [signal.SIGKILL])
        self.limit.start()
        RUNNING.add(self)
        if STOPPED.is_set():
            self.signal(signal.SIGKILL)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        RUNNING.discard(self)
        self.limit.cancel()
        self.signal(signal.SIGKILL)
        self.process.wait(SECONDS)
        assert self.process.stdout
        self.process.stdout.close()

    def wait_for_output(self, *words: str) -> None:
        """Waits until it has said all of them."""
        while not all(word in self.said for word in words):
            assert self._hear(), f"It never said all of {words}, but:\n{self.said}"

    def signal(self, number: signal.Signals) -> None:
        """To all of the group, as a terminal does it."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)

    def end(self) -> Done:
        while self._hear():
            pass
        return Done(self.process.wait(SECONDS), self.said)

    def _hear(self) -> bool:
        assert self.process.stdout
        line = self.process.stdout.readline()
        self.said += line
        return bool(line)


RUNNING: set[Running] = set()
STOPPED = threading.Event()


def stop() -> None:
    """Ends what runs, so that tests that were interrupted need not wait for it."""
    STOPPED.set()
    for running in list(RUNNING):
        running.signal(signal.SIGKILL)


@contextmanager
def sandbox(generated: Path, folder: Path) -> Iterator[Sandbox]:
    with emulated_aws(folder / "emulator.log") as aws:
        yield Sandbox(generated, folder, aws)


def lock_held_by_somebody(said: str) -> str:
    """Its ID; Terraform has to say too for which operation, by whom, and since when."""
    found = re.search(
        r"Lock Info:.*?ID:\s+(\S+).*?Operation:\s+OperationTypeApply\s.*?Who:\s+\S+@\S+.*?Created:\s+\d",
        said,
        re.DOTALL,
    )
    assert found, said
    return found[1]


def _comes_with_a_vpc(text: str) -> bool:
    return '"GroupName": "default"' in text or '"Main": true' in text
