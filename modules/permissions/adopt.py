"""`adopt:` of a word: a resource that is there already, and comes under Terraform as it is; `make adopt` writes it.

What is attached to it, such as a policy, stays as it is for as long as `attached` lists it.
"""

from typing import Annotated, Literal

from pydantic import Field

from modules.schema import patterns
from modules.schema.base import Model, OneOrMany

BucketPart = Literal["encryption", "lifecycle", "logging", "ownership", "policy", "public_access", "versioning"]
QueuePart = Literal["policy"]
DeadLettersPart = Literal["policy", "redrive_allow"]
TopicPart = Literal["policy"]
KeyPart = Literal["alias"]
RepositoryPart = Literal["lifecycle"]


class AdoptBucket(Model):
    """A bucket that is there already."""

    name: str = Field(pattern=patterns.BUCKET)
    """Name of the bucket."""

    attached: Annotated[tuple[BucketPart, ...], OneOrMany()] = ()
    """What the bucket has of its own, and keeps; what is not listed is made, or becomes the generator's."""


class AdoptTable(Model):
    """A table that is there already; it keeps its indexes, streams and replicas."""

    name: str = Field(pattern=patterns.TABLE)
    """Name of the table."""


class AdoptDeadLetters(Model):
    """The dead-letter queue of an adopted queue."""

    url: str = Field(pattern=patterns.QUEUE_URL)
    """URL of the queue."""

    attached: Annotated[tuple[DeadLettersPart, ...], OneOrMany()] = ()
    """What it has of its own, and keeps; what is not listed is made, or becomes the generator's."""


class AdoptQueue(Model):
    """A queue that is there already."""

    url: str = Field(pattern=patterns.QUEUE_URL)
    """URL of the queue."""

    attached: Annotated[tuple[QueuePart, ...], OneOrMany()] = ()
    """What it has of its own, and keeps; what is not listed is made, or becomes the generator's."""

    dead_letters: AdoptDeadLetters | None = Field(None)
    """Its dead-letter queue; without it, one is made."""


class AdoptTopic(Model):
    """A topic that is there already; it keeps its subscriptions."""

    arn: str = Field(pattern=patterns.TOPIC)
    """ARN of the topic."""

    attached: Annotated[tuple[TopicPart, ...], OneOrMany()] = ()
    """What it has of its own, and keeps; what is not listed is made, or becomes the generator's."""


class AdoptKey(Model):
    """A KMS key that is there already; its policy stays its owner's."""

    id: str = Field(pattern=patterns.KEY_ID)
    """Id of the key."""

    multi_region: bool = False
    """Whether it is a multi-Region primary key."""

    attached: Annotated[tuple[KeyPart, ...], OneOrMany()] = ()
    """`alias`: it has the alias already that the service's key gets; other aliases stay as they are."""


class AdoptSecret(Model):
    """A secret that is there already; its value and its policy stay as they are."""

    arn: str = Field(pattern=patterns.SECRET_ARN)
    """ARN of the secret."""


class AdoptRepository(Model):
    """An ECR repository that is there already, with its images."""

    name: str = Field(pattern=patterns.REPOSITORY)
    """Name of the repository."""

    encryption: Literal["AES256", "KMS"] = "AES256"
    """How it is encrypted; another value would replace it."""

    kms_key: str | None = Field(None, pattern=patterns.KMS_KEY)
    """ARN of the key that encrypts it; without it, with `encryption: KMS`, AWS's own."""

    attached: Annotated[tuple[RepositoryPart, ...], OneOrMany()] = ()
    """What it has of its own, and keeps; what is not listed is made, or becomes the generator's."""


def queue_name(url: str) -> str:
    """Name of the queue with this URL."""
    return url.rpartition("/")[2]


def last_of(arn: str) -> str:
    """What comes after the last colon of an ARN: the name of a topic, or of a secret with its six random characters."""
    return arn.rpartition(":")[2]


def secret_name(arn: str) -> str:
    """Name of the secret: its ARN ends with a hyphen and six characters that AWS adds."""
    return last_of(arn)[:-7]
