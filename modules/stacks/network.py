"""Stack `network`: the VPC and its ways in and out, or an existing one; and what all log groups and alarms need."""

from modules.constructs.app import SystemApp
from modules.constructs.kms.logs_key import LogsKey
from modules.constructs.monitoring.alarm_topic import AlarmTopic
from modules.constructs.monitoring.nat_gateway_alarms import NatAlarms
from modules.constructs.network.existing_vpc import ExistingEndpoints, ExistingNetwork
from modules.constructs.network.flow_logs import FlowLogs
from modules.constructs.network.vpc import Network
from modules.constructs.network.vpc_endpoints import VpcEndpoints
from modules.constructs.stack import Stack
from modules.constructs.storage.bucket_logs import BucketLogs
from modules.design.vpc_endpoints import endpoints
from modules.spec.model import Spec


def network(app: SystemApp, spec: Spec) -> Stack:
    """The first stack: it reads no other."""
    stack = Stack(app, spec, "network")
    logs_key, bucket_logs, alarms = LogsKey(stack), BucketLogs(stack), AlarmTopic(stack)
    if spec.network.vpc_id is None:
        _own(stack, logs_key_arn=logs_key.arn, alarms_topic_arn=alarms.arn)
    else:
        _existing(stack)
    stack.output("logs_key_arn", logs_key.arn)
    if logs_key.further:
        stack.output("further_waf_log_groups", logs_key.further, depends_on=[logs_key.resource])
    stack.output("bucket_logs_name", bucket_logs.name)
    stack.output("alarms_topic_arn", alarms.arn)
    return stack


def _own(stack: Stack, *, logs_key_arn: str, alarms_topic_arn: str) -> None:
    vpc = Network(stack)
    reach = VpcEndpoints(stack, vpc, endpoints(stack.spec))
    if stack.spec.network.flow_logs:
        FlowLogs(stack, vpc_id=vpc.vpc_id, logs_key_arn=logs_key_arn)
    NatAlarms(stack, vpc.nat_gateway_ids, topic_arn=alarms_topic_arn)
    _offer(stack, vpc, reach)
    for zone, gateway in vpc.nat_gateway_ids.items():
        stack.output(f"nat_gateway_{zone}_id", gateway)
    stack.output("endpoints_security_group_id", reach.group_id)
    if vpc.secondary_subnet_ids:
        stack.output("secondary_subnet_ids", vpc.secondary_subnet_ids)


def _existing(stack: Stack) -> None:
    """Nothing but what is read: flow logs, NAT, the default group and the endpoints are their owner's."""
    vpc = ExistingNetwork(stack)
    reach = ExistingEndpoints(stack, vpc, endpoints(stack.spec))
    _offer(stack, vpc, reach)
    stack.output("vpc_cidr_blocks", vpc.cidr_blocks)
    stack.output("endpoints_security_group_ids", reach.group_ids)


def _offer(stack: Stack, vpc: Network | ExistingNetwork, reach: VpcEndpoints | ExistingEndpoints) -> None:
    stack.output("vpc_id", vpc.vpc_id)
    stack.output("public_subnet_ids", vpc.public_subnet_ids)
    stack.output("private_subnet_ids", vpc.private_subnet_ids)
    for word, identifier in reach.prefix_list_ids.items():
        stack.output(f"{word}_prefix_list_id", identifier)
