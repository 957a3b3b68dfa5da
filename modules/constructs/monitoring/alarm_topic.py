"""The topic that every alarm notifies."""

from modules.bindings.aws import SnsTopic, SnsTopicPolicy, SnsTopicSubscription
from modules.constructs.component import Component
from modules.constructs.iam.policy_document import policy_json
from modules.constructs.kms.encryption_key import EncryptionKey
from modules.constructs.stack import Stack
from modules.iam.statement import Condition, Statement, service_principal, tls_only


class AlarmTopic(Component):
    """An encrypted topic that CloudWatch alarms of this account may publish to."""

    def __init__(self, scope: Stack) -> None:
        super().__init__(scope, "alarms")
        stack = self.stack
        cloudwatch = service_principal("cloudwatch.amazonaws.com")
        own_alarms = Condition("StringEquals", "aws:SourceAccount", (stack.account_id,))
        # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
        use = Statement("Alarms", ("kms:Decrypt", "kms:GenerateDataKey*"), ("*",), cloudwatch, (own_alarms,))
        key = EncryptionKey(
            self, "alarms", alias=("alarms",), description=f"Alarm topic of {stack.names.prefix}", users=[use]
        )
        topic = SnsTopic(self, "topic", name=stack.names.of("alarms"), kms_master_key_id=key.arn)
        self.arn = self.set_address(topic, "alarms").arn
        publish = Statement("Alarms", ("sns:Publish",), (self.arn,), cloudwatch, (own_alarms,))
        document = policy_json(self, ("alarms", "topic"), [publish, tls_only("sns:Publish", self.arn)])
        policy = SnsTopicPolicy(self, "policy", arn=self.arn, policy=document)
        self.set_address(policy, "alarms")
        if email := stack.spec.alarm_email:
            subscription = SnsTopicSubscription(self, "email", topic_arn=self.arn, protocol="email", endpoint=email)
            self.set_address(subscription, "alarms", "email")
