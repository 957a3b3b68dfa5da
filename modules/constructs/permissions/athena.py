"""`athena`: where a service queries, and where the results go."""

from modules.bindings.aws import (
    AthenaWorkgroup,
    AthenaWorkgroupConfiguration,
    AthenaWorkgroupConfigurationResultConfiguration,
    AthenaWorkgroupConfigurationResultConfigurationEncryptionConfiguration,
)
from modules.constructs.component import Component
from modules.constructs.permissions.owner import Owner
from modules.constructs.storage.private_bucket import PrivateBucket
from modules.permissions import athena
from modules.permissions.kind import Options

_RESULT_DAYS = 30


class ServiceWorkgroup(Component):
    """A workgroup whose settings override those of a query; results have a bucket of their own, and expire."""

    def __init__(self, owner: Owner, _: Options) -> None:
        super().__init__(owner.stack, "athena")
        stack = owner.stack
        results = PrivateBucket(
            self,
            f"{owner.name}-results",
            name=(owner.name, "results"),
            protected=False,
            logs=stack.read("network", "bucket_logs_name"),
            key_arn=owner.key_arn,
            expire_days=_RESULT_DAYS,
        )
        results.allow()
        location = AthenaWorkgroupConfigurationResultConfiguration(
            output_location=f"s3://{results.name}/",
            encryption_configuration=AthenaWorkgroupConfigurationResultConfigurationEncryptionConfiguration(
                encryption_option="SSE_KMS", kms_key_arn=owner.key_arn
            ),
        )
        workgroup = AthenaWorkgroup(
            self,
            "workgroup",
            name=stack.names.of(owner.name, kind="athena"),
            configuration=AthenaWorkgroupConfiguration(
                enforce_workgroup_configuration=True,
                publish_cloudwatch_metrics_enabled=True,
                result_configuration=location,
            ),
            # Only the history of queries goes with it.
            force_destroy=True,
        )
        self.set_address(workgroup, owner.name)
        self.outputs = athena.Workgroup(
            workgroup_arn=workgroup.arn,
            workgroup_name=workgroup.name,
            results_bucket_arn=results.arn,
            catalog_arn=stack.arn("glue", "catalog"),
            default_database_arn=stack.arn("glue", "database/default"),
            stores_key_arn=owner.key_arn,
        )
