"""`rds`: the database user of a service; a job creates the user itself by SQL when the service is deployed."""

from modules.constructs.component import Component
from modules.constructs.permissions.owner import Owner
from modules.permissions import rds


class DatabaseUser(Component):
    """Aurora's addresses, and the user that the service logs in as."""

    def __init__(self, owner: Owner, options: rds.RdsOptions) -> None:
        super().__init__(owner.stack, "rds")
        stack = owner.stack
        name = rds.user_name(stack.names, owner.name, options)
        cluster = stack.read("data", "aurora_cluster_resource_id")
        self.outputs = rds.DatabaseUser(
            database_user_arn=stack.arn("rds-db", f"dbuser:{cluster}/{name}"),
            database_user_name=name,
            database_host=stack.read("data", "aurora_endpoint"),
            database_reader_host=stack.read("data", "aurora_reader_endpoint"),
            database_port=stack.read("data", "aurora_port"),
            database_name=stack.read("data", "aurora_database"),
        )
