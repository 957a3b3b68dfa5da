"""What `make deploy` says at its end: where the system answers, how to look into it, and what is left to do."""

from collections.abc import Sequence

from modules.deploy import left_to_do
from modules.deploy.balancer_values import command, value
from modules.design import load_balancers
from modules.doctor.account import Account
from modules.spec.model import Spec
from modules.spec.problem import listed
from modules.state.applied_stacks import Stack

URL = "load_balancer_url"


def lines(applied: Sequence[Stack], spec: Spec, account: Account) -> list[str]:
    """Of these stacks, which have just been applied."""
    said = [line for stack in applied for line in _addresses(stack, spec)]
    to_do = left_to_do.lines(applied, spec, account)
    to_do += as_role(spec) if to_do else []
    return [*said, *(["Left to do:", *(f"  {line}" for line in to_do)] if to_do else [])]


def _address(edge: Stack, balancer: str | None) -> str:
    """Its URL, or what prints it."""
    return value(edge, balancer, URL) or command(edge, balancer, URL)


def as_role(spec: Spec) -> list[str]:
    """What to know before commands of the AWS CLI are run by hand, where the rights are those of a role."""
    if spec.deployer_role is None:
        return []
    return [f"run commands of the AWS CLI as {spec.deployer_role} (docs/production/deployer.md says how)"]


def _addresses(stack: Stack, spec: Spec) -> list[str]:
    if stack.name == spec.names.stack("edge"):
        routed = load_balancers.routed(spec)
        said = [f"The system answers at: {_address(stack, None)}"] if None in spec.balancers else []
        for name in spec.load_balancers:
            hosts = dict.fromkeys(host for service in routed[name].values() for host in service.host)
            at = f"Its {load_balancers.title(name)} is at: {_address(stack, name)}"
            said.append(f"{at}, and answers for {listed([*hosts]) if hosts else 'no host yet'}")
        return said
    if stack.name == spec.names.stack("cluster"):
        role = f" --role-arn {spec.deployer_role}" if spec.deployer_role else ""
        line = f"aws eks update-kubeconfig --region {spec.region} --name {spec.names.cluster}{role}"
        return [f"kubectl reaches the cluster after: {line}"]
    return []
