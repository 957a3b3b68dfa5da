"""EKS: what a cluster brings with it, and what AWS refuses."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.conftest import Client

POLICY = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"


@pytest.fixture
def eks(client: Client) -> Any:
    return client("eks")


@pytest.fixture
def cluster(eks: Any, role: str, subnets: list[str], request: pytest.FixtureRequest) -> str:
    name = str(request.node.name)[:60]
    eks.create_cluster(
        name=name, roleArn=role, resourcesVpcConfig={"subnetIds": subnets}, accessConfig={"authenticationMode": "API"}
    )
    return name


def profile(cluster: str, role: str, subnets: list[str], namespace: str = "kube-system") -> dict[str, Any]:
    selectors = [{"namespace": namespace}]
    names = {"clusterName": cluster, "fargateProfileName": namespace}
    return {**names, "podExecutionRoleArn": role, "subnets": subnets, "selectors": selectors}


def test_a_cluster_has_a_group_of_its_own_that_goes_with_it(eks: Any, client: Client, cluster: str, vpc: str) -> None:
    config = eks.describe_cluster(name=cluster)["cluster"]["resourcesVpcConfig"]
    group = {"GroupIds": [config["clusterSecurityGroupId"]]}
    assert config["vpcId"] == client("ec2").describe_security_groups(**group)["SecurityGroups"][0]["VpcId"] == vpc
    eks.delete_cluster(name=cluster)
    with pytest.raises(ClientError, match=r"InvalidGroup\.NotFound"):
        client("ec2").describe_security_groups(**group)


def test_a_cluster_answers_with_the_defaults_of_aws(eks: Any, cluster: str) -> None:
    found = eks.describe_cluster(name=cluster)["cluster"]
    assert found["upgradePolicy"] == {"supportType": "EXTENDED"}
    assert found["kubernetesNetworkConfig"]["ipFamily"] == "ipv4"
    assert found["resourcesVpcConfig"]["publicAccessCidrs"] == ["0.0.0.0/0"]
    assert [setup["enabled"] for setup in found["logging"]["clusterLogging"]] == [False]


def test_a_change_is_an_update_that_can_be_looked_up(eks: Any, cluster: str) -> None:
    logging = {"clusterLogging": [{"types": ["audit"], "enabled": True}]}
    update = eks.update_cluster_config(name=cluster, logging=logging)["update"]["id"]
    assert eks.describe_update(name=cluster, updateId=update)["update"]["status"] == "Successful"
    setups = eks.describe_cluster(name=cluster)["cluster"]["logging"]["clusterLogging"]
    assert setups[0] == {"types": ["audit"], "enabled": True}


def test_a_fargate_profile_takes_private_subnets_only(
    eks: Any, client: Client, cluster: str, role: str, vpc: str, subnets: list[str]
) -> None:
    ec2 = client("ec2")
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    ec2.associate_route_table(RouteTableId=table, SubnetId=subnets[0])
    with pytest.raises(ClientError, match=f"{subnets[0]} provided in Fargate Profile is not a private subnet"):
        eks.create_fargate_profile(**profile(cluster, role, subnets))


def test_the_eleventh_fargate_profile_is_too_many(eks: Any, cluster: str, role: str, subnets: list[str]) -> None:
    for number in range(10):
        eks.create_fargate_profile(**profile(cluster, role, subnets, f"n{number}"))
    with pytest.raises(ClientError, match="ResourceLimitExceededException"):
        eks.create_fargate_profile(**profile(cluster, role, subnets, "n10"))


def test_a_cluster_with_profiles_is_not_deleted(eks: Any, cluster: str, role: str, subnets: list[str]) -> None:
    eks.create_fargate_profile(**profile(cluster, role, subnets))
    with pytest.raises(ClientError, match=r"ResourceInUseException.*profiles attached: kube-system"):
        eks.delete_cluster(name=cluster)


def test_an_addon_needs_a_profile_that_takes_its_pods(eks: Any, cluster: str, role: str, subnets: list[str]) -> None:
    assert eks.create_addon(clusterName=cluster, addonName="coredns")["addon"]["status"] == "CREATE_FAILED"
    eks.create_fargate_profile(**profile(cluster, role, subnets))
    assert eks.create_addon(clusterName=cluster, addonName="metrics-server")["addon"]["status"] == "ACTIVE"
    assert eks.list_addons(clusterName=cluster)["addons"] == ["coredns", "metrics-server"]


def test_an_addon_has_only_versions_that_aws_offers(eks: Any, cluster: str) -> None:
    (offered,) = eks.describe_addon_versions(addonName="coredns", kubernetesVersion="1.36")["addons"]
    first, default, *_ = offered["addonVersions"]
    assert [one["compatibilities"][0]["defaultVersion"] for one in (first, default)] == [False, True]
    with pytest.raises(ClientError, match="Addon version specified is not supported: coredns v9"):
        eks.create_addon(clusterName=cluster, addonName="coredns", addonVersion="v9")


def test_an_access_entry_names_the_session_of_a_role(eks: Any, cluster: str, role: str) -> None:
    entry = {"clusterName": cluster, "principalArn": role}
    user = eks.create_access_entry(**entry)["accessEntry"]["username"]
    assert user == role.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/") + "/{{SessionName}}"
    with pytest.raises(ClientError, match="ResourceInUseException"):
        eks.create_access_entry(**entry)


def test_access_policies_are_associated_and_listed(eks: Any, cluster: str, role: str) -> None:
    entry = {"clusterName": cluster, "principalArn": role}
    eks.create_access_entry(**entry)
    eks.associate_access_policy(**entry, policyArn=POLICY, accessScope={"type": "cluster"})
    (policy,) = eks.list_associated_access_policies(**entry)["associatedAccessPolicies"]
    assert policy["policyArn"] == POLICY
    with pytest.raises(ClientError, match="policyArn parameter format is not valid"):
        eks.associate_access_policy(**entry, policyArn=f"{POLICY}2", accessScope={"type": "cluster"})


def test_eks_makes_the_entry_of_a_fargate_role(eks: Any, cluster: str, role: str, subnets: list[str]) -> None:
    eks.create_fargate_profile(**profile(cluster, role, subnets))
    assert eks.describe_access_entry(clusterName=cluster, principalArn=role)["accessEntry"]["type"] == "FARGATE_LINUX"


def test_tags_of_an_addon_change(eks: Any, cluster: str) -> None:
    arn = eks.create_addon(clusterName=cluster, addonName="coredns", tags={"a": "1"})["addon"]["addonArn"]
    eks.tag_resource(resourceArn=arn, tags={"b": "2"})
    eks.untag_resource(resourceArn=arn, tagKeys=["a"])
    assert eks.list_tags_for_resource(resourceArn=arn)["tags"] == {"b": "2"}
