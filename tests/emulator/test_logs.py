"""CloudWatch Logs: what is left of a deleted log group."""

from tests.emulator.conftest import Client


def test_a_log_group_that_is_made_again_has_no_tags(client: Client) -> None:
    logs = client("logs")
    logs.create_log_group(logGroupName="again", tags={"Project": "shop"})
    logs.delete_log_group(logGroupName="again")
    logs.create_log_group(logGroupName="again")
    (group,) = logs.describe_log_groups(logGroupNamePrefix="again")["logGroups"]
    assert logs.list_tags_for_resource(resourceArn=group["arn"].removesuffix(":*"))["tags"] == {}
