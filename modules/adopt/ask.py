"""What AWS says of a resource, as the options under its word: what would replace it, and what is attached to it."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from modules.adopt.arn import REPOSITORY, Arn
from modules.doctor.account import Account, AwsAnswered
from modules.errors import CommandError
from modules.spec.model import Spec

Options = dict[str, Any]


@dataclass
class Found:
    """What services.yaml is to say of it, and what its owner should know."""

    options: Options
    notes: list[str] = field(default_factory=list)


class Question(NamedTuple):
    """About which resource, for which service of a system, and whom to ask."""

    arn: Arn
    spec: Spec
    service: str
    account: Account

    def refused(self, what: str, step: str) -> CommandError:
        """That it can't be adopted."""
        return CommandError(f"FROM={self.arn.text}", what, step)


def ask(question: Question) -> Found:
    """Raises CommandError where it is not there or can't be adopted, NotChecked where AWS does not say."""
    try:
        return _KINDS[question.arn.word](question)
    except AwsAnswered as answered:
        if answered.code not in _MISSING:
            raise
        raise question.refused("AWS has no such resource.", "Correct the ARN.") from None


_MISSING = (
    "NoSuchBucket",
    "404",
    "ResourceNotFoundException",
    "AWS.SimpleQueueService.NonExistentQueue",
    "QueueDoesNotExist",
    "NotFound",
    "NotFoundException",
    "RepositoryNotFoundException",
)


def _has(account: Account, service: str, operation: str, lacks: tuple[str, ...], **parameters: Any) -> Options | None:
    """The answer; None where AWS says that there is none."""
    try:
        return account.ask(service, operation, **parameters)
    except AwsAnswered as answered:
        if answered.code in lacks:
            return None
        raise


# https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html
_OLD_PLACES = {"": "us-east-1", "EU": "eu-west-1"}


def _bucket(question: Question) -> Found:
    answer = question.account.ask("s3", "get_bucket_location", Bucket=question.arn.name)
    place = _OLD_PLACES.get(answer.get("LocationConstraint") or "", answer.get("LocationConstraint"))
    if place != question.spec.region:
        raise question.refused(
            f"It is in {place}, and the system in {question.spec.region}.", f"Adopt what is in {question.spec.region}."
        )
    # https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html: what each answers where there is none.
    asked: dict[str, tuple[str, str]] = {
        "encryption": ("get_bucket_encryption", "ServerSideEncryptionConfigurationNotFoundError"),
        "lifecycle": ("get_bucket_lifecycle_configuration", "NoSuchLifecycleConfiguration"),
        "ownership": ("get_bucket_ownership_controls", "OwnershipControlsNotFoundError"),
        "policy": ("get_bucket_policy", "NoSuchBucketPolicy"),
        "public_access": ("get_public_access_block", "NoSuchPublicAccessBlockConfiguration"),
    }
    answers = {
        part: _has(question.account, "s3", operation, (lacks,), Bucket=question.arn.name)
        for part, (operation, lacks) in asked.items()
    }
    versioning = question.account.ask("s3", "get_bucket_versioning", Bucket=question.arn.name)
    answers["versioning"] = versioning if "Status" in versioning else None
    logging = question.account.ask("s3", "get_bucket_logging", Bucket=question.arn.name)
    answers["logging"] = logging if "LoggingEnabled" in logging else None
    attached = [part for part, answer in answers.items() if answer is not None]
    found = Found({"adopt": _with({"name": question.arn.name}, attached=sorted(attached))})
    if (encryption := answers["encryption"]) is not None:
        rule = encryption["ServerSideEncryptionConfiguration"]["Rules"][0]
        key = rule.get("ApplyServerSideEncryptionByDefault", {}).get("KMSMasterKeyID")
        if key:
            found.notes.append(_key_note("New objects are", key, question.service))
    return found


def _table(question: Question) -> Found:
    table = question.account.ask("dynamodb", "describe_table", TableName=question.arn.name)["Table"]
    types = {one["AttributeName"]: one["AttributeType"] for one in table["AttributeDefinitions"]}
    keys = {one["KeyType"]: one["AttributeName"] for one in table["KeySchema"]}
    options: Options = {"adopt": {"name": question.arn.name}}
    for role, key in (("HASH", "partition_key"), ("RANGE", "sort_key")):
        if role in keys:
            options[key] = {"name": keys[role], "type": types[keys[role]]}
    ttl = question.account.ask("dynamodb", "describe_time_to_live", TableName=question.arn.name)[
        "TimeToLiveDescription"
    ]
    if ttl.get("TimeToLiveStatus") in ("ENABLED", "ENABLING"):
        options["ttl"] = ttl["AttributeName"]
    found = Found(options)
    if table.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED") == "PROVISIONED":
        found.notes.append(
            "It is billed by provisioned capacity; it will be billed on demand, without an interruption."
        )
    return found


