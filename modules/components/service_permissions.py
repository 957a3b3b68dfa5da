"""What a service may reach: the resources of its permissions, and the policy of its role on exactly them."""

from dataclasses import asdict, fields
from typing import Any

from modules.components.component import Component
from modules.components.owner import Owner
from modules.components.permitted import MAKERS
from modules.components.policy_document import policy_json
from modules.permissions import KINDS
from modules.permissions.kind import Options
from modules.permissions.together import environment, statements
from modules.providers.aws import IamRolePolicy


class ServicePermissions(Component):
    """Offers each field of what the service owns as an output of its stack, and `environment` to its pods."""

    def __init__(self, owner: Owner, *, role_name: str) -> None:
        super().__init__(owner.stack, "permissions")
        self.owner = owner
        service = owner.service
        resources = {word: self._resource(word, options) for word, options in service.permissions.items()}
        self.environment = environment(resources)
        if granted := statements(service, resources, owner.stack.region):
            document = policy_json(self, (owner.name, "permissions"), granted)
            policy = IamRolePolicy(self, "policy", name="permissions", role=role_name, policy=document)
            self.at(policy, owner.name, "permissions")
        offered: dict[str, str] = {}
        for word, options in service.permissions.items():
            offered |= asdict(resources[word]) if options.owner is None else {}
        for name, value in offered.items():
            owner.stack.output(name, value)

    def _resource(self, word: str, options: Options) -> Any:
        """The service's own, or what another service's stack says of its."""
        if options.owner is None:
            return MAKERS[word](self.owner, options).offers
        resource = KINDS[word].resource
        return resource(**{field.name: self.stack.read(options.owner, field.name) for field in fields(resource)})
