"""The objects that are there before a service's first pod."""

from typing import Any

from tests.support import helm

POD = {"app.kubernetes.io/name": "user-service"}
SERVER = POD | {"app.kubernetes.io/component": "server"}


def test_the_policy_gives_every_pod_of_the_service_its_groups_and_no_others(network: dict[str, Any]) -> None:
    spec = network["SecurityGroupPolicy"]["spec"]
    assert spec["podSelector"] == {"matchLabels": POD}
    assert spec["securityGroups"] == {"groupIds": ["sg-0123456789abcdef0", "sg-0fedcba9876543210"]}


def test_the_service_sends_to_servers_alone_and_not_to_the_pods_of_hooks(network: dict[str, Any]) -> None:
    spec = network["Service"]["spec"]
    assert spec["selector"] == SERVER
    assert spec["ports"] == [
        {"name": "http", "port": 8080, "targetPort": "http", "protocol": "TCP"},
        {"name": "port-80", "port": 80, "targetPort": "http", "protocol": "TCP"},
        {"name": "port-9095", "port": 9095, "targetPort": "port-9095", "protocol": "TCP"},
    ]


def test_the_binding_says_all_that_the_controller_would_ask_aws_for_and_leaves_the_rules_to_terraform(
    network: dict[str, Any],
) -> None:
    assert network["TargetGroupBinding"]["spec"] == {
        "targetGroupARN": helm.values(helm.NETWORK)["targetGroup"]["arn"],
        "targetType": "ip",
        "ipAddressType": "ipv4",
        "vpcID": "vpc-0123456789abcdef0",
        "serviceRef": {"name": "user-service", "port": 8080},
    }


def test_a_binding_for_the_target_group_of_another_protocol_has_a_name_of_its_own(network: dict[str, Any]) -> None:
    """The controller refuses another target group for a binding that is there."""
    assert network["TargetGroupBinding"]["metadata"]["name"] == "user-service"
    other = helm.objects(helm.NETWORK, {"targetGroup.name": "user-service-grpc"})["TargetGroupBinding"]
    assert other["metadata"]["name"] == "user-service-grpc"
    assert other["spec"] == network["TargetGroupBinding"]["spec"]


def test_an_internal_service_has_no_binding() -> None:
    assert set(helm.objects(helm.NETWORK, {"targetGroup": None})) == {"SecurityGroupPolicy", "Service"}


def test_pods_carry_the_labels_that_policy_and_service_select(network: dict[str, Any], pods: dict[str, Any]) -> None:
    server = pods["Deployment"]["spec"]["template"]["metadata"]["labels"]
    policy = network["SecurityGroupPolicy"]["spec"]["podSelector"]["matchLabels"]
    selector = network["Service"]["spec"]["selector"]
    assert policy.items() <= server.items()
    assert selector.items() <= server.items()


def test_the_ports_of_the_service_have_the_names_of_the_containers_ports(
    network: dict[str, Any], pods: dict[str, Any]
) -> None:
    (container,) = pods["Deployment"]["spec"]["template"]["spec"]["containers"]
    targets = [port["targetPort"] for port in network["Service"]["spec"]["ports"]]
    assert {port["name"] for port in container["ports"]} == set(targets)
