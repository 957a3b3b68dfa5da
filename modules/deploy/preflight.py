"""Checks, before Terraform touches anything, that tools, login, account and access to the cluster are there."""

import json
import re
import shutil
import socket
import subprocess
from typing import Any
from urllib.parse import urlsplit

from modules.errors import CommandError
from modules.facts.ports import HTTPS
from modules.facts.terraform import REQUIRED_VERSION

SECONDS = 60
_SHOWN = 200  # characters of an answer in a message


def preflight(account: str | None, region: str | None) -> list[CommandError]:
    """What is missing on this machine; `account` is the only one that may be touched, if there is such a rule."""
    errors = [terraform(), _tool("aws", "Install the AWS CLI, version 2: Terraform logs in to the cluster with it.")]
    if not errors[1]:
        errors.append(_login(account, region))
    return [error for error in errors if error]


def terraform() -> CommandError | None:
    """Whether there is one that is new enough."""
    oldest = REQUIRED_VERSION.removeprefix(">= ")
    if error := _tool("terraform", f"Install Terraform {oldest} or newer."):
        return error
    answer = _run("terraform", "version", "-json").stdout
    found = str(_object(answer).get("terraform_version"))
    if not _numbers(found):
        what = f"`terraform version -json` did not print a version: {answer.strip()[:_SHOWN]!r}."
        return CommandError("terraform", what, f"Install Terraform {oldest} or newer.")
    if _numbers(found) < _numbers(oldest):
        return CommandError(
            "terraform", f"It is version {found}, and the stacks ask for {oldest}.", "Install a newer one."
        )
    return None


def unreachable(endpoint: str, seconds: float = 5) -> CommandError | None:
    """An error where this machine can't connect to the Kubernetes API."""
    try:
        address = urlsplit(endpoint)
        socket.create_connection((address.hostname or "", address.port or HTTPS), timeout=seconds).close()
    except (OSError, ValueError) as problem:
        return CommandError(
            endpoint,
            f"This machine can't connect to the Kubernetes API ({problem}).",
            "Run this inside the VPC, or list under cluster.api_access in services.yaml the range of the VPN that you "
            "come through or your address on the internet, and run make deploy STACK=cluster.",
        )
    return None


def _tool(name: str, next_step: str) -> CommandError | None:
    return None if shutil.which(name) else CommandError(name, f"There is no {name} on PATH.", next_step)


def _login(account: str | None, region: str | None) -> CommandError | None:
    named = ["--region", region] if region else []
    try:
        answer = _run("aws", "sts", "get-caller-identity", *named, "--output", "json")
    except subprocess.TimeoutExpired:
        return CommandError(
            "AWS login", f"AWS did not answer within {SECONDS} seconds.", "Check the network and the proxy."
        )
    if answer.returncode:
        return CommandError(
            "AWS login", answer.stderr.strip(), "Log in (aws sso login), or set AWS_PROFILE. Then run this again."
        )
    found = _object(answer.stdout).get("Account")
    if found is None:
        what = f"`aws sts get-caller-identity` did not print an account: {answer.stdout.strip()[:_SHOWN]!r}."
        return CommandError("AWS login", what, "Install the AWS CLI, version 2, and run this again.")
    if account not in (None, found):
        what = f"You are logged in to account {found}, and services.yaml allows only {account}."
        return CommandError("AWS login", what, "Set AWS_PROFILE to a profile of that account, or correct `account:`.")
    return None


def _run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)


def _object(text: str) -> dict[str, Any]:
    """The JSON object in a tool's answer; empty where there is none."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _numbers(version: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", version)]
