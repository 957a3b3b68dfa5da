"""SQS and SNS: FIFO queues and topics, delays and filters; read 2026-11-26."""

# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html, and of topics
# https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html: the names of both end so, and the ending counts.
FIFO = ".fifo"

# Seconds: DelaySeconds of
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html.
MAX_DELAY = 900

# https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html: attributes of a policy, and the
# product of how many values each of them has.
FILTER_ATTRIBUTES, FILTER_COMBINATIONS = 5, 150

# Bytes: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html.
KEY_LENGTH = 1024
