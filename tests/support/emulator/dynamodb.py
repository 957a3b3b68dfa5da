"""DynamoDB: a table can be encrypted with another key, which moto takes at the creation only.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html#DDB-UpdateTable-request-SSESpecification
"""

from typing import Any

from moto.dynamodb.responses import DynamoHandler

from .extension import extend


class Responses(DynamoHandler):
    def update_table(self) -> Any:
        if encryption := self.body.get("SSESpecification"):
            self.dynamodb_backend.get_table(self.body["TableName"]).sse_specification = encryption
        return super().update_table()


def install() -> None:
    extend("dynamodb", Responses)
