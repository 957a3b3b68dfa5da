"""EC2: descriptions of security group rules, groups that are still named elsewhere, and what deleted things leave.

moto keeps the description of a rule only when it has a CIDR, and deletes a group that another group's rules name.
It keeps the network interface of a deleted NAT gateway, and makes a second endpoint when a client asks again because
the answer took too long.
"""

from itertools import chain
from typing import Any

from moto.ec2.exceptions import DependencyViolationError
from moto.ec2.models import EC2Backend, security_groups
from moto.ec2.models.nat_gateways import NatGateway
from moto.ec2.models.vpcs import VPCEndPoint
from moto.ec2.responses import EC2Response

from .extension import extend


class Rule(security_groups.SecurityGroupRule):
    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        prefix_list = kwargs.get("prefix_list_id") or dict(enumerate(args)).get(7)
        self.prefix_list_description = (prefix_list or {}).get("Description")

    @property
    def description(self) -> str | None:
        own = self.ip_range.get("Description") or self.source_group.get("Description")
        return own or self.prefix_list_description


class Backend(EC2Backend):
    def _delete_security_group(self, vpc_id: str | None, group_id: str) -> None:
        others = [group for groups in self.groups.values() for group in groups.values() if group.id != group_id]
        rules = chain.from_iterable((*group.ingress_rules, *group.egress_rules) for group in others)
        if any(rule.source_group.get("GroupId") == group_id for rule in rules):
            raise DependencyViolationError(f"resource {group_id} has a dependent object")
        super()._delete_security_group(vpc_id, group_id)

    def create_vpc_endpoint(self, *args: Any, client_token: str | None = None, **kwargs: Any) -> VPCEndPoint:
        for endpoint in self.vpc_end_points.values():
            if client_token and endpoint.client_token == client_token:
                return endpoint
        return super().create_vpc_endpoint(*args, client_token=client_token, **kwargs)

    def delete_nat_gateway(self, nat_gateway_id: str) -> NatGateway:
        deleted = super().delete_nat_gateway(nat_gateway_id)
        self.enis.pop(deleted._eni.id, None)
        return deleted


def install() -> None:
    security_groups.SecurityGroupRule = Rule
    extend("ec2", EC2Response, Backend)
