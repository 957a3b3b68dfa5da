"""What a services.yaml declares of AWS, read as plainly as a person would, without the code that writes policies.

The words are those of docs/reference/permissions.md; a thing of a service is named as a person would name it.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

Service = Mapping[str, Any]
# Word -> access -> thing -> actions. "by sqs" is the use of a key by that AWS service for the caller, in no other way.
_KEY_USE = "kms:Decrypt kms:GenerateDataKey"
_ITEMS = (
    "dynamodb:GetItem dynamodb:BatchGetItem dynamodb:Query dynamodb:Scan dynamodb:ConditionCheckItem"
    " dynamodb:DescribeTable"
)
_MESSAGES = "sqs:ReceiveMessage sqs:DeleteMessage sqs:ChangeMessageVisibility"
_TABLES = (
    "glue:GetDatabase glue:GetTable glue:GetTables glue:CreateTable glue:UpdateTable glue:DeleteTable"
    " glue:GetPartition glue:GetPartitions glue:BatchGetPartition glue:CreatePartition glue:BatchCreatePartition"
    " glue:UpdatePartition glue:DeletePartition glue:BatchDeletePartition"
)
_STATEMENTS = "redshift-data:DescribeStatement redshift-data:GetStatementResult redshift-data:CancelStatement"
WORDS: tuple[tuple[str, str, str, str], ...] = (
    ("s3", "own read write", "bucket", "s3:ListBucket s3:GetBucketLocation"),
    ("s3", "own read write", "objects", "s3:GetObject"),
    ("s3", "own write", "objects", "s3:PutObject s3:DeleteObject s3:AbortMultipartUpload"),
    ("s3", "own read write", "stores key by s3", "kms:Decrypt"),
    ("s3", "own write", "stores key by s3", "kms:GenerateDataKey"),
    ("sqs", "own read write", "queue", "sqs:GetQueueUrl sqs:GetQueueAttributes"),
    ("sqs", "own read", "queue", _MESSAGES),
    ("sqs", "own write", "queue", "sqs:SendMessage"),
    ("sqs", "own read write", "stores key by sqs", "kms:Decrypt"),
    ("sqs", "own write", "stores key by sqs", "kms:GenerateDataKey"),
    ("sns", "own write", "topic", "sns:Publish"),
    ("sns", "own write", "stores key by sns", _KEY_USE),
    ("dynamodb", "own read write", "table", _ITEMS),
    ("dynamodb", "own write", "table", "dynamodb:PutItem dynamodb:UpdateItem dynamodb:DeleteItem"),
    ("dynamodb", "own write", "table", "dynamodb:BatchWriteItem"),
    ("dynamodb", "own read write", "stores key by dynamodb", "kms:Decrypt kms:DescribeKey"),
    ("secrets", "own read", "secret", "secretsmanager:GetSecretValue secretsmanager:DescribeSecret"),
    ("secrets", "own read", "stores key by secretsmanager", "kms:Decrypt"),
    ("kms", "own read write", "key in any way", "kms:Decrypt kms:DescribeKey"),
    ("kms", "own write", "key in any way", "kms:Encrypt kms:GenerateDataKey"),
    ("cloudwatch", "own", "metrics", "cloudwatch:PutMetricData"),
    ("cloudwatch", "own", "log streams", "logs:CreateLogStream logs:DescribeLogStreams logs:PutLogEvents"),
    ("ses", "own", "mail", "ses:SendEmail ses:SendRawEmail"),
    ("athena", "own", "workgroup", "athena:GetWorkGroup athena:StartQueryExecution athena:StopQueryExecution"),
    ("athena", "own", "workgroup", "athena:GetQueryExecution athena:GetQueryResults"),
    ("athena", "own", "results bucket", "s3:GetBucketLocation s3:ListBucket s3:ListBucketMultipartUploads"),
    ("athena", "own", "results objects", "s3:GetObject s3:PutObject s3:AbortMultipartUpload"),
    ("athena", "own", "results objects", "s3:ListMultipartUploadParts"),
    ("athena", "own", "stores key by s3", _KEY_USE),
    ("athena", "own", "any catalog", "glue:GetDatabase glue:CreateDatabase"),
    ("athena", "own", "any default database", "glue:GetDatabase glue:CreateDatabase"),
    ("glue", "own", "any catalog", _TABLES),
    ("glue", "own", "catalog database", _TABLES),
    ("glue", "own", "catalog tables", _TABLES),
    ("redshift", "own", "warehouse", "redshift-data:ExecuteStatement redshift-data:BatchExecuteStatement"),
    ("redshift", "own", "warehouse", "redshift-serverless:GetCredentials"),
    ("redshift", "own", "any SQL that the caller started", _STATEMENTS),
)
# With `of:` a user of a shared store is the service's own all the same.
USERS = (
    ("rds", "database user", "rds-db:connect"),
    ("redis", "cache user", "elasticache:Connect"),
    ("redis", "any cache", "elasticache:Connect"),
)


class Declared(NamedTuple):
    """That a role may do something: `thing` is the owner's, or anybody's where it begins with "any"."""

    role: str
    owner: str
    thing: str
    action: str


def all_of(system: Mapping[str, Any]) -> Iterator[Declared]:
    """Everything but what `statements:` and `registry:` say."""
    for part in (by_words, by_secrets, by_platform, by_deliveries):
        yield from part(system)


def words(service: Service | None) -> dict[str, Any]:
    """Words under `aws:`, with their options."""
    aws = (service or {}).get("aws") or []
    found = {word: {} for word in aws} if isinstance(aws, list) else {word: given or {} for word, given in aws.items()}
    values = ((service or {}).get("secrets") or {}).values()
    return found | ({"secrets": {}} if "secrets" not in found and any(map(_is_own, values)) else {})


def _is_own(value: Any) -> bool:
    return value == "own" or (isinstance(value, dict) and not {"of", "from"} & value.keys())


def by_words(system: Mapping[str, Any]) -> Iterator[Declared]:
    """What the words of all services declare of their roles."""
    for name, service in system["services"].items():
        for word, given in words(service).items():
            owner = given.get("of", name)
            access = "own" if owner == name else given.get("access", "write" if word == "sns" else "read")
            for one, levels, thing, actions in WORDS:
                if one == word and access in levels.split():
                    yield from _each(name, owner, thing, actions)
            for one, thing, actions in USERS:
                if one == word:
                    yield from _each(name, name, thing, actions)


def by_secrets(system: Mapping[str, Any]) -> Iterator[Declared]:
    """What `secrets:` and logins by password declare of the roles of services."""
    for name, service in system["services"].items():
        for source in elsewhere(name, service):
            yield Declared(name, source, "secret elsewhere", "secretsmanager:GetSecretValue")
            yield Declared(name, "", f"any key for {source}", "kms:Decrypt")
        for value in ((service or {}).get("secrets") or {}).values():
            if isinstance(value, dict) and "of" in value:
                yield Declared(name, value["of"], "secret", "secretsmanager:GetSecretValue")
                yield Declared(name, value["of"], "stores key by secretsmanager", "kms:Decrypt")


def elsewhere(name: str, service: Service | None) -> set[str]:
    """Names and ARNs of the secrets that are not a service's own; its logins are one that the platform writes."""
    values = ((service or {}).get("secrets") or {}).values()
    named = {value if isinstance(value, str) else value.get("from") for value in values} - {None, "own"}
    return named | ({logins(name)} if has_password(service) else set())


