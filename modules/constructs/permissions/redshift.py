"""`redshift`: the warehouse of a service."""

from modules.bindings.aws import RedshiftserverlessNamespace, RedshiftserverlessWorkgroup
from modules.constructs.component import Component
from modules.constructs.monitoring.log_group import LogGroup
from modules.constructs.network.security_group import Group
from modules.constructs.permissions.owner import Owner
from modules.permissions import redshift

_LOGS = ("connectionlog", "userlog", "useractivitylog")
# Not Redshift's own choice, `admin`, which everybody tries first.
_ADMIN = "warehouse_admin"


class Warehouse(Component):
    """A namespace (data) and a workgroup (compute) in the private subnets, reached by the Data API, not by network."""

    def __init__(self, owner: Owner, options: redshift.RedshiftOptions) -> None:
        super().__init__(owner.stack, "redshift")
        self.owner = owner
        name = owner.stack.names.of(owner.name, kind="redshift")
        namespace = self._namespace(name)
        workgroup = self._workgroup(name, namespace, options)
        self.outputs = redshift.Warehouse(
            warehouse_arn=workgroup.arn, warehouse_name=workgroup.workgroup_name, warehouse_database=namespace.db_name
        )

    def _namespace(self, name: str) -> RedshiftserverlessNamespace:
        owner, stack = self.owner, self.owner.stack
        logs_key_arn = stack.read("network", "logs_key_arn")
        # Redshift fixes the names: https://docs.aws.amazon.com/redshift/latest/mgmt/serverless-audit-logging.html.
        logs = [
            LogGroup(self, f"{owner.name}-{log}", name=f"/aws/redshift/{name}/{log}", logs_key_arn=logs_key_arn)
            for log in _LOGS
        ]
        namespace = RedshiftserverlessNamespace(
            self,
            "namespace",
            namespace_name=name,
            db_name=name.replace("-", "_"),
            kms_key_id=owner.key_arn,
            admin_username=_ADMIN,
            manage_admin_password=True,
            admin_password_secret_kms_key_id=owner.key_arn,
            log_exports=list(_LOGS),
            depends_on=[log.resource for log in logs],
        )
        return self.set_address(namespace, owner.name)

    def _workgroup(
        self, name: str, namespace: RedshiftserverlessNamespace, options: redshift.RedshiftOptions
    ) -> RedshiftserverlessWorkgroup:
        owner, stack = self.owner, self.owner.stack
        group = Group(
            self,
            f"{owner.name}-warehouse",
            name=stack.names.of(owner.name, "warehouse"),
            description=f"Redshift Serverless workgroup of {stack.names.first(owner.name)}",  # AWS can't change it,
            vpc_id=stack.read("network", "vpc_id"),
        )
        # No config_parameter: with one, AWS's others differ for ever, and those that the provider does not know fail,
        # https://github.com/hashicorp/terraform-provider-aws/issues/49939. A new workgroup asks for TLS anyway.
        workgroup = RedshiftserverlessWorkgroup(
            self,
            "workgroup",
            workgroup_name=name,
            namespace_name=namespace.namespace_name,
            base_capacity=options.base_capacity,
            max_capacity=options.most_capacity,
            subnet_ids=stack.read_list("network", "private_subnet_ids"),
            security_group_ids=[group.id],
            publicly_accessible=False,
        )
        return self.set_address(workgroup, owner.name)
