"""`retired:` in services.yaml: what becomes of the stores of services and words that are no longer there."""

from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, Field, GetCoreSchemaHandler, GetJsonSchemaHandler, create_model
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from modules.schema.base import EarlierName, Model, OneOrMany

Way = Literal["keep", "destroy"]
ALL, REPOSITORY = "all", "repository"
# The word that makes a store, by Terraform type; a service's repository comes with the service.
WORDS = {
    "aws_s3_bucket": "s3",
    "aws_dynamodb_table": "dynamodb",
    "aws_sqs_queue": "sqs",
    "aws_sns_topic": "sns",
    "aws_kms_key": "kms",
    "aws_secretsmanager_secret": "secrets",
    "aws_redshiftserverless_namespace": "redshift",
    "aws_glue_catalog_database": "glue",
    "aws_sesv2_email_identity": "ses",
    "aws_ecr_repository": REPOSITORY,
}
# What services share, by its name under `retired:`: its Terraform type, and the key in services.yaml that takes `none`.
SHARED = {
    "aurora": ("aws_rds_cluster", "database"),
    "redis": ("aws_elasticache_replication_group", "cache"),
}
_ABOUT = {
    ALL: "What becomes of the stores of the service that are not named here.",
    REPOSITORY: "What becomes of the service's repository, with its images.",
}


class _OneOfAll:
    """Marks the mapping: `keep` or `destroy` in its place stands for all stores."""

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"anyOf": [{"enum": [*get_args(Way)]}, handler(schema)]}

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return handler(source)


def _for_all(value: Any) -> Any:
    return {ALL: value} if isinstance(value, str) else value


_ways: Any = {
    word: (Way | None, Field(None, description=_ABOUT.get(word, f"What becomes of what `{word}` made.")))
    for word in (*WORDS.values(), ALL)
}


class _Retired(Model):
    renamed_from: Annotated[tuple[EarlierName, ...], OneOrMany()] = ()
    """What `renamed_from` was of a service that is gone: its state has the first of these names."""


RetiredStores = create_model("RetiredStores", __base__=_Retired, **_ways)
Retired = Annotated[RetiredStores, BeforeValidator(_for_all), _OneOfAll()]


def ways(retired: Any) -> dict[str, Way]:
    """What becomes of each word that it names."""
    return {word: one for word in (*WORDS.values(), ALL) if (one := getattr(retired, word))}


def way(retired: Any, word: str | None) -> Way | None:
    """What becomes of what a word made; None where it does not say so."""
    named: Way | None = getattr(retired, word) if word else None
    return named or getattr(retired, ALL)
