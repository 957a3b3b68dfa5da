"""A role with which pipelines log in, and its policies: they don't fit into the role's own."""

from collections.abc import Sequence

from modules.bindings.aws import IamPolicy, IamRolePolicyAttachment
from modules.constructs.component import Component
from modules.constructs.iam.policy_document import policy_json
from modules.constructs.iam.role import Role
from modules.constructs.stack import Stack
from modules.design.deployer import PATH
from modules.design.managed_policies import packed
from modules.iam.statement import Statement
from modules.naming import DEPLOYER


class DeployerRole(Component):
    """`word` is what it is for: `plan`, or `apply`."""

    def __init__(self, stack: Stack, word: str, *, trust: Statement, statements: Sequence[Statement]) -> None:
        super().__init__(stack, word)
        self._role = Role(
            self,
            word,
            name=stack.names.role(DEPLOYER, word),
            description=f"Jobs of pipelines that {word} {stack.names.prefix}",
            trust=trust,
            path=PATH,
            is_bounded=False,  # the boundary is for roles that make no others
        )
        self.arn = self._role.arn
        for number, each in enumerate(packed(statements), 1):
            self._attach(word, number, each)

    def _attach(self, word: str, number: int, statements: Sequence[Statement]) -> None:
        key = (word, str(number))
        text = policy_json(self, key, statements)
        name = self.stack.names.of(DEPLOYER, *key)
        policy = self.set_address(IamPolicy(self, f"policy-{number}", name=name, path=PATH, policy=text), *key)
        attachment = IamRolePolicyAttachment(self, f"of-{number}", role=self._role.name, policy_arn=policy.arn)
        self.set_address(attachment, *key)
