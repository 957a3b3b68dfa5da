"""Private endpoints of AWS services, so that calls to them stay in the VPC."""

from modules.bindings.aws import DataAwsVpcEndpointService, VpcEndpoint
from modules.constructs.component import Component
from modules.constructs.iam.policy_document import policy_json
from modules.constructs.network.security_group import Group, allow_in
from modules.constructs.network.vpc import Network
from modules.constructs.stack import Stack
from modules.design import endpoint_policies
from modules.facts import vpc
from modules.facts.ports import HTTPS
from modules.naming import address


class VpcEndpoints(Component):
    """The endpoints with these words (keys of facts.vpc.ENDPOINTS), and the group that interface endpoints stand in."""

    def __init__(self, scope: Stack, network: Network, words: tuple[str, ...]) -> None:
        super().__init__(scope, "endpoints")
        names = self.stack.names
        group = Group(
            self,
            "endpoints",
            name=names.of("endpoints"),
            description="VPC endpoints: HTTPS from the VPC",
            vpc_id=network.vpc_id,
        )
        declared = self.stack.spec.network
        for cidr in declared.own_cidrs:
            key = ("endpoints", "https", *([] if cidr == declared.cidr else [cidr]))
            allow_in(self, *key, group=group.id, why="HTTPS from the VPC", port=HTTPS, cidr=cidr)
        self.group_id = group.id
        self.prefix_list_ids: dict[str, str] = {}
        self._policies: dict[str, str] = {}
        for word in words:
            if word in vpc.GATEWAY_ENDPOINTS:
                self.prefix_list_ids[word] = self._gateway(word, network)
            else:
                self._interface(word, network)

    def _service(self, word: str) -> str:
        return vpc.endpoint_service(word, self.stack.region)

    def _policy(self, word: str) -> str:
        """JSON of the endpoint's policy; the two endpoints of ECR share one."""
        prefix = vpc.prefix_of(word)
        if prefix not in self._policies:
            statements = endpoint_policies.statements(prefix, self.stack.region, self.stack.account_id)
            self._policies[prefix] = policy_json(self, (prefix, "endpoint"), statements)
        if word not in vpc.ENDPOINT_POLICY_UNKNOWN:
            return self._policies[prefix]
        service = DataAwsVpcEndpointService(
            self, f"{word}-service", service_name=self._service(word), service_type="Interface"
        )
        supported = f"{self.set_address(service, word).fqn}.vpc_endpoint_policy_supported"
        document = f"data.aws_iam_policy_document.{address(prefix, 'endpoint')}"
        return f"${{{supported} ? {document}.json : null}}"

    def _gateway(self, word: str, network: Network) -> str:
        endpoint = VpcEndpoint(
            self,
            word,
            vpc_id=network.vpc_id,
            service_name=self._service(word),
            vpc_endpoint_type="Gateway",
            route_table_ids=network.private_route_table_ids,
            policy=self._policy(word),
            tags={"Name": self.stack.names.of(word)},
        )
        return self.set_address(endpoint, word).prefix_list_id

    def _interface(self, word: str, network: Network) -> None:
        endpoint = VpcEndpoint(
            self,
            word,
            vpc_id=network.vpc_id,
            service_name=self._service(word),
            vpc_endpoint_type="Interface",
            private_dns_enabled=True,
            subnet_ids=network.private_subnet_ids,
            security_group_ids=[self.group_id],
            policy=self._policy(word),
            tags={"Name": self.stack.names.of(word)},
        )
        self.set_address(endpoint, word)
