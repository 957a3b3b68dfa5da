"""`sqs`: the queue of a service, with a dead-letter queue and the topics that deliver into it."""

from modules.bindings.aws import SnsTopicSubscription, SqsQueue, SqsQueuePolicy, SqsQueueRedriveAllowPolicy
from modules.bindings.cdktf import Fn
from modules.constructs.adoption import adopt
from modules.constructs.component import Component
from modules.constructs.iam.policy_document import policy_json
from modules.constructs.permissions.owner import Owner
from modules.design import adopted as names_of
from modules.iam.statement import Condition, Statement, service_principal, tls_only
from modules.permissions import sqs
from modules.permissions.adopt import AdoptDeadLetters, AdoptQueue

# The longest there is: the age of a dead message counts from when it was first sent, which may be 4 days ago,
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html.
_DEAD_SECONDS = 14 * 24 * 3600

# What an adopted queue says of its messages.
_KEPT = (
    "delay_seconds",
    "max_message_size",
    "message_retention_seconds",
    "policy",
    "receive_wait_time_seconds",
    "redrive_allow_policy",
    "tags",
)


class ServiceQueue(Component):
    """Messages that were received too often go to the dead-letter queue, which serves this queue only."""

    def __init__(self, owner: Owner, options: sqs.SqsOptions) -> None:
        super().__init__(owner.stack, "sqs")
        self.owner = owner
        spec, adopted = owner.stack.spec, options.adopt
        self.dead_letters = SqsQueue(
            self,
            "dead-letters",
            name=names_of.dead_letters(spec, owner.name),
            kms_master_key_id=owner.key_arn,
            message_retention_seconds=_DEAD_SECONDS,
        )
        self.set_address(self.dead_letters, owner.name, "dead-letters")
        self.queue = SqsQueue(
            self,
            "queue",
            name=names_of.queue(spec, owner.name),
            kms_master_key_id=owner.key_arn,
            visibility_timeout_seconds=options.visibility_timeout,
            redrive_policy=Fn.jsonencode(
                {"deadLetterTargetArn": self.dead_letters.arn, "maxReceiveCount": options.max_receives}
            ),
        )
        self.set_address(self.queue, owner.name, "queue")
        sources = Fn.jsonencode({"redrivePermission": "byQueue", "sourceQueueArns": [self.queue.arn]})
        redrive = SqsQueueRedriveAllowPolicy(
            self, "redrive", queue_url=self.dead_letters.url, redrive_allow_policy=sources
        )
        self.set_address(redrive, owner.name, "dead-letters")
        if adopted and adopted.dead_letters and "redrive_allow" in adopted.dead_letters.attached:
            adopt(owner.stack, redrive, adopted.dead_letters.url)
        topics = {other: self.stack.read(other, "topic_arn") for other in options.subscribe}
        dead_letters_policy = self._allow("dead-letters", self.dead_letters, ())
        policy = self._allow("queue", self.queue, tuple(topics.values()))
        if adopted:
            self._adopt(self.queue, policy, adopted)
            if adopted.dead_letters:
                self._adopt(self.dead_letters, dead_letters_policy, adopted.dead_letters)
        for other, topic in topics.items():
            self._subscribe(other, topic, policy)
        self.outputs = sqs.Queue(queue_arn=self.queue.arn, queue_url=self.queue.url, stores_key_arn=owner.key_arn)

    def _adopt(self, queue: SqsQueue, policy: SqsQueuePolicy, adopted: AdoptQueue | AdoptDeadLetters) -> None:
        adopt(self.owner.stack, queue, adopted.url, keeps=_KEPT)
        if "policy" in adopted.attached:
            adopt(self.owner.stack, policy, adopted.url)

    def _allow(self, key: str, queue: SqsQueue, topics: tuple[str, ...]) -> SqsQueuePolicy:
        statements = [tls_only("sqs:*", queue.arn)]
        if topics:
            deliver = Condition("ArnEquals", "aws:SourceArn", topics)
            sns = service_principal("sns.amazonaws.com")
            statements.append(Statement("Deliveries", ("sqs:SendMessage",), (queue.arn,), sns, (deliver,)))
        document = policy_json(self, (self.owner.name, key), statements)
        policy = SqsQueuePolicy(self, f"{key}-policy", queue_url=queue.url, policy=document)
        return self.set_address(policy, self.owner.name, key)

    def _subscribe(self, other: str, topic: str, policy: SqsQueuePolicy) -> None:
        subscription = SnsTopicSubscription(
            self,
            f"{other}-subscription",
            topic_arn=topic,
            protocol="sqs",
            endpoint=self.queue.arn,
            # The message as it was published, without SNS's envelope around it.
            raw_message_delivery=True,
            # The other service may publish already, and SNS throws away what a queue refuses:
            # https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html.
            depends_on=[policy],
        )
        self.set_address(subscription, self.owner.name, self.owner.stack.names.first(other))
