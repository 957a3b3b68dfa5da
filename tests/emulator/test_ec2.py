"""Security groups: descriptions of all kinds of rules, and no deletion of what others name."""

import pytest
from botocore.exceptions import ClientError

from tests.emulator.conftest import Client


@pytest.mark.parametrize("peer", ["IpRanges", "UserIdGroupPairs", "PrefixListIds"])
def test_a_rule_keeps_its_description_whoever_its_peer_is(client: Client, vpc: str, peer: str) -> None:
    ec2 = client("ec2")
    group = ec2.create_security_group(GroupName=peer, Description="one", VpcId=vpc)["GroupId"]
    lists = ec2.describe_managed_prefix_lists()["PrefixLists"]
    peers = {
        "IpRanges": {"CidrIp": "10.0.0.0/8"},
        "UserIdGroupPairs": {"GroupId": group},
        "PrefixListIds": {"PrefixListId": lists[0]["PrefixListId"]},
    }
    permission = {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 2, peer: [{**peers[peer], "Description": "why"}]}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission])
    rules = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [group]}])["SecurityGroupRules"]
    assert [rule["Description"] for rule in rules if not rule["IsEgress"]] == ["why"]


def test_a_group_that_another_names_is_not_deleted(client: Client, vpc: str) -> None:
    ec2 = client("ec2")
    named, naming = (ec2.create_security_group(GroupName=n, Description=n, VpcId=vpc)["GroupId"] for n in ("a", "b"))
    permission = {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 2, "UserIdGroupPairs": [{"GroupId": named}]}
    ec2.authorize_security_group_egress(GroupId=naming, IpPermissions=[permission])
    with pytest.raises(ClientError, match=rf"DependencyViolation.*{named} has a dependent object"):
        ec2.delete_security_group(GroupId=named)
    ec2.delete_security_group(GroupId=naming)
    ec2.delete_security_group(GroupId=named)


def test_a_rule_names_another_group_when_it_is_changed(client: Client, vpc: str) -> None:
    ec2 = client("ec2")
    own, before, after = (
        ec2.create_security_group(GroupName=one, Description=one, VpcId=vpc)["GroupId"]
        for one in ("own", "before", "after")
    )
    pair = {"GroupId": before, "Description": "why"}
    permission = {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 2, "UserIdGroupPairs": [pair]}
    made = ec2.authorize_security_group_ingress(GroupId=own, IpPermissions=[permission])["SecurityGroupRules"]
    rule = {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 2, "ReferencedGroupId": after, "Description": "so"}
    changed = [{"SecurityGroupRuleId": made[0]["SecurityGroupRuleId"], "SecurityGroupRule": rule}]
    ec2.modify_security_group_rules(GroupId=own, SecurityGroupRules=changed)
    rules = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [own]}])["SecurityGroupRules"]
    found = [(one["ReferencedGroupInfo"]["GroupId"], one["Description"]) for one in rules if not one["IsEgress"]]
    assert found == [(after, "so")]
    ec2.delete_security_group(GroupId=before)


def test_an_endpoint_that_is_asked_for_twice_with_one_token_is_one(client: Client, vpc: str) -> None:
    ec2 = client("ec2")
    wish = {"VpcId": vpc, "ServiceName": "com.amazonaws.eu-west-1.s3", "ClientToken": f"token-{vpc}"}
    first, second = (ec2.create_vpc_endpoint(**wish)["VpcEndpoint"]["VpcEndpointId"] for _ in range(2))
    assert first == second
    assert ec2.create_vpc_endpoint(**wish | {"ClientToken": "another"})["VpcEndpoint"]["VpcEndpointId"] != first
