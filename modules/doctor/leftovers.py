"""What carries the system's tags in AWS and is in no Terraform state: killed applies leave it behind.

The Resource Groups Tagging API lists what has tags, but for IAM roles, which are asked for by name:
https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/supported-services.html, read 2026-11-26.
"""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from modules.doctor.subject import Declared, Subject

_OWN, _APART = "Project", "Environment"
# Service and start of an ARN's resource -> type, the argument that has its name, whether it is imported by its ARN.
_TYPES: tuple[tuple[str, str, str, str, bool], ...] = (
    ("s3", "", "aws_s3_bucket", "bucket", False),
    ("dynamodb", "table/", "aws_dynamodb_table", "name", False),
    ("sqs", "", "aws_sqs_queue", "name", False),
    ("sns", "", "aws_sns_topic", "name", True),
    ("secretsmanager", "secret:", "aws_secretsmanager_secret", "name", True),
    ("ecr", "repository/", "aws_ecr_repository", "name", False),
    ("logs", "log-group:", "aws_cloudwatch_log_group", "name", False),
    ("iam", "role/", "aws_iam_role", "name", False),
    ("eks", "cluster/", "aws_eks_cluster", "name", False),
    ("rds", "cluster:", "aws_rds_cluster", "cluster_identifier", False),
    ("rds", "db:", "aws_rds_cluster_instance", "identifier", False),
    ("rds", "subgrp:", "aws_db_subnet_group", "name", False),
    ("rds", "cluster-pg:", "aws_rds_cluster_parameter_group", "name", False),
    ("elasticache", "replicationgroup:", "aws_elasticache_replication_group", "replication_group_id", False),
    ("elasticache", "subnetgroup:", "aws_elasticache_subnet_group", "name", False),
    ("elasticache", "usergroup:", "aws_elasticache_user_group", "user_group_id", False),
    ("elasticache", "user:", "aws_elasticache_user", "user_id", False),
    ("cloudwatch", "alarm:", "aws_cloudwatch_metric_alarm", "alarm_name", False),
    ("elasticloadbalancing", "loadbalancer/app/", "aws_lb", "name", True),
    ("elasticloadbalancing", "targetgroup/", "aws_lb_target_group", "name", True),
    ("glue", "database/", "aws_glue_catalog_database", "name", False),
    ("athena", "workgroup/", "aws_athena_workgroup", "name", False),
    ("kms", "key/", "aws_kms_key", "description", False),
    ("ec2", "vpc/", "aws_vpc", "tags", False),
    ("ec2", "subnet/", "aws_subnet", "tags", False),
    ("ec2", "internet-gateway/", "aws_internet_gateway", "tags", False),
    ("ec2", "natgateway/", "aws_nat_gateway", "tags", False),
    ("ec2", "route-table/", "aws_route_table", "tags", False),
    ("ec2", "security-group/", "aws_security_group", "tags", False),
    ("ec2", "elastic-ip/", "aws_eip", "tags", False),
    ("ec2", "vpc-endpoint/", "aws_vpc_endpoint", "tags", False),
)


@dataclass(frozen=True)
class Leftover:
    """Something that no state holds; `import_block` is None where generated/ has nothing that it could be."""

    arn: str
    stack: str
    resource: Declared | None
    identifier: str

    @property
    def import_block(self) -> str | None:
        """As Terraform reads it; None where nothing in generated/ has its name."""
        if self.resource is None:
            return None
        return f'import {{\n  to = {self.resource.address}\n  id = "{self.identifier}"\n}}'

    @property
    def command(self) -> str | None:
        """That takes it over at once."""
        if self.resource is None:
            return None
        folder = f"generated/stacks/{self.resource.stack}"
        return f"terraform -chdir={folder} import {self.resource.address} {shlex.quote(self.identifier)}"


