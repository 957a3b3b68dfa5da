"""Secrets that an earlier apply has given up, taken back before an apply that would find their names in use.

Secrets Manager keeps a deleted secret for its recovery window, with its name:
https://docs.aws.amazon.com/secretsmanager/latest/userguide/manage_delete-secret.html. The key that encrypts it is kept
for as long, and nobody reads the secret without it.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from modules.deploy import terraform_cli
from modules.doctor.account import Account, AwsAnswered
from modules.errors import CommandError
from modules.state.applied_stacks import Stack

SECRET, KEY = "aws_secretsmanager_secret", "aws_kms_key"
_KEY_OF_STACK = re.compile(rf"\$\{{{KEY}\.(\w+)\.arn\}}")


def restore(stack: Stack, account: Account, say: Callable[[str], None]) -> None:
    """Restores each declared secret that is scheduled for deletion, and imports it and its key into the state.

    One that a killed run has restored is imported too: it has the tags of this stack. Raises NotChecked where AWS does
    not say what is there, CommandError where it can't be restored or imported.
    """
    for address, declared in stack.declared(SECRET).items():
        found = _described(str(declared.get("name")), account)
        if not found or not (found.get("DeletedDate") or stack.name in _stacks(found)):
            continue
        held = terraform_cli.addresses(stack.folder)
        key = _KEY_OF_STACK.match(str(declared.get("kms_key_id")))
        if key and f"{KEY}.{key[1]}" not in held and f"{SECRET}.{address}" not in held:
            _take_back_key(stack, key[1], str(found.get("KmsKeyId", "")), account)
        if found.get("DeletedDate"):
            _change(stack, account, "secretsmanager", "restore_secret", SecretId=found["ARN"])
            say(f"The secret {found['Name']} was scheduled for deletion: it was restored with its value.")
        if f"{SECRET}.{address}" not in held:
            _import(stack, f"{SECRET}.{address}", found["ARN"])
            say(f"The secret {found['Name']} was imported into the state.")


def _described(name: str, account: Account) -> dict[str, Any] | None:
    try:
        return account.ask("secretsmanager", "describe_secret", SecretId=name)
    except AwsAnswered as answered:
        if answered.code == "ResourceNotFoundException":
            return None
        raise


def _stacks(found: Mapping[str, Any]) -> set[str]:
    """The stack whose Terraform has tagged it."""
    return {tag["Value"] for tag in found.get("Tags", ()) if tag["Key"] == "Stack"}


def _take_back_key(stack: Stack, address: str, key: str, account: Account) -> None:
    """The key that encrypts the secret's value; a new one in its place could not read it."""
    if not key:
        return
    found = account.ask("kms", "describe_key", KeyId=key)["KeyMetadata"]
    if found["KeyManager"] != "CUSTOMER":
        return
    key, state = found["KeyId"], found["KeyState"]
    if state == "PendingDeletion":
        _change(stack, account, "kms", "cancel_key_deletion", KeyId=key)
        state = "Disabled"
    if state == "Disabled":
        _change(stack, account, "kms", "enable_key", KeyId=key)
    _import(stack, f"{KEY}.{address}", key)


def _change(stack: Stack, account: Account, service: str, operation: str, **parameters: str) -> None:
    try:
        getattr(account.client(service), operation)(**parameters)
    except (ClientError, BotoCoreError) as error:
        what = f"{next(iter(parameters.values()))} is scheduled for deletion, and can't be taken back: {error}"
        permission = f"{service}:{''.join(word.title() for word in operation.split('_'))}"
        step = f"Ask who administers the account to allow {permission} to you, and run make deploy again."
        raise CommandError(f"deploy {stack.name}", what, step) from None


def _import(stack: Stack, address: str, identifier: str) -> None:
    if code := terraform_cli.run(stack.folder, "import", "-input=false", address, identifier):
        what = f"{identifier} was restored, and could not be imported as {address} (exit code {code}); why is above."
        step = f"Run terraform -chdir={stack.folder} import {address} {identifier}, then make deploy again."
        raise CommandError(f"deploy {stack.name}", what, step)
