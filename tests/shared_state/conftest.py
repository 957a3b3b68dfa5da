"""A system with states on this machine, and an account of its own in the emulated AWS."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from modules.cli import command_line
from tests.support.emulator import clients, emulated_aws
from tests.support.run_synth import synthesise

SYSTEM = {
    "project": "shop",
    "region": "eu-west-1",
    "protection": False,
    "accept": ["private-api", "local-state"],
    "services": {},
}
SERVICES = """\
# Ours.
project: shop
region: eu-west-1   # for life
protection: false
accept: [private-api, local-state]

# What runs.
services: {}
"""
ACCOUNT = "200000000001"


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with emulated_aws(tmp_path_factory.mktemp("emulator") / "log") as environment:
        yield environment


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once, and copied for each system."""
    return synthesise(SYSTEM, tmp_path_factory.mktemp("system"))


@pytest.fixture(scope="session")
def login(environment: dict[str, str]) -> dict[str, str]:
    """A new account costs the emulator seconds, so that all tests share one."""
    return keys(environment, ACCOUNT)


@pytest.fixture
def account(environment: dict[str, str], login: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An account without a bucket, that this process and its children are logged in to."""
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_S3_USE_PATH_STYLE", "true")
    monkeypatch.setenv("AWS_ENDPOINT_URL", environment["AWS_ENDPOINT_URL"])
    for name, value in login.items():
        monkeypatch.setenv(name, value)
    s3 = boto3.Session(region_name="eu-west-1").client("s3")
    yield ACCOUNT
    empty(s3)


def keys(environment: dict[str, str], account: str) -> dict[str, str]:
    """Variables of somebody who is logged in to the account."""
    role = f"arn:aws:iam::{account}:role/deployer"
    made = clients(environment)("sts").assume_role(RoleArn=role, RoleSessionName="deployer")["Credentials"]
    return {
        "AWS_ACCESS_KEY_ID": made["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": made["SecretAccessKey"],
        "AWS_SESSION_TOKEN": made["SessionToken"],
    }


def empty(s3: Any) -> None:
    """Deletes all buckets, with all versions of all objects, but that of an applied stack `network`."""
    for bucket in s3.list_buckets()["Buckets"]:
        if "-bucket-logs-" in bucket["Name"]:
            continue
        found = s3.list_object_versions(Bucket=bucket["Name"])
        for one in (*found.get("Versions", ()), *found.get("DeleteMarkers", ())):
            s3.delete_object(Bucket=bucket["Name"], Key=one["Key"], VersionId=one["VersionId"])
        s3.delete_bucket(Bucket=bucket["Name"])


@pytest.fixture
def s3(account: str) -> Any:
    """The account's S3."""
    return boto3.Session(region_name="eu-west-1").client("s3")


class System:
    """services.yaml, generated/ and state/ in a folder."""

    def __init__(self, folder: Path, generated: Path) -> None:
        self.folder, self.file, self.generated = folder, folder / "services.yaml", folder / "generated"
        self.file.write_text(SERVICES, encoding="utf-8")
        shutil.copytree(generated, self.generated)
        self.state = folder / "state"

    def run(self, *words: str) -> int:
        """`main.py` on it, in this process."""
        return command_line.main([*words, f"--file={self.file}", f"--out={self.generated}"])

    def local(self) -> dict[str, bytes]:
        """The states on this machine, by file name."""
        return {file.name: file.read_bytes() for file in sorted(self.state.glob("*.tfstate*"))}


def state(name: str, serial: int = 3, lineage: str | None = None, resources: int = 1) -> bytes:
    """The content of a state."""
    held = [{"mode": "managed", "type": "aws_vpc", "name": str(one), "instances": [{}]} for one in range(resources)]
    found = {"version": 4, "serial": serial, "lineage": lineage or name, "outputs": {}, "resources": held}
    return json.dumps(found).encode()


STATES = {f"{stack}.tfstate": state(stack) for stack in ("cluster", "network")}


@pytest.fixture
def system(tmp_path: Path, generated: Path) -> System:
    """Whose `network` and `cluster` have been applied."""
    made = System(tmp_path, generated)
    made.state.mkdir()
    for name, content in STATES.items():
        (made.state / name).write_bytes(content)
    return made
