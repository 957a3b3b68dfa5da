"""`sns`: the topic of a service."""

from modules.bindings.aws import SnsTopic, SnsTopicPolicy
from modules.constructs.adoption import adopt
from modules.constructs.component import Component
from modules.constructs.iam.policy_document import policy_json
from modules.constructs.permissions.owner import Owner
from modules.design import adopted as names_of
from modules.iam.statement import tls_only
from modules.permissions import sns
from modules.permissions.adopt import last_of

# What an adopted topic says of its deliveries.
_PROTOCOLS = ("application", "firehose", "http", "lambda", "sqs")
_FEEDBACK = ("failure_feedback_role_arn", "success_feedback_role_arn", "success_feedback_sample_rate")
_KEPT = (
    *(f"{protocol}_{feedback}" for protocol in _PROTOCOLS for feedback in _FEEDBACK),
    "archive_policy",
    "delivery_policy",
    "display_name",
    "policy",
    "tags",
    "tracing_config",
)


class ServiceTopic(Component):
    """An encrypted topic; who may publish to it is in the policies of roles."""

    def __init__(self, owner: Owner, options: sns.SnsOptions) -> None:
        super().__init__(owner.stack, "sns")
        adopted = options.adopt
        made = owner.stack.names.topic(owner.name, names_of.ending(options))
        topic = SnsTopic(
            self,
            "topic",
            name=last_of(adopted.arn) if adopted else made,
            kms_master_key_id=owner.key_arn,
            fifo_topic=options.fifo or None,
            content_based_deduplication=options.content_based_deduplication or None,
        )
        arn = self.set_address(topic, owner.name).arn
        document = policy_json(self, (owner.name, "topic"), [tls_only("sns:Publish", arn)])
        policy = self.set_address(SnsTopicPolicy(self, "policy", arn=arn, policy=document), owner.name)
        if adopted:
            adopt(owner.stack, topic, adopted.arn, keeps=_KEPT)
            if "policy" in adopted.attached:
                adopt(owner.stack, policy, adopted.arn)
        self.outputs = sns.Topic(topic_arn=arn, stores_key_arn=owner.key_arn)
