"""Whether each secret that a service's pods get values from has a value; its own is made first where it is not there.

Only the ids of versions are asked for: no value leaves Secrets Manager.
"""

from typing import NamedTuple

from modules.deploy import terraform_cli
from modules.design import adopted, secrets
from modules.doctor.account import Account, AwsAnswered
from modules.errors import CommandError
from modules.spec.model import Spec
from modules.spec.secret import SecretValue
from modules.state.applied_stacks import Stack

SECRET_EMPTY = 11
"""Exit code of `main.py deploy` when a secret has to be filled first."""
SECRET = "aws_secretsmanager_secret"
_CURRENT = "AWSCURRENT"


class EmptySecret(NamedTuple):
    """A secret without a value: the service whose pods need it, its name or ARN, and the keys that they want of it."""

    service: str
    secret: str
    keys: tuple[str, ...]
    is_there: bool

    def commands(self, region: str) -> str:
        """What fills it, from a file that git does not keep."""
        option = "--secret-id" if self.is_there else "--name"
        command = "put-secret-value" if self.is_there else "create-secret"
        line = f"aws secretsmanager {command} --region {region} {option} {self.secret}"
        if not self.keys:
            return f"  {line} --secret-string file://secret.txt"
        keys = ", ".join(f'"{key}": "…"' for key in self.keys)
        return f"  {line} --secret-string file://secrets.json\n  where secrets.json holds {{{keys}}}"


def missing(stack: Stack, spec: Spec, account: Account, *, auto_approve: bool) -> list[EmptySecret]:
    """The secrets of the service of this stack without a value; makes its own if that is not there.

    Raises CommandError where Terraform can't make it, and NotChecked where AWS does not say what is there.
    """
    name = next((name for name in spec.services if spec.names.stack(name) == stack.name), None)
    if name is None:
        return []
    service = spec.services[name]
    found = []
    for address, source in secrets.sources(name, service).items():
        secret = _name(spec, name, source)
        is_there, has_value = _looked_up(secret, account)
        if not is_there and source.is_own:
            _make(stack, auto_approve)
            is_there = True
        if not has_value:
            keys = [value.key for value in secrets.values(name, service) if value.source == address and value.key]
            found.append(EmptySecret(name, secret, tuple(dict.fromkeys(keys)), is_there))
    return found


def explain(empty: list[EmptySecret], region: str) -> str:
    """Where, what, and the commands with which to go on."""
    lines = []
    for one in empty:
        what = f"The secret {one.secret} has no value" if one.is_there else f"There is no secret {one.secret}"
        lines.append(f"{one.service}\n  {what}, and its pods can't start without it.")
    commands = [f"{one.secret}:\n{one.commands(region)}" for one in empty]
    return "\n".join([*lines, "Fill it, and run make deploy again, which goes on from here:", *commands])


def _name(spec: Spec, service: str, source: SecretValue) -> str:
    return source.source or adopted.secret(spec, source.of or service)


def _looked_up(secret: str, account: Account) -> tuple[bool, bool]:
    """Whether it is there, and whether it has a value."""
    try:
        found = account.ask("secretsmanager", "describe_secret", SecretId=secret)
    except AwsAnswered as answered:
        if answered.code != "ResourceNotFoundException":
            raise
        return False, False
    stages = found.get("VersionIdsToStages") or {}
    return True, any(_CURRENT in one for one in stages.values())


def _make(stack: Stack, auto_approve: bool) -> None:
    """With what it needs, which is its key."""
    targets = [f"-target={SECRET}.{name}" for name in stack.declared(SECRET)]
    approved = ["-auto-approve"] if auto_approve else []
    if code := terraform_cli.run(stack.folder, "apply", *approved, *targets):
        what = f"Its secret could not be made first (exit code {code}; the error is above)."
        raise CommandError(f"deploy {stack.name}", what, "Correct what the error names, and run make deploy again.")
