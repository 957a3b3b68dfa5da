"""The VPC with a public and a private subnet in each zone, with its internet and NAT gateways."""

from collections.abc import Callable

from modules.bindings.aws import (
    DefaultSecurityGroup,
    Eip,
    InternetGateway,
    NatGateway,
    Route,
    RouteTable,
    RouteTableAssociation,
    Subnet,
    Vpc,
    VpcIpv4CidrBlockAssociation,
)
from modules.constructs.component import Component
from modules.constructs.stack import Stack
from modules.design import subnets

# How load balancers find their subnets:
# https://docs.aws.amazon.com/eks/latest/userguide/alb-ingress.html.
_PUBLIC_TAG = {"kubernetes.io/role/elb": "1"}
_PRIVATE_TAG = {"kubernetes.io/role/internal-elb": "1"}


class Network(Component):
    """The VPC; offers its id and the ids that later stacks need."""

    def __init__(self, scope: Stack) -> None:
        super().__init__(scope, "vpc")
        self.spec = self.stack.spec
        vpc = Vpc(
            self,
            "vpc",
            cidr_block=self.spec.network.cidr,
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags=self._name(),
        )
        self.vpc_id = self.set_address(vpc, "main").id
        # Nobody uses it, so it admits nobody; AWS makes it open.
        self.set_address(
            DefaultSecurityGroup(self, "default-group", vpc_id=self.vpc_id, tags=self._name("default")), "main"
        )
        gateway = InternetGateway(self, "internet", vpc_id=self.vpc_id, tags=self._name())
        self.gateway = self.set_address(gateway, "main")
        zones: tuple[str, ...] = self.spec.zones
        public = {zone: self._subnet(zone, "public", subnets.public, _PUBLIC_TAG) for zone in zones}
        private = {zone: self._subnet(zone, "private", subnets.private, _PRIVATE_TAG) for zone in zones}
        self._route_public(public)
        tables = self._route_private(public, private)
        self.private_route_table_ids = [table.id for table in tables.values()]
        self.public_subnet_ids = [subnet.id for subnet in public.values()]
        self.private_subnet_ids = [subnet.id for subnet in private.values()]
        self.secondary_subnet_ids = {cidr: self._secondary(cidr, tables) for cidr in self.spec.network.secondary_cidrs}

    def _name(self, *parts: str) -> dict[str, str]:
        return {"Name": self.stack.names.of(*parts)}

    def _subnet(self, zone: str, kind: str, cidr: Callable[[str, str], str], tags: dict[str, str]) -> Subnet:
        subnet = Subnet(
            self,
            f"{kind}-{zone}",
            vpc_id=self.vpc_id,
            cidr_block=cidr(self.spec.network.cidr, zone),
            availability_zone=f"{self.spec.region}{zone}",
            tags={**self._name(kind, zone), **tags},
        )
        return self.set_address(subnet, kind, zone)

    def _route_public(self, public: dict[str, Subnet]) -> None:
        table = self.set_address(
            RouteTable(self, "public-routes", vpc_id=self.vpc_id, tags=self._name("public")), "public"
        )
        route = Route(
            self,
            "public-internet",
            route_table_id=table.id,
            destination_cidr_block="0.0.0.0/0",
            gateway_id=self.gateway.id,
        )
        self.set_address(route, "public_internet")
        for zone, subnet in public.items():
            self._associate(table, subnet, "public", zone)

    def _route_private(self, public: dict[str, Subnet], private: dict[str, Subnet]) -> dict[str, RouteTable]:
        gateways = {zone: self._nat_gateway(zone, public[zone]) for zone in self.spec.nat_zones}
        self.nat_gateway_ids = {zone: gateway.id for zone, gateway in gateways.items()}
        first = next(iter(gateways.values()))
        tables = {}
        for zone, subnet in private.items():
            table = RouteTable(self, f"private-{zone}-routes", vpc_id=self.vpc_id, tags=self._name("private", zone))
            tables[zone] = self.set_address(table, "private", zone)
            route = Route(
                self,
                f"private-{zone}-internet",
                route_table_id=table.id,
                destination_cidr_block="0.0.0.0/0",
                nat_gateway_id=gateways.get(zone, first).id,
            )
            self.set_address(route, "private", zone, "internet")
            self._associate(table, subnet, "private", zone)
        return tables

    def _secondary(self, cidr: str, tables: dict[str, RouteTable]) -> list[str]:
        """Ids of the subnets of a further range, one in each zone, with the ways out that its private subnet has."""
        association = VpcIpv4CidrBlockAssociation(self, cidr, vpc_id=self.vpc_id, cidr_block=cidr)
        self.set_address(association, "secondary", cidr)
        found = []
        for zone, table in tables.items():
            subnet = Subnet(
                self,
                f"{cidr}-{zone}",
                vpc_id=self.vpc_id,
                cidr_block=subnets.private(cidr, zone),
                availability_zone=f"{self.spec.region}{zone}",
                tags=self._name("secondary", zone),
                depends_on=[association],
            )
            found.append(self.set_address(subnet, "secondary", cidr, zone).id)
            self._associate(table, subnet, "secondary", cidr, zone)
        return found

    def _nat_gateway(self, zone: str, subnet: Subnet) -> NatGateway:
        address = self.set_address(
            Eip(self, f"nat-{zone}-address", domain="vpc", tags=self._name("nat", zone)), "nat", zone
        )
        gateway = NatGateway(
            self,
            f"nat-{zone}",
            allocation_id=address.id,
            subnet_id=subnet.id,
            tags=self._name(zone),
            depends_on=[self.gateway],
        )
        return self.set_address(gateway, "zone", zone)

    def _associate(self, table: RouteTable, subnet: Subnet, *parts: str) -> None:
        association = RouteTableAssociation(
            self, "-".join((*parts, "association")), route_table_id=table.id, subnet_id=subnet.id
        )
        self.set_address(association, *parts)
