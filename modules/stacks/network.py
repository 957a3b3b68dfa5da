"""Stack `network`: the VPC and its ways in and out, and what all log groups and alarms need."""

from modules.bindings.cdktf import App
from modules.constructs.kms.logs_key import LogsKey
from modules.constructs.monitoring.alarm_topic import AlarmTopic
from modules.constructs.monitoring.nat_gateway_alarms import NatAlarms
from modules.constructs.network.flow_logs import FlowLogs
from modules.constructs.network.vpc import Network
from modules.constructs.network.vpc_endpoints import VpcEndpoints
from modules.constructs.stack import Stack
from modules.constructs.storage.bucket_logs import BucketLogs
from modules.design.vpc_endpoints import endpoints
from modules.spec.model import Spec


def network(app: App, spec: Spec) -> Stack:
    """The first stack: it reads no other."""
    stack = Stack(app, spec, "network")
    logs_key = LogsKey(stack)
    vpc = Network(stack)
    reach = VpcEndpoints(stack, vpc, endpoints(spec))
    if spec.network.flow_logs:
        FlowLogs(stack, vpc_id=vpc.vpc_id, logs_key_arn=logs_key.arn)
    bucket_logs = BucketLogs(stack)
    alarms = AlarmTopic(stack)
    NatAlarms(stack, vpc.nat_gateway_ids, topic_arn=alarms.arn)
    stack.output("vpc_id", vpc.vpc_id)
    stack.output("public_subnet_ids", vpc.public_subnet_ids)
    stack.output("private_subnet_ids", vpc.private_subnet_ids)
    for zone, gateway in vpc.nat_gateway_ids.items():
        stack.output(f"nat_gateway_{zone}_id", gateway)
    stack.output("endpoints_security_group_id", reach.group_id)
    for word, identifier in reach.prefix_list_ids.items():
        stack.output(f"{word}_prefix_list_id", identifier)
    stack.output("logs_key_arn", logs_key.arn)
    stack.output("bucket_logs_name", bucket_logs.name)
    stack.output("alarms_topic_arn", alarms.arn)
    return stack
