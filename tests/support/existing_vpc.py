"""A VPC as somebody else made it, by calls to AWS: subnets in two zones, NAT, and endpoints that admit the VPC."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from modules.facts import vpc

REGION, ZONES, CIDR = "eu-west-1", ("a", "b"), "10.20.0.0/16"
ENDPOINTS = ("s3", "dynamodb", "ecr-api", "ecr-dkr", "logs", "sts")
# What of it an apply must leave as it is: call, and the key of its answer.
LISTS = {
    "describe_vpcs": "Vpcs",
    "describe_subnets": "Subnets",
    "describe_route_tables": "RouteTables",
    "describe_internet_gateways": "InternetGateways",
    "describe_nat_gateways": "NatGateways",
    "describe_vpc_endpoints": "VpcEndpoints",
    "describe_flow_logs": "FlowLogs",
    "describe_security_groups": "SecurityGroups",
    "describe_network_acls": "NetworkAcls",
}
# AWS counts these itself.
_COUNTED = {"AvailableIpAddressCount"}


@dataclass
class ExistingVpc:
    """Ids of what is there."""

    ec2: Any
    id: str = ""
    public: list[str] = field(default_factory=list)
    private: list[str] = field(default_factory=list)
    tables: dict[str, str] = field(default_factory=dict)
    gateway: str = ""
    group: str = ""
    endpoints: dict[str, str] = field(default_factory=dict)

    @property
    def network(self) -> dict[str, Any]:
        """What services.yaml says of it."""
        named = {"public_subnet_ids": self.public, "private_subnet_ids": self.private}
        return {"vpc_id": self.id, **named, "endpoints": list(self.endpoints)}

    def described(self) -> dict[str, dict[str, Any]]:
        """What AWS says of all that is there now, by id."""
        found: dict[str, dict[str, Any]] = {}
        for call, key in LISTS.items():
            for one in getattr(self.ec2, call)()[key]:
                name = next(str(value) for name, value in one.items() if name.endswith("Id") and "-" in str(value))
                own = one.get("GroupId") or one.get("SubnetId") or name
                found[f"{key} {own} {name}"] = {key: value for key, value in one.items() if key not in _COUNTED}
        return found


def make(client: Callable[[str], Any]) -> ExistingVpc:
    """Makes one in the account of these clients."""
    ec2 = client("ec2")
    made = ExistingVpc(ec2)
    made.id = ec2.create_vpc(CidrBlock=CIDR)["Vpc"]["VpcId"]
    ec2.modify_vpc_attribute(VpcId=made.id, EnableDnsHostnames={"Value": True})
    made.gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=made.gateway, VpcId=made.id)
    for number, zone in enumerate(ZONES):
        made.public.append(_subnet(made, zone, f"10.20.{number}.0/24"))
        made.private.append(_subnet(made, zone, f"10.20.{(number + 1) * 16}.0/20"))
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    nat = ec2.create_nat_gateway(SubnetId=made.public[0], AllocationId=address)["NatGateway"]["NatGatewayId"]
    _routes(made, "public", made.public, GatewayId=made.gateway)
    _routes(made, "private", made.private, NatGatewayId=nat)
    made.group = ec2.create_security_group(GroupName="endpoints", Description="Endpoints", VpcId=made.id)["GroupId"]
    https = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": CIDR}]}
    ec2.authorize_security_group_ingress(GroupId=made.group, IpPermissions=[https])
    for word in ENDPOINTS:
        add_endpoint(made, word)
    return made


def add_endpoint(made: ExistingVpc, word: str) -> None:
    """Makes an endpoint in it."""
    if word in vpc.GATEWAY_ENDPOINTS:
        more: dict[str, Any] = {"VpcEndpointType": "Gateway", "RouteTableIds": [made.tables["private"]]}
    else:
        more = {"VpcEndpointType": "Interface", "SubnetIds": made.private, "SecurityGroupIds": [made.group]}
        more["PrivateDnsEnabled"] = True
    answer = made.ec2.create_vpc_endpoint(VpcId=made.id, ServiceName=vpc.endpoint_service(word, REGION), **more)
    made.endpoints[word] = answer["VpcEndpoint"]["VpcEndpointId"]


def add_load_balancer(made: ExistingVpc, client: Callable[[str], Any]) -> str:
    """Makes a load balancer in it that others use already; the ARN of its listener."""
    elb, ec2 = client("elbv2"), made.ec2
    group = ec2.create_security_group(GroupName="shared", Description="Shared", VpcId=made.id)["GroupId"]
    shared = elb.create_load_balancer(Name="shared", Subnets=made.public, SecurityGroups=[group], Type="application")
    arn = shared["LoadBalancers"][0]["LoadBalancerArn"]
    fixed = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404", "ContentType": "text/plain"}}
    listener = elb.create_listener(LoadBalancerArn=arn, Protocol="HTTP", Port=80, DefaultActions=[fixed])
    return str(listener["Listeners"][0]["ListenerArn"])


def add_rule(client: Callable[[str], Any], listener_arn: str, priority: int, path: str) -> str:
    """Makes a rule of somebody else's on the listener; its ARN."""
    fixed = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200", "ContentType": "text/plain"}}
    condition = {"Field": "path-pattern", "PathPatternConfig": {"Values": [path]}}
    made = client("elbv2").create_rule(
        ListenerArn=listener_arn, Priority=priority, Conditions=[condition], Actions=[fixed]
    )
    return str(made["Rules"][0]["RuleArn"])


def _subnet(made: ExistingVpc, zone: str, cidr: str) -> str:
    answer = made.ec2.create_subnet(VpcId=made.id, CidrBlock=cidr, AvailabilityZone=f"{REGION}{zone}")
    return str(answer["Subnet"]["SubnetId"])


def _routes(made: ExistingVpc, name: str, subnets: list[str], **target: str) -> None:
    table = made.ec2.create_route_table(VpcId=made.id)["RouteTable"]["RouteTableId"]
    made.ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", **target)
    for subnet in subnets:
        made.ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
    made.tables[name] = table
