"""A VPC that somebody else made: read and checked at every plan, and never changed."""

from modules.bindings.aws import DataAwsSubnet, DataAwsVpc, DataAwsVpcEndpoint, DataAwsVpcEndpointFilter
from modules.bindings.cdktf import Token
from modules.constructs.component import Component
from modules.constructs.required import Required, require
from modules.constructs.stack import Stack
from modules.facts import vpc


class ExistingNetwork(Component):
    """The VPC and the subnets that services.yaml names; offers what the system's own network offers."""

    def __init__(self, scope: Stack) -> None:
        super().__init__(scope, "existing-vpc")
        network, spec = self.stack.spec.network, self.stack.spec
        assert network.vpc_id is not None, "a system without `vpc_id` has a VPC of its own"
        self.zones = [f"{spec.region}{zone}" for zone in spec.zones]
        required = [_dns(), _no_overlap(spec.cluster.service_cidr)]
        for kind, ids in (("public", network.public_subnet_ids), ("private", network.private_subnet_ids)):
            if ids:
                self._subnets(kind, ids, network.vpc_id)
                required.append(self._every_zone(kind))
        # It names the subnets, which do not name it: so that it can speak of all of them.
        found = DataAwsVpc(self, "vpc", id=network.vpc_id)
        require(self.set_address(found, "main"), *required)
        self.vpc_id = found.id
        self.cidr_blocks = f"${{{found.fqn}.cidr_block_associations[*].cidr_block}}"
        self.public_subnet_ids = list(network.public_subnet_ids)
        self.private_subnet_ids = list(network.private_subnet_ids)

    def _subnets(self, kind: str, ids: tuple[str, ...], vpc_id: str) -> None:
        subnets = self.set_address(DataAwsSubnet(self, kind, id="${each.value}"), kind)
        subnets.add_override("for_each", f"${{toset({_list(ids)})}}")
        zones = " and ".join(self.zones)
        required = [
            Required(f'self.vpc_id == "{vpc_id}"', f"${{self.id}} is not in {vpc_id}, but in ${{self.vpc_id}}."),
            Required(
                f"contains({_list(self.zones)}, self.availability_zone)",
                f"${{self.id}} is in ${{self.availability_zone}}, and `zones:` of services.yaml means {zones}.",
            ),
        ]
        if kind == "public":
            # https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html
            small = vpc.LOAD_BALANCER_PREFIX
            message = f"${{self.id}} has ${{self.cidr_block}}, and a load balancer needs a subnet of at least /{small}."
            required.append(Required(f'tonumber(split("/", self.cidr_block)[1]) <= {small}', message))
        require(subnets, *required)

    def _every_zone(self, kind: str) -> Required:
        condition = f"setunion(values(data.aws_subnet.{kind})[*].availability_zone) == toset({_list(self.zones)})"
        zones = ", ".join(self.zones)
        message = f"Not every zone ({zones}) has one of `{kind}_subnet_ids:`. Add a subnet, or write other `zones:`."
        return Required(condition, message)


class ExistingEndpoints(Component):
    """The endpoints of the VPC with these words (keys of facts.vpc.ENDPOINTS), as their owner made them."""

    def __init__(self, scope: Stack, network: ExistingNetwork, words: tuple[str, ...]) -> None:
        super().__init__(scope, "existing-endpoints")
        self.prefix_list_ids: dict[str, str] = {}
        interfaces = []
        for word in words:
            is_gateway = word in vpc.GATEWAY_ENDPOINTS
            endpoint = DataAwsVpcEndpoint(
                self,
                word,
                vpc_id=network.vpc_id,
                service_name=vpc.endpoint_service(word, self.stack.region),
                state="available",
                filter=[
                    DataAwsVpcEndpointFilter(
                        name="vpc-endpoint-type", values=["Gateway" if is_gateway else "Interface"]
                    )
                ],
            )
            self.set_address(endpoint, word)
            if is_gateway:
                self.prefix_list_ids[word] = endpoint.prefix_list_id
            else:
                interfaces.append(endpoint.fqn)
        groups = ", ".join(f"{interface}.security_group_ids" for interface in interfaces)
        self.group_ids = Token.as_list(f"${{setunion({groups})}}") if interfaces else []


def _dns() -> Required:
    return Required(
        "self.enable_dns_support && self.enable_dns_hostnames",
        "Private endpoints and the EKS API need both DNS attributes of ${self.id}: ask its owner for "
        "enableDnsSupport and enableDnsHostnames.",
    )


def _no_overlap(service_cidr: str) -> Required:
    """Two ranges overlap where they are one when both are widened to the shorter prefix of the two."""
    address, prefix = service_cidr.split("/")
    widened = f'min({prefix}, tonumber(split("/", one)[1]))'
    inner = f'cidrhost("${{split("/", one)[0]}}/${{{widened}}}", 0) != cidrhost("{address}/${{{widened}}}", 0)'
    return Required(
        f"alltrue([for one in self.cidr_block_associations[*].cidr_block : {inner}])",
        f"The addresses of Services, {service_cidr}, overlap a range of ${{self.id}}. "
        "Write another `service_cidr:` under `cluster:`, before the first apply.",
    )


def _list(values: list[str] | tuple[str, ...]) -> str:
    return "[" + ", ".join(f'"{value}"' for value in values) + "]"
