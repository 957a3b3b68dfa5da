"""An emulated AWS with an account for each test, a system, and a machine with the tools that it needs."""

import json
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import boto3
import pytest

from modules.checks.check import check
from modules.doctor import examine
from modules.doctor.finding import Finding
from modules.doctor.login import log_in
from modules.doctor.subject import Subject
from modules.spec.model import Spec
from tests.support.emulator import clients, emulated_aws
from tests.support.run_synth import synthesise

SYSTEM: dict[str, Any] = {
    "project": "shop",
    "region": "eu-west-1",
    "network": {"endpoints": "auto"},
    "services": {
        "order": {"pods": 2, "cpu": 1, "memory": "2GB", "aws": {"s3": {}, "secrets": {}, "redshift": {}}},
        "web": {"path": "/", "aws": {"ses": {"from": "web@example.com"}}},
    },
}
# A new account costs the emulator a second: tests that make nothing there share the first.
_SHARED = 100000000001
_OTHERS = count(_SHARED + 1)


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with emulated_aws(tmp_path_factory.mktemp("emulator") / "log") as environment:
        yield environment


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return synthesise(SYSTEM, tmp_path_factory.mktemp("system"))


@pytest.fixture(scope="session")
def spec(generated: Path) -> Spec:
    spec = check(generated.parent / "services.yaml", date(2026, 11, 26)).spec
    assert spec
    return spec


@pytest.fixture(autouse=True)
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Installs a program on PATH; Terraform and the AWS CLI are there."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")

    def write(name: str, script: str) -> None:
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)

    write("terraform", """echo '{"terraform_version": "1.11.4"}'""")
    write("aws", "echo aws-cli/2.36.49 Python/3.13.9 Linux/6.1")
    return write


@pytest.fixture
def account_id(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> str:
    """An account that this process is logged in to; a new one where a test makes something with `aws`."""
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    identity = str(next(_OTHERS) if "aws" in request.fixturenames else _SHARED)
    role = f"arn:aws:iam::{identity}:role/deployer"
    keys = clients(environment)("sts").assume_role(RoleArn=role, RoleSessionName="deployer")["Credentials"]
    monkeypatch.setenv("AWS_ENDPOINT_URL", environment["AWS_ENDPOINT_URL"])
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", keys["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", keys["SecretAccessKey"])
    monkeypatch.setenv("AWS_SESSION_TOKEN", keys["SessionToken"])
    return identity


Aws = Callable[..., Any]


@pytest.fixture
def aws(account_id: str) -> Aws:
    """AWS clients of the account, by service (and region)."""
    session = boto3.Session()
    return lambda service, region="eu-west-1": session.client(service, region_name=region)


@pytest.fixture
def subject(account_id: str, spec: Spec, generated: Path) -> Subject:
    """The system and the account."""
    account, finding = log_in(spec)
    assert account, finding
    return Subject(spec, generated, account)


Look = Callable[..., list[Finding]]


@pytest.fixture
def look(subject: Subject) -> Look:
    """Runs one check of the account, on the system with other values of services.yaml or another generated/."""

    def run(name: str, *, into: Path | None = None, **values: Any) -> list[Finding]:
        changed = spec_with(subject.spec, **values)
        account = subject.account
        if changed.region != account.region:
            account, finding = log_in(changed)  # type: ignore[assignment]
            assert account, finding
        other = replace(subject, spec=changed, account=account, generated=into or subject.generated)
        return list(examine.answers(examine.ACCOUNT[name], other))

    return run


def spec_with(spec: Spec, **values: Any) -> Spec:
    """The spec with other values at its top."""
    return Spec.model_validate(spec.model_dump(by_alias=True, exclude_unset=True) | values)


@pytest.fixture
def faults(environment: dict[str, str]) -> Iterator[Callable[..., None]]:
    """Tells the emulator to fail: tests/support/emulator/faults.py."""

    def tell(*rules: dict[str, Any]) -> None:
        address = f"{environment['AWS_ENDPOINT_URL']}/faults"
        request = urllib.request.Request(address, json.dumps(rules).encode(), method="PUT")
        urllib.request.urlopen(request, timeout=30).close()

    yield tell
    tell()