def find(subject: Subject) -> list[Leftover]:
    """Sorted by stack. Raises NotChecked where AWS does not say, or a state can't be read."""
    held = subject.identifiers()
    found = {arn: tags for arn, tags in _tagged(subject) if not _is_held(arn, held)}
    return sorted((_leftover(subject, arn, tags) for arn, tags in found.items()), key=lambda one: (one.stack, one.arn))


def _is_held(arn: str, held: set[tuple[str, str]]) -> bool:
    """By the type that it would have: a policy of a topic has the topic's ARN. EC2's ids are unique among all types."""
    _, _, service, _, _, resource = arn.split(":", 5)
    if service == "ec2":
        return resource.rpartition("/")[2] in {name for _, name in held}
    kinds = {kind for of, start, kind, _, _ in _TYPES if service == of and resource.startswith(start)}
    return any(name == arn.removesuffix(":*") and (kind in kinds or not kinds) for kind, name in held)


def _tagged(subject: Subject) -> Iterator[tuple[str, dict[str, str]]]:
    names = subject.spec.names
    tags = {_OWN: subject.spec.project, _APART: names.environment_tag}
    filters = [{"Key": key, "Values": [value]} for key, value in tags.items()]
    listed = subject.account.pages(
        "resourcegroupstaggingapi", "get_resources", "ResourceTagMappingList", TagFilters=filters
    )
    for one in listed:
        yield one["ResourceARN"], {tag["Key"]: tag["Value"] for tag in one.get("Tags", ())}
    for role in subject.account.pages("iam", "list_roles", "Roles"):
        if not role["RoleName"].startswith(names.prefix):
            continue
        asked = subject.account.ask("iam", "list_role_tags", RoleName=role["RoleName"])["Tags"]
        of_role = {tag["Key"]: tag["Value"] for tag in asked}
        if tags.items() <= of_role.items():
            yield role["Arn"], of_role


def _leftover(subject: Subject, arn: str, tags: dict[str, str]) -> Leftover:
    stack = tags.get("Stack", "")
    _, _, service, _, _, resource = arn.split(":", 5)
    for of, start, kind, argument, by_arn in _TYPES:
        if service == of and resource.startswith(start):
            name = _name(subject, kind, resource.removeprefix(start), tags, arn)
            declared = [one for one in subject.declared(kind) if one.stack == stack]
            matching = [one for one in declared if _value(subject, one, argument) == name]
            # Two of one name are for a person to tell apart.
            found = matching[0] if len(matching) == 1 else None
            return Leftover(arn, stack, found, arn if by_arn else _identifier(subject, kind, resource, start))
    return Leftover(arn, stack, None, arn)


def _name(subject: Subject, kind: str, name: str, tags: dict[str, str], arn: str) -> str | None:
    """What the argument of generated/ would say of it."""
    match kind:
        case "aws_lb" | "aws_lb_target_group":
            return name.split("/", maxsplit=1)[0]
        case "aws_secretsmanager_secret":
            return name[:-7]
        case "aws_iam_role":
            return name.rpartition("/")[2]
        case "aws_cloudwatch_log_group":
            return name.removesuffix(":*")
        case "aws_kms_key":
            return str(subject.account.ask("kms", "describe_key", KeyId=arn)["KeyMetadata"].get("Description", ""))
        case _ if arn.split(":")[2] == "ec2":
            return tags.get("Name")
    return name


def _value(subject: Subject, declared: Declared, argument: str) -> str | None:
    value: Any = declared.arguments.get(argument)
    if argument == "tags":
        value = (value or {}).get("Name")
    return None if value is None else subject.literal(str(value))


def _identifier(subject: Subject, kind: str, resource: str, start: str) -> str:
    """What the provider's documentation imports it by."""
    name = resource.removeprefix(start)
    match kind:
        case "aws_sqs_queue":
            return str(subject.account.ask("sqs", "get_queue_url", QueueName=name)["QueueUrl"])
        case "aws_iam_role":
            return name.rpartition("/")[2]
        case "aws_cloudwatch_log_group":
            return name.removesuffix(":*")
        case "aws_glue_catalog_database":
            return f"{subject.account.id}:{name}"
    return name
