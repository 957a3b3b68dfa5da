"""`sns`: the topic of a service."""

from modules.bindings.aws import SnsTopic, SnsTopicPolicy
from modules.constructs.component import Component
from modules.constructs.iam.policy_document import policy_json
from modules.constructs.permissions.owner import Owner
from modules.iam.statement import tls_only
from modules.permissions import sns


class ServiceTopic(Component):
    """An encrypted topic; who may publish to it is in the policies of roles."""

    def __init__(self, owner: Owner, _: sns.SnsOptions) -> None:
        super().__init__(owner.stack, "sns")
        topic = SnsTopic(self, "topic", name=owner.stack.names.of(owner.name), kms_master_key_id=owner.key_arn)
        arn = self.set_address(topic, owner.name).arn
        document = policy_json(self, (owner.name, "topic"), [tls_only("sns:Publish", arn)])
        self.set_address(SnsTopicPolicy(self, "policy", arn=arn, policy=document), owner.name)
        self.outputs = sns.Topic(topic_arn=arn, stores_key_arn=owner.key_arn)
