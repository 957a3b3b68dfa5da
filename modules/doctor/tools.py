"""The programs on this machine: Terraform, the AWS CLI, and the versions of Terraform's AWS provider."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from modules import bounded_file
from modules.doctor.finding import Finding, ok, problem
from modules.errors import CommandError
from modules.facts import aws_cli, terraform

SECONDS = 60
_SHOWN = 200  # characters of an answer in a message
_MAX_LOCK = 1024 * 1024
_LOCKED = re.compile(r'provider "[^"]*/hashicorp/aws" \{\s*version\s*=\s*"([^"]+)"')


def terraform_version() -> Finding:
    """Whether there is a Terraform that is new enough."""
    oldest = terraform.REQUIRED_VERSION.removeprefix(">= ")
    step = f"Install Terraform {oldest} or newer."
    if not shutil.which("terraform"):
        return problem("There is no terraform on PATH.", step)
    answer = _run("terraform", "version", "-json")
    if answer is None:
        return problem(f"`terraform version -json` did not end within {SECONDS} seconds.", step)
    found = str(_object(answer).get("terraform_version"))
    if not _numbers(found):
        what = f"`terraform version -json` did not print a version: {answer.strip()[:_SHOWN]!r}."
        return problem(what, step)
    if _numbers(found) < _numbers(oldest):
        return problem(f"Terraform is version {found}, and the stacks ask for {oldest}.", step)
    return ok(f"Terraform {found}")


def require_terraform() -> None:
    """Raises CommandError where there is no Terraform that is new enough."""
    if (found := terraform_version()).status != "ok":
        raise CommandError("terraform", found.what, found.next_step)


def aws_cli_version() -> Finding:
    """Whether there is an AWS CLI of version 2: Terraform logs in to the cluster with it."""
    step = "Install the AWS CLI, version 2: Terraform logs in to the cluster with it."
    if not shutil.which("aws"):
        return problem("There is no aws on PATH.", step)
    answer = _run("aws", "--version")
    if answer is None:
        return problem(f"`aws --version` did not end within {SECONDS} seconds.", step)
    found = re.search(r"aws-cli/(\d[\d.]*)", answer)
    if not found:
        return problem(f"`aws --version` did not print a version: {answer.strip()[:_SHOWN]!r}.", step)
    if _numbers(found[1]) < [aws_cli.MAJOR]:
        what = f"The AWS CLI is version {found[1]}; version 1 gets no new features, and ends on {aws_cli.END_OF_1}."
        return problem(what, step)
    return ok(f"AWS CLI {found[1]}")


def aws_provider(generated: Path) -> Iterator[Finding]:
    """Whether the AWS provider that a stack has locked comes to rest with what is generated."""
    versions: dict[str, list[str]] = {}
    for file in sorted(generated.glob("stacks/*/.terraform.lock.hcl")):
        try:
            text = bounded_file.read(file, _MAX_LOCK).decode("utf-8", "replace")
        except OSError as error:
            yield problem(f"{file} can't be read: {error.strerror}.", "Delete it, and run terraform init there.")
            continue
        for version in _LOCKED.findall(text):
            versions.setdefault(version, []).append(file.parent.name)
    if not versions:
        yield ok("no stack has locked a provider yet")
    for version, stacks in versions.items():
        yield _provider(version, stacks)


def _provider(version: str, stacks: list[str]) -> Finding:
    numbers, floor = _numbers(version), terraform.AWS_FLOOR
    first, fixed = terraform.AWS_ENDLESS_DIFF
    where = f"hashicorp/aws {version}, locked in {', '.join(stacks)},"
    step = f"Run terraform -chdir=generated/stacks/{stacks[0]} init -upgrade"
    step += ", and likewise for the others." if len(stacks) > 1 else "."
    if numbers < _numbers(floor):
        return problem(f"{where} is older than {floor}, which the stacks ask for.", step)
    if _numbers(first) <= numbers < _numbers(fixed):
        what = f"{where} plans a change of every bucket's encryption each time; {fixed} is the first that does not."
        return problem(what, step)
    return ok(f"{where.removesuffix(',')}")


def _run(*command: str) -> str | None:
    """What the command printed; the AWS CLI 1 once did so to stderr. None where it did not end in time."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return None
    return done.stdout or done.stderr


def _object(text: str) -> dict[str, Any]:
    """The JSON object in a tool's answer; empty where there is none."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _numbers(version: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", version)]
