"""The key that encrypts the stores of one service."""

from modules.constructs.component import Component
from modules.constructs.kms.encryption_key import EncryptionKey
from modules.constructs.stack import Stack
from modules.iam.statement import Condition, Statement, service_principal
from modules.permissions.sqs import SqsOptions


class ServiceKey(Component):
    """Usable by whom IAM allows, and by SNS and EventBridge for what they deliver into the service's queue."""

    def __init__(self, scope: Stack, service: str) -> None:
        super().__init__(scope, "key")
        key = EncryptionKey(
            self,
            f"{service}-stores",
            alias=(service, "stores"),
            description=f"Data at rest of {service}",
            users=[*self._deliveries(service), *self._objects(service)],
        )
        self.arn = key.arn

    def _deliveries(self, service: str) -> list[Statement]:
        options = self.stack.spec.services[service].permissions.get("sqs")
        if not isinstance(options, SqsOptions) or not options.subscribe:
            return []
        topics = tuple(self.stack.read(other, "topic_arn") for other in options.subscribe)
        # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-least-privilege-policy.html
        return [
            Statement(
                "Deliveries",
                ("kms:Decrypt", "kms:GenerateDataKey"),
                ("*",),
                service_principal("sns.amazonaws.com"),
                (Condition("ArnEquals", "aws:SourceArn", topics),),
            )
        ]

    def _objects(self, service: str) -> list[Statement]:
        options = self.stack.spec.services[service].permissions.get("sqs")
        if options is None or not options.buckets:
            return []
        # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html: the event
        # source is EventBridge. Of the account, as CDK has it of encrypted queues (aws-events-targets, SqsQueue); which
        # rule it is, the queue's policy says.
        ours = Condition("StringEquals", "aws:SourceAccount", (self.stack.account_id,))
        events = service_principal("events.amazonaws.com")
        return [Statement("Objects", ("kms:Decrypt", "kms:GenerateDataKey"), ("*",), events, (ours,))]
