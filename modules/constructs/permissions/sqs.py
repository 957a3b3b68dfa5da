"""`sqs`: the queue of a service, with a dead-letter queue and the topics that deliver into it."""

import json

from modules.bindings.aws import (
    CloudwatchEventRule,
    CloudwatchEventTarget,
    SnsTopicSubscription,
    SqsQueue,
    SqsQueuePolicy,
    SqsQueueRedriveAllowPolicy,
)
from modules.bindings.cdktf import Fn
from modules.constructs.adoption import adopt
from modules.constructs.component import Component
from modules.constructs.iam.policy_document import policy_json
from modules.constructs.permissions.owner import Owner
from modules.design import adopted as names_of
from modules.design import bucket_events, filters
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
            fifo_queue=options.fifo or None,
        )
        self.set_address(self.dead_letters, owner.name, "dead-letters")
        self.queue = SqsQueue(
            self,
            "queue",
            name=names_of.queue(spec, owner.name),
            kms_master_key_id=owner.key_arn,
            visibility_timeout_seconds=options.visibility_timeout,
            delay_seconds=options.delay or None,
            fifo_queue=options.fifo or None,
            content_based_deduplication=options.content_based_deduplication or None,
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
        rules = self._rules(options)
        policy = self._allow("queue", self.queue, tuple(topics.values()), tuple(rule.arn for rule in rules))
        for other, rule in zip(options.buckets, rules, strict=True):
            target = CloudwatchEventTarget(
                self, f"{other}-target", rule=rule.name, arn=self.queue.arn, depends_on=[policy]
            )
            self.set_address(target, owner.name, self.stack.names.first(other))
        if adopted:
            self._adopt(self.queue, policy, adopted)
            if adopted.dead_letters:
                self._adopt(self.dead_letters, dead_letters_policy, adopted.dead_letters)
        for other, topic in topics.items():
            self._subscribe(other, topic, policy, options)
        self.outputs = sqs.Queue(queue_arn=self.queue.arn, queue_url=self.queue.url, stores_key_arn=owner.key_arn)

    def _adopt(self, queue: SqsQueue, policy: SqsQueuePolicy, adopted: AdoptQueue | AdoptDeadLetters) -> None:
        adopt(self.owner.stack, queue, adopted.url, keeps=_KEPT)
        if "policy" in adopted.attached:
            adopt(self.owner.stack, policy, adopted.url)

    def _rules(self, options: sqs.SqsOptions) -> list[CloudwatchEventRule]:
        """One for each bucket that is listened to."""
        names, rules = self.stack.names, []
        for other in options.buckets:
            pattern = bucket_events.pattern(options, other, self.stack.read(other, "bucket_name"))
            rule = CloudwatchEventRule(
                self,
                f"{other}-rule",
                name=names.of(self.owner.name, "from", names.first(other), kind="event_rule"),
                description=f"New objects of {names.first(other)}",
                event_pattern=json.dumps(pattern),
            )
            rules.append(self.set_address(rule, self.owner.name, names.first(other)))
        return rules

    def _allow(self, key: str, queue: SqsQueue, topics: tuple[str, ...], rules: tuple[str, ...] = ()) -> SqsQueuePolicy:
        statements = [tls_only("sqs:*", queue.arn)]
        if topics:
            deliver = Condition("ArnEquals", "aws:SourceArn", topics)
            sns = service_principal("sns.amazonaws.com")
            statements.append(Statement("Deliveries", ("sqs:SendMessage",), (queue.arn,), sns, (deliver,)))
        if rules:
            # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-sqs-permissions
            of_rules = Condition("ArnEquals", "aws:SourceArn", rules)
            events = service_principal("events.amazonaws.com")
            statements.append(Statement("Objects", ("sqs:SendMessage",), (queue.arn,), events, (of_rules,)))
        document = policy_json(self, (self.owner.name, key), statements)
        policy = SqsQueuePolicy(self, f"{key}-policy", queue_url=queue.url, policy=document)
        return self.set_address(policy, self.owner.name, key)

    def _subscribe(self, other: str, topic: str, policy: SqsQueuePolicy, options: sqs.SqsOptions) -> None:
        wanted = filters.policy(options, other)
        subscription = SnsTopicSubscription(
            self,
            f"{other}-subscription",
            topic_arn=topic,
            protocol="sqs",
            endpoint=self.queue.arn,
            # The message as it was published, without SNS's envelope around it.
            raw_message_delivery=True,
            # No jsonencode: CDKTF would escape once more what Terraform is to read literally.
            filter_policy=json.dumps(wanted) if wanted else None,
            filter_policy_scope="MessageBody" if wanted and options.filter_on == "body" else None,
            # The other service may publish already, and SNS throws away what a queue refuses:
            # https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html.
            depends_on=[policy],
        )
        self.set_address(subscription, self.owner.name, self.owner.stack.names.first(other))