def _queue(question: Question) -> Found:
    if question.arn.name.endswith(".fifo"):
        raise question.refused("It is a FIFO queue, and services have standard queues.", "Leave it where it is.")
    url, attributes = _attributes(question.account, question.arn.name)
    options: Options = {"visibility_timeout": int(attributes["VisibilityTimeout"])}
    adopt = _with({"url": url}, attached=["policy"] if attributes.get("Policy") else [])
    if "RedrivePolicy" in attributes:
        redrive = json.loads(attributes["RedrivePolicy"])
        options["max_receives"] = int(redrive["maxReceiveCount"])
        dead_url, dead = _attributes(question.account, redrive["deadLetterTargetArn"].rpartition(":")[2])
        parts = [
            part for part, name in (("policy", "Policy"), ("redrive_allow", "RedriveAllowPolicy")) if dead.get(name)
        ]
        adopt["dead_letters"] = _with({"url": dead_url}, attached=parts)
    return Found({**options, "adopt": adopt})


def _attributes(account: Account, name: str) -> tuple[str, dict[str, str]]:
    url = account.ask("sqs", "get_queue_url", QueueName=name)["QueueUrl"]
    return url, account.ask("sqs", "get_queue_attributes", QueueUrl=url, AttributeNames=["All"])["Attributes"]


def _topic(question: Question) -> Found:
    attributes = question.account.ask("sns", "get_topic_attributes", TopicArn=question.arn.text)["Attributes"]
    if attributes.get("FifoTopic") == "true":
        raise question.refused("It is a FIFO topic, and services have standard topics.", "Leave it where it is.")
    return Found({"adopt": _with({"arn": question.arn.text}, attached=["policy"] if attributes.get("Policy") else [])})


def _key(question: Question) -> Found:
    key = question.account.ask("kms", "describe_key", KeyId=question.arn.text)["KeyMetadata"]
    for attribute, wanted, says in (
        ("KeyManager", "CUSTOMER", "AWS manages it"),
        ("KeyUsage", "ENCRYPT_DECRYPT", "it does not encrypt"),
        ("KeySpec", "SYMMETRIC_DEFAULT", "it is not symmetric"),
        ("Origin", "AWS_KMS", "its material is not of AWS"),
        ("KeyState", "Enabled", "it is not enabled"),
    ):
        if key.get(attribute, wanted) != wanted:
            raise question.refused(f"It can't be a service's key: {says}.", "Adopt another key, or let one be made.")
    aliases = question.account.pages("kms", "list_aliases", "Aliases", KeyId=question.arn.name)
    is_named = question.spec.names.alias(question.service) in {one["AliasName"] for one in aliases}
    adopt: Options = {"id": question.arn.name}
    if key.get("MultiRegion"):
        adopt["multi_region"] = True
    return Found({"adopt": _with(adopt, attached=["alias"] if is_named else [])})


def _secret(question: Question) -> Found:
    secret = question.account.ask("secretsmanager", "describe_secret", SecretId=question.arn.text)
    if secret.get("DeletedDate"):
        restore = f"aws secretsmanager restore-secret --region {question.spec.region} --secret-id {secret['ARN']}"
        raise question.refused("It is scheduled for deletion.", f"Restore it first: {restore}.")
    return Found({"adopt": {"arn": secret["ARN"]}})


def _repository(question: Question) -> Found:
    answer = question.account.ask("ecr", "describe_repositories", repositoryNames=[question.arn.name])["repositories"][
        0
    ]
    encryption = answer.get("encryptionConfiguration", {})
    adopt: Options = {"name": question.arn.name, "encryption": encryption.get("encryptionType", "AES256")}
    if encryption.get("kmsKey"):
        adopt["kms_key"] = encryption["kmsKey"]
    lacks = ("LifecyclePolicyNotFoundException",)
    lifecycle = _has(question.account, "ecr", "get_lifecycle_policy", lacks, repositoryName=question.arn.name)
    return Found({"adopt": _with(adopt, attached=["lifecycle"] if lifecycle else [])})


def _with(adopt: Options, attached: list[str]) -> Options:
    return {**adopt, "attached": attached} if attached else adopt


def _key_note(what: str, key: str, service: str) -> str:
    return f"{what} encrypted with {key}: {service} needs a statement under `statements:` to use that key."


_KINDS: dict[str, Callable[[Question], Found]] = {
    "s3": _bucket,
    "dynamodb": _table,
    "sqs": _queue,
    "sns": _topic,
    "kms": _key,
    "secrets": _secret,
    REPOSITORY: _repository,
}