def logins(name: str) -> str:
    return f"logins of {name}"


def has_password(service: Service | None) -> bool:
    return any(given.get("login") == "password" for word, given in words(service).items() if word in ("rds", "redis"))


def by_platform(system: Mapping[str, Any]) -> Iterator[Declared]:
    """What roles of the platform do with things of services: the log router, KEDA, the job that sets passwords."""
    network = system.get("network") or {}
    if system["services"] and network.get("flow_logs", True) and "vpc_id" not in network:
        yield Declared("flow_logs", "", "any of logs", "logs:DescribeLogGroups")
    for name, service in system["services"].items():
        yield from _each("pod_execution", name, "log streams", "logs:CreateLogStream logs:DescribeLogStreams")
        yield Declared("pod_execution", name, "log streams", "logs:PutLogEvents")
        if "queue" in ((service or {}).get("scale") or {}):
            owner = words(service)["sqs"].get("of", name)
            yield Declared("keda", owner, "queue", "sqs:GetQueueAttributes")
        if "requests" in ((service or {}).get("scale") or {}):
            yield Declared("keda", "", "any of cloudwatch", "cloudwatch:GetMetricData")


def by_deliveries(system: Mapping[str, Any]) -> Iterator[Declared]:
    """Which AWS services bring messages: topics by `subscribe:`, and new objects of buckets by `from:`."""
    for name, service in system["services"].items():
        given = words(service).get("sqs", {})
        for topic in as_list(given.get("subscribe")):
            yield Declared(f"topic of {topic}", name, "queue", "sqs:SendMessage")
            yield from _each(f"topic of {topic}", name, "stores key in any way", _KEY_USE)
        for bucket in {one["s3"] for one in as_list(given.get("from"))}:
            yield Declared(f"rule of {name} for {bucket}", name, "queue", "sqs:SendMessage")
    for name, service in system["services"].items():
        if words(service).get("sqs", {}).get("from"):
            # EventBridge names the account alone when it uses a key.
            for other, events in system["services"].items():
                for bucket in {one["s3"] for one in as_list(words(events).get("sqs", {}).get("from"))}:
                    yield from _each(f"rule of {other} for {bucket}", name, "stores key in any way", _KEY_USE)


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _each(role: str, owner: str, thing: str, actions: str) -> Iterator[Declared]:
    yield from (Declared(role, owner, thing, action) for action in actions.split())
