"""SQS and SNS: FIFO queues and topics, delays and filters; read 2026-11-26."""

# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html, and of topics
# https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html: the names of both end so, and the ending counts.
FIFO = ".fifo"

# Seconds: DelaySeconds of
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html, as botocore's model
# of SQS has it too; "the maximum is 15 minutes":
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-delay-queues.html.
MAX_DELAY = 900

# Hours for which a task that moves messages out of a dead-letter queue can run:
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html,
# as https://sqs.aryancodes.tech/concepts/redrive repeats it; the part of AWS's page that says so could not be read.
MOVE_HOURS = 36

# https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html: attributes of a policy, and the
# product of how many values each of them has.
FILTER_ATTRIBUTES, FILTER_COMBINATIONS = 5, 150

# "Up to 1,024 bytes" in UTF-8, so at most as many characters:
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html.
KEY_LENGTH = 1024
