"""An emulated AWS: moto with what it lacks, in a process of its own; see README.md."""

import json
import os
import secrets
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3

from modules.paths import ROOT
from tests.support import child_process

REGION = "eu-west-1"
SECONDS_TO_START = 120
KEYS = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "none"}


@contextmanager
def emulated_aws(log: Path) -> Iterator[dict[str, str]]:
    """The environment in which AWS clients meet a fresh emulator; what the emulator has to say goes to `log`.

    EKS clusters made in it lead to the control plane that `lead_to` has named by then.
    """
    with log.open("w") as complaints:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.emulator", "--with-stdin"],
            cwd=ROOT,
            env={name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "MOTO_"))}
            | {"EMULATED_EKS": str(_control_plane(log))},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            text=True,
        )
    limit = threading.Timer(SECONDS_TO_START, process.kill)
    limit.start()
    try:
        assert process.stdout
        address = process.stdout.readline().strip()
        limit.cancel()
        if not address:
            raise RuntimeError(f"The emulator did not start within {SECONDS_TO_START} s:\n{log.read_text()}")
        yield {"AWS_ENDPOINT_URL": address, **KEYS}
    finally:
        limit.cancel()
        child_process.end(process)


def as_deployer(environment: dict[str, str]) -> dict[str, str]:
    """The environment of somebody who has assumed a role, as those who deploy do."""
    client = clients(environment)
    role = client("iam").create_role(RoleName="deployer", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    keys = client("sts").assume_role(RoleArn=role, RoleSessionName="deployer")["Credentials"]
    return environment | {
        "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
        "AWS_SESSION_TOKEN": keys["SessionToken"],
    }


def issuer(region: str = REGION) -> str:
    """Of the tokens of a new EKS cluster's service accounts."""
    return f"https://oidc.eks.{region}.amazonaws.com/id/{secrets.token_hex(16).upper()}"


def lead_to(log: Path, endpoint: str, certificate_authority: str, issuer: str) -> None:
    """Gives EKS clusters that are made from now on in the emulator of `log` this API server as theirs."""
    told = {"endpoint": endpoint, "certificate_authority": certificate_authority, "issuer": issuer}
    _control_plane(log).write_text(json.dumps(told))


def _control_plane(log: Path) -> Path:
    return log.with_suffix(".eks.json")


def clients(environment: dict[str, str]) -> Callable[[str], Any]:
    """Makes boto3 clients, by the name of the service, for an emulator."""
    session = boto3.Session(environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"], region_name=REGION)
    return lambda service: session.client(service, endpoint_url=environment["AWS_ENDPOINT_URL"])
