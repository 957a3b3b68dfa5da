"""What a service may reach: the resources of its permissions, and the policy of its role on exactly them."""

from dataclasses import asdict, fields
from typing import Any

from modules.bindings.cdktf import ITerraformDependable
from modules.constructs.component import Component
from modules.constructs.iam.role import Role
from modules.constructs.permissions.owner import Owner
from modules.constructs.permissions.registry import PERMISSION_CONSTRUCTS
from modules.constructs.service.secrets import ServiceSecrets
from modules.design import logins, service_discovery
from modules.design.service_policy import environment, statements
from modules.permissions import KINDS
from modules.permissions.kind import Options


class ServicePermissions(Component):
    """Offers what the service owns as outputs; `environment`, `secrets` and `depends_on` are for its pods."""

    def __init__(self, owner: Owner, role: Role) -> None:
        super().__init__(owner.stack, "permissions")
        self.owner = owner
        self.depends_on: list[ITerraformDependable] = []
        service = owner.service
        resources = {word: self._resource(word, options) for word, options in service.permissions.items()}
        self.environment = logins.environment(service, environment(resources)) | self._callees()
        self.secrets = ServiceSecrets(owner, resources.get("secrets"))
        if granted := [*statements(service, resources, owner.stack.region), *self.secrets.grants]:
            role.allow(owner.name, "permissions", statements=granted)
        offered: dict[str, str] = {}
        for word, options in service.permissions.items():
            offered |= asdict(resources[word]) if options.read_from is None else {}
        for name, value in offered.items():
            owner.stack.output(name, value)

    def _callees(self) -> dict[str, str]:
        return service_discovery.variables(self.owner.stack.spec, self.owner.service)

    def _resource(self, word: str, options: Options) -> Any:
        """What the service's own stack has, or the resource of another service, read from its stack."""
        if options.read_from is None:
            made = PERMISSION_CONSTRUCTS[word](self.owner, options)
            self.depends_on += made.depends_on
            return made.outputs
        resource = KINDS[word].resource
        return resource(**{field.name: self.stack.read(options.read_from, field.name) for field in fields(resource)})
