"""`glue`: the database of a service in the account's catalog."""

from modules.bindings.aws import GlueCatalogDatabase
from modules.constructs.component import Component
from modules.constructs.permissions.owner import Owner
from modules.permissions import glue
from modules.permissions.kind import Options


class ServiceCatalog(Component):
    """A database for table definitions; the data itself is in buckets."""

    def __init__(self, owner: Owner, _: Options) -> None:
        super().__init__(owner.stack, "glue")
        stack = owner.stack
        # SQL would want a name with hyphens in quotes.
        database = GlueCatalogDatabase(self, "database", name=stack.names.of(owner.name).replace("-", "_"))
        name = self.set_address(database, owner.name).name
        self.outputs = glue.Catalog(
            catalog_arn=stack.arn("glue", "catalog"),
            catalog_database_arn=database.arn,
            catalog_database_name=name,
            catalog_tables_arn=stack.arn("glue", f"table/{name}/*"),
        )
