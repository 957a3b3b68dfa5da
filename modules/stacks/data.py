"""Stack `data`: the stores that services share, Aurora and Redis. There is none where both are left out."""

from modules.constructs.app import SystemApp
from modules.constructs.data.aurora import Aurora
from modules.constructs.data.redis import Redis
from modules.constructs.kms.encryption_key import EncryptionKey
from modules.constructs.monitoring.aurora_alarms import AuroraAlarms
from modules.constructs.monitoring.redis_alarms import RedisAlarms
from modules.constructs.stack import Stack
from modules.spec.model import Cache, Database, Spec


def data(app: SystemApp, spec: Spec) -> Stack:
    """Reads `network`; a service that may use a store opens its own way into the store's security group.

    What `retired:` names goes from it: without resources, it has what Terraform needs to delete them.
    """
    stack = Stack(app, spec, "data")
    titles = [title for title, has in (("Aurora", spec.database), ("Redis", spec.cache)) if has]
    if not titles:
        return stack
    key = EncryptionKey(stack, "data", alias=("data",), description=f"{' and '.join(titles)} of {stack.names.prefix}")
    stack.output("data_key_arn", key.arn)
    if spec.database:
        _aurora(stack, spec.database, key.arn)
    if spec.cache:
        _redis(stack, spec.cache, key.arn)
    return stack


def _aurora(stack: Stack, settings: Database, key_arn: str) -> None:
    aurora = Aurora(
        stack,
        settings,
        vpc_id=stack.read("network", "vpc_id"),
        subnet_ids=stack.read_list("network", "private_subnet_ids"),
        key_arn=key_arn,
        logs_key_arn=stack.read("network", "logs_key_arn"),
    )
    AuroraAlarms(stack, settings, topic_arn=stack.read("network", "alarms_topic_arn"))
    stack.output("aurora_cluster_arn", aurora.cluster.arn)
    stack.output("aurora_cluster_resource_id", aurora.cluster.cluster_resource_id)
    stack.output("aurora_endpoint", aurora.cluster.endpoint)
    stack.output("aurora_reader_endpoint", aurora.cluster.reader_endpoint)
    stack.output("aurora_port", aurora.cluster.port)
    stack.output("aurora_database", aurora.cluster.database_name)
    stack.output("aurora_master_secret_arn", aurora.cluster.master_user_secret.get(0).secret_arn)
    stack.output("aurora_security_group_id", aurora.group.id)


def _redis(stack: Stack, settings: Cache, key_arn: str) -> None:
    redis = Redis(
        stack,
        settings,
        vpc_id=stack.read("network", "vpc_id"),
        subnet_ids=stack.read_list("network", "private_subnet_ids"),
        key_arn=key_arn,
        logs_key_arn=stack.read("network", "logs_key_arn"),
    )
    RedisAlarms(stack, settings, topic_arn=stack.read("network", "alarms_topic_arn"))
    stack.output("redis_replication_group_arn", redis.replication_group.arn)
    stack.output("redis_endpoint", redis.replication_group.primary_endpoint_address)
    stack.output("redis_reader_endpoint", redis.replication_group.reader_endpoint_address)
    stack.output("redis_port", redis.replication_group.port)
    stack.output("redis_user_group_id", redis.user_group.user_group_id)
    stack.output("redis_security_group_id", redis.group.id)
