"""EC2: descriptions of security group rules, groups that are still named elsewhere, and what deleted things leave.

moto keeps the description of a rule only when it has a CIDR, and deletes a group that another group's rules name.
It keeps the network interface of a deleted NAT gateway, and makes a second endpoint when a client asks again because
the answer took too long. It lists no endpoint services of SES and Redshift Serverless, and does not filter by name.
"""

from itertools import chain
from typing import Any

from moto.core.base_backend import BaseBackend
from moto.ec2.exceptions import DependencyViolationError
from moto.ec2.models import EC2Backend, security_groups
from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend
from moto.ec2.models.nat_gateways import NatGateway
from moto.ec2.models.vpcs import DEFAULT_VPC_ENDPOINT_SERVICES, VPCBackend, VPCEndPoint
from moto.ec2.responses import EC2Response

from .extension import extend

# Of the endpoint for SMTP, taken for the API's too:
# https://docs.aws.amazon.com/ses/latest/dg/send-email-set-up-vpc-endpoints.html.
WITHOUT_SES = ("use1-az2", "use1-az3", "use1-az5", "usw1-az2", "usw2-az4", "apne2-az4", "cac1-az3", "cac1-az4")
# That botocore knows no such service for (modules/facts/regions.py).
WITHOUT_WAREHOUSES = ("me-south-1",)


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

    def modify_security_group_rules(self, group_id: str, rules: dict[str, dict[str, Any]]) -> None:
        """The group that a rule names is changed too."""
        super().modify_security_group_rules(group_id, rules)
        group = self.get_security_group_by_name_or_id(group_id)
        for identifier, new in rules.items():
            rule = group and group.get_rule(identifier)
            if rule and (named := new.get("ReferencedGroupId")):
                rule.ip_range = {}
                rule.source_group |= {"GroupId": named, "Description": new.get("Description", "")}

    def create_vpc_endpoint(self, *args: Any, client_token: str | None = None, **kwargs: Any) -> VPCEndPoint:
        for endpoint in self.vpc_end_points.values():
            if client_token and endpoint.client_token == client_token:
                return endpoint
        return super().create_vpc_endpoint(*args, client_token=client_token, **kwargs)

    @staticmethod
    def _collect_default_endpoint_services(account_id: str, region: str) -> list[dict[str, Any]]:
        if region not in DEFAULT_VPC_ENDPOINT_SERVICES:
            services = VPCBackend._collect_default_endpoint_services(account_id, region)
            services += _endpoint_services(region, next(one["AvailabilityZones"] for one in services))
        return DEFAULT_VPC_ENDPOINT_SERVICES[region]

    def describe_vpc_endpoint_services(self, service_names: list[str], filters: Any, *others: Any, **more: Any) -> Any:
        named = [{**one, "Value": one.get("Value") or one.get("Values")} for one in filters]
        return super().describe_vpc_endpoint_services(service_names, named, *others, **more)

    def delete_nat_gateway(self, nat_gateway_id: str) -> NatGateway:
        deleted = super().delete_nat_gateway(nat_gateway_id)
        self.enis.pop(deleted._eni.id, None)
        return deleted


def _endpoint_services(region: str, zones: list[str]) -> list[dict[str, Any]]:
    ids = {zone.name: zone.zone_id for zone in RegionsAndZonesBackend.zones[region]}
    in_ses = [zone for zone in zones if ids[zone] not in WITHOUT_SES]
    made = [("email", in_ses), *([] if region in WITHOUT_WAREHOUSES else [("redshift-serverless", zones)])]
    return [
        service
        for name, there in made
        for service in BaseBackend.default_vpc_endpoint_service_factory(region, there, name)
    ]


def install() -> None:
    security_groups.SecurityGroupRule = Rule
    extend("ec2", EC2Response, Backend)
