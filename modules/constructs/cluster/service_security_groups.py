"""The security groups of the services' pods, one a service; the rules of each stand in the service's own stack."""

from modules.constructs.component import Component
from modules.constructs.network.security_group import Group
from modules.constructs.stack import Stack


class ServiceGroups(Component):
    """A group per service, at the address of the service.

    In `cluster`, so that a service that calls another needs nothing of the other's stack but its group.
    """

    def __init__(self, scope: Stack, *, vpc_id: str) -> None:
        super().__init__(scope, "service-groups")
        self.ids = {name: self._group(name, vpc_id) for name in sorted(self.stack.spec.services)}

    def _group(self, name: str, vpc_id: str) -> str:
        group = Group(
            self,
            name,
            name=self.stack.names.of(name, kind="security_group"),
            description=f"Pods of {self.stack.names.first(name)}",  # AWS can't change it
            vpc_id=vpc_id,
        )
        return group.id
