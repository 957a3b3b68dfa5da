"""Stack `data`: the stores that services share, Aurora and Redis."""

from modules.bindings.cdktf import App
from modules.constructs.data.aurora import Aurora
from modules.constructs.data.redis import Redis
from modules.constructs.kms.encryption_key import EncryptionKey
from modules.constructs.monitoring.aurora_alarms import AuroraAlarms
from modules.constructs.monitoring.redis_alarms import RedisAlarms
from modules.constructs.stack import Stack
from modules.spec.model import Spec


def data(app: App, spec: Spec) -> Stack:
    """Reads `network`; a service that may use a store opens its own way into the store's security group."""
    stack = Stack(app, spec, "data")
    key = EncryptionKey(stack, "data", alias=("data",), description=f"Aurora and Redis of {stack.names.prefix}")
    vpc_id = stack.read("network", "vpc_id")
    subnet_ids = stack.read_list("network", "private_subnet_ids")
    logs_key_arn = stack.read("network", "logs_key_arn")
    topic_arn = stack.read("network", "alarms_topic_arn")
    aurora = Aurora(stack, vpc_id=vpc_id, subnet_ids=subnet_ids, key_arn=key.arn, logs_key_arn=logs_key_arn)
    AuroraAlarms(stack, topic_arn=topic_arn)
    redis = Redis(stack, vpc_id=vpc_id, subnet_ids=subnet_ids, key_arn=key.arn, logs_key_arn=logs_key_arn)
    RedisAlarms(stack, topic_arn=topic_arn)
    stack.output("data_key_arn", key.arn)
    stack.output("aurora_cluster_arn", aurora.cluster.arn)
    stack.output("aurora_cluster_resource_id", aurora.cluster.cluster_resource_id)
    stack.output("aurora_endpoint", aurora.cluster.endpoint)
    stack.output("aurora_reader_endpoint", aurora.cluster.reader_endpoint)
    stack.output("aurora_port", aurora.cluster.port)
    stack.output("aurora_database", aurora.cluster.database_name)
    stack.output("aurora_master_secret_arn", aurora.cluster.master_user_secret.get(0).secret_arn)
    stack.output("aurora_security_group_id", aurora.group.id)
    stack.output("redis_replication_group_arn", redis.replication_group.arn)
    stack.output("redis_endpoint", redis.replication_group.primary_endpoint_address)
    stack.output("redis_reader_endpoint", redis.replication_group.reader_endpoint_address)
    stack.output("redis_port", redis.replication_group.port)
    stack.output("redis_user_group_id", redis.user_group.user_group_id)
    stack.output("redis_security_group_id", redis.group.id)
    return stack
