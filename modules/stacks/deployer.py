"""Stack `deployer`, which an administrator applies: the roles with which pipelines plan and apply all other stacks."""

from collections.abc import Collection

from modules.constructs.app import SystemApp
from modules.constructs.iam.deployer_role import DeployerRole
from modules.constructs.stack import Stack
from modules.design.deployer import Deployer, trust
from modules.naming import DEPLOYER
from modules.spec.model import Spec


def deployer(app: SystemApp, spec: Spec, types: Collection[str]) -> Stack:
    """Reads no other; `types` are Terraform's in the others, which say of which AWS services there are rights."""
    assert spec.deployer
    stack, rights = Stack(app, spec, DEPLOYER), Deployer(spec, types, spec.permissions_boundary)
    for word, subjects, statements in (
        ("plan", spec.deployer.plan, rights.plan()),
        ("apply", spec.deployer.apply, rights.apply()),
    ):
        role = DeployerRole(stack, word, trust=trust(spec.deployer, subjects), statements=statements)
        stack.output(f"{word}_role_arn", role.arn)
    return stack
