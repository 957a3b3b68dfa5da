"""A small system that is applied in an emulated AWS by the passes of `make deploy`, as commands for Terraform alone."""

import os
import subprocess
import sys
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

from modules.checks.check import check
from modules.cli import command_line
from modules.deploy import passes
from modules.deploy.run import change
from modules.paths import ROOT
from modules.state import applied_stacks
from tests.support.emulator import as_deployer, clients
from tests.support.random_specs import System, render
from tests.support.terraform_workspace import Workspace

SECONDS = 900
STATES = "shop-terraform"
AT_ONCE = 2  # plans, of which none waits for another


def system(services: System, **more: Any) -> System:
    """Small, and protected."""
    return {
        "project": "shop",
        "region": "eu-west-1",
        "zones": ["a", "b"],
        "load_balancer": "none",
        "network": {"nat_gateways": "single", "endpoints": ["s3"]},
        **more,
        "services": services,
    }


class Deployed:
    """A system that is applied, but for some stacks that no other of it needs; with its states in S3, or here."""

    def __init__(
        self,
        folder: Path,
        aws: dict[str, str],
        first: System,
        *,
        apart: Collection[str] = ("data",),
        in_s3: bool = False,
        side_by_side: bool = False,
        deployer: dict[str, str] | None = None,
    ) -> None:
        """`deployer` is the environment of who deploys, by default of a new role."""
        self.folder, self.client = folder / "terraform", clients(aws)
        self.apart, self.in_s3 = apart, in_s3
        self.folder.mkdir()
        if in_s3:
            place = {"LocationConstraint": "eu-west-1"}
            self.client("s3").create_bucket(Bucket=STATES, CreateBucketConfiguration=place)
        generated = folder / "first" / "generated"
        assert self.synth(first, generated) == 0
        login = deployer or as_deployer(aws)
        self.workspace = Workspace(generated, self.folder, login | {"AWS_S3_USE_PATH_STYLE": "true"})
        self.prepare()
        if side_by_side:
            self.workspace.each(self.workspace.apply)
        for stack in () if side_by_side else self.stacks:
            self.workspace.apply(stack)

    @property
    def stacks(self) -> list[str]:
        return [stack for stack in self.workspace.stacks if stack not in self.apart]

    def synth(self, edited: System, out: Path | None = None, never_applied: tuple[str, ...] = ()) -> int:
        file = self.folder / "services.yaml"
        state = {"state": {"s3": {"bucket": STATES}}} if self.in_s3 else {}
        file.write_text(render(edited | state), encoding="utf-8")
        vouched = [f"--never-applied={stack}" for stack in never_applied]
        return command_line.main(["--file", str(file), "--out", str(out or self.folder / "generated"), *vouched])

    def prepare(self) -> None:
        self.workspace.read()
        for stack in self.stacks:  # Terraform's plugin cache is for one at a time
            self.workspace.init(stack)

    def deploy(self, edited: System) -> dict[str, str]:
        """Writes generated/ and runs the passes as the commands for Terraform alone.

        Returns what Terraform said, by what the pass is called.
        """
        assert self.synth(edited) == 0
        self.prepare()
        spec = check(self.folder / "services.yaml", datetime.now(UTC).date()).spec
        assert spec
        stacks = applied_stacks.read(self.folder / "generated")
        with patch.dict(os.environ, self.workspace.environment, clear=True):  # states in S3 are pulled
            changed = change(stacks, spec, self.folder / "generated")
        found = passes.passes(changed, [stack for stack in stacks.values() if stack.name not in self.apart])
        said = {}
        for one in found:
            lines = passes.commands(one, os.path.relpath(one.stack.folder, self.folder))
            said[passes.text(one)] = "".join(map(self.shell, lines))
            self.applied(passes.text(one))
        return said

    def main(self, *words: str, code: int = 0) -> str:
        """What a command of main.py prints, to stdout; it has to end with this code."""
        paths = [f"--file={self.folder / 'services.yaml'}", f"--out={self.folder / 'generated'}"]
        done = subprocess.run(
            [sys.executable, str(ROOT / "main.py"), *words, *paths],
            env=self.workspace.environment,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout

    def applied(self, text: str) -> None:
        """Called after each pass."""

    def shell(self, line: str) -> str:
        with self.workspace.provider(self.workspace.folder("network")) as provider:
            done = subprocess.run(
                line,
                shell=True,
                cwd=self.folder,
                env={**self.workspace.environment, **provider, "TF_CLI_ARGS_apply": "-auto-approve"},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=SECONDS,
                check=False,
            )
        assert done.returncode == 0, f"{line}\n{done.stdout}"
        return done.stdout

    def has_nothing_left_to_do(self) -> None:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            plans = zip(self.stacks, pool.map(self.workspace.plan, self.stacks), strict=True)
            assert {stack: plan.text for stack, plan in plans if plan.code} == {}

    @property
    def queues(self) -> set[str]:
        urls = self.client("sqs").list_queues().get("QueueUrls", [])
        return {url.rpartition("/")[2] for url in urls}

    @property
    def buckets(self) -> set[str]:
        return {bucket["Name"] for bucket in self.client("s3").list_buckets()["Buckets"]}

    @property
    def tables(self) -> list[str]:
        return list(self.client("dynamodb").list_tables()["TableNames"])

    def key(self, alias: str) -> str:
        return str(self.client("kms").describe_key(KeyId=f"alias/{alias}")["KeyMetadata"]["KeyState"])

    @property
    def groups(self) -> set[str]:
        return {group["GroupName"] for group in self.client("ec2").describe_security_groups()["SecurityGroups"]}
