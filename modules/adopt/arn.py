"""What `make adopt FROM=` names: an ARN says the kind of a resource and where it is."""

from typing import NamedTuple

from modules.errors import CommandError
from modules.spec.model import Spec

REPOSITORY = "repository"
# Service of an ARN, and how its resource starts -> word under `aws:`, or a key of the service:
# https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html.
KINDS = {
    ("s3", ""): "s3",
    ("dynamodb", "table/"): "dynamodb",
    ("sqs", ""): "sqs",
    ("sns", ""): "sns",
    ("kms", "key/"): "kms",
    ("secretsmanager", "secret:"): "secrets",
    ("ecr", "repository/"): REPOSITORY,
}
_EXAMPLE = "arn:aws:dynamodb:eu-west-1:111122223333:table/orders"


class Arn(NamedTuple):
    """An ARN of a kind that can be adopted; `name` is its resource without the kind."""

    text: str
    word: str
    region: str
    account: str
    name: str


def parse(text: str) -> Arn:
    """Raises CommandError where it is no ARN, or one of another kind."""
    where, parts = f"FROM={text}", text.split(":", 5)
    if len(parts) != 6 or parts[0] != "arn" or not parts[5]:
        raise CommandError(where, "This is not an ARN.", f"Name the resource by its ARN, such as {_EXAMPLE}.")
    _, _, service, region, account, resource = parts
    for (of, start), word in KINDS.items():
        if service == of and resource.startswith(start):
            return Arn(text, word, region, account, resource.removeprefix(start))
    known = ", ".join(dict.fromkeys(KINDS.values()))
    raise CommandError(where, f"No service can adopt this. What can be adopted: {known}.", "Leave it where it is.")


def require_here(arn: Arn, spec: Spec, account: str) -> None:
    """Raises CommandError where the system could not reach it; a bucket's ARN says neither region nor account."""
    if arn.region and arn.region != spec.region:
        what = f"It is in {arn.region}, and the system in {spec.region}."
        raise CommandError(f"FROM={arn.text}", what, f"Adopt what is in {spec.region}.")
    if arn.account and arn.account != account:
        what = f"It belongs to account {arn.account}, and you are logged in to {account}."
        raise CommandError(f"FROM={arn.text}", what, "Set AWS_PROFILE to a profile of that account.")
