"""`dynamodb`: the table of a service."""

from modules.bindings.aws import (
    DynamodbTable,
    DynamodbTableAttribute,
    DynamodbTablePointInTimeRecovery,
    DynamodbTableServerSideEncryption,
    DynamodbTableTtl,
)
from modules.constructs.adoption import adopt
from modules.constructs.component import Component
from modules.constructs.permissions.owner import Owner
from modules.permissions import dynamodb

# What an adopted table has beyond its keys.
_KEPT = (
    "attribute",
    "global_secondary_index",
    "local_secondary_index",
    "read_capacity",
    "replica",
    "stream_enabled",
    "stream_view_type",
    "table_class",
    "tags",
    "write_capacity",
)


class ServiceTable(Component):
    """Billed on demand, encrypted with the service's key, restorable to any second of the last 35 days."""

    def __init__(self, owner: Owner, options: dynamodb.DynamodbOptions) -> None:
        super().__init__(owner.stack, "dynamodb")
        sort = options.sort_key
        table = DynamodbTable(
            self,
            "table",
            name=options.adopt.name if options.adopt else owner.stack.names.of(owner.name),
            billing_mode="PAY_PER_REQUEST",
            hash_key=options.partition_key.name,
            range_key=sort.name if sort else None,
            attribute=[
                DynamodbTableAttribute(name=key.name, type=key.type) for key in (options.partition_key, sort) if key
            ],
            ttl=DynamodbTableTtl(attribute_name=options.ttl, enabled=True) if options.ttl else None,
            point_in_time_recovery=DynamodbTablePointInTimeRecovery(enabled=True),
            server_side_encryption=DynamodbTableServerSideEncryption(enabled=True, kms_key_arn=owner.key_arn),
            deletion_protection_enabled=owner.protection,
        )
        self.set_address(table, owner.name)
        if options.adopt:
            adopt(owner.stack, table, options.adopt.name, keeps=_KEPT)
        self.outputs = dynamodb.Table(table_arn=table.arn, table_name=table.name, stores_key_arn=owner.key_arn)
