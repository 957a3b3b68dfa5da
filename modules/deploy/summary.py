"""What `make deploy` says at its end: where the system answers, how to look into it, and what is left to do."""

from collections.abc import Sequence

from modules.doctor.account import Account
from modules.doctor.finding import NotChecked
from modules.spec.model import Spec
from modules.state.applied_stacks import Stack

URL, SECRET = "load_balancer_url", "aws_secretsmanager_secret"


def lines(applied: Sequence[Stack], spec: Spec, account: Account) -> list[str]:
    """Of these stacks, which have just been applied; asks AWS whether their secrets have a value."""
    said = [line for stack in applied for line in _addresses(stack, spec)]
    to_do = [line for stack in applied for line in _secrets(stack, account)]
    if spec.alarm_email and any(stack.name == spec.names.stack("network") for stack in applied):
        to_do.append(f"confirm the mail from AWS to {spec.alarm_email}: no alarm is sent before")
    return [*said, *(["Left to do:", *(f"  {line}" for line in to_do)] if to_do else [])]


def _addresses(stack: Stack, spec: Spec) -> list[str]:
    if stack.name == spec.names.stack("edge"):
        url = stack.output(URL) or f"terraform -chdir={stack.folder} output -raw {URL}"
        return [f"The system answers at: {url}"]
    if stack.name == spec.names.stack("cluster"):
        line = f"aws eks update-kubeconfig --region {spec.region} --name {spec.names.cluster}"
        return [f"kubectl reaches the cluster after: {line}"]
    return []


def _secrets(stack: Stack, account: Account) -> list[str]:
    """A command for each secret that has no value."""
    found = []
    for name in sorted(str(one["name"]) for one in stack.declared(SECRET).values()):
        try:
            secret = account.ask("secretsmanager", "describe_secret", SecretId=name)
        except NotChecked as reason:
            found.append(f"see whether secret {name} has a value, which this run could not: {reason}")
            continue
        if not secret.get("VersionIdsToStages"):
            line = f"aws secretsmanager put-secret-value --region {account.region} --secret-id {name}"
            found.append(f"fill secret {name}: {line} --secret-string file://secrets.json")
    return found
