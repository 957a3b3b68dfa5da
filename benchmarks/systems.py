"""The systems that are measured; each is the text of a services.yaml, in which `pods` is what an edit changes."""

from collections.abc import Callable

from modules.paths import ROOT

System = Callable[[int], str]
_WORDS = ("[s3, rds, secrets, redis]", "[sqs, sns, dynamodb]", "[secrets, kms, cloudwatch]", "[athena]")
_MOST_REDIS = 396  # the services after so many use none: 100 users are the most


def services(count: int) -> System:
    """So many services, the first of which is edited."""

    def text(pods: int) -> str:
        words = [_WORDS[number % len(_WORDS)] for number in range(count)]
        words[_MOST_REDIS:] = [one.replace(", redis", "") for one in words[_MOST_REDIS:]]
        rows = (
            f"  service-{number:03}: {{aws: {one}, pods: {2 if number else pods}}}\n"
            for number, one in enumerate(words)
        )
        return f"project: shop\nregion: eu-west-1\nservices:\n{''.join(rows)}"

    return text


def small(pods: int) -> str:
    """One service in a VPC that exists: about as few resources as a system can have."""
    return f"""\
project: shop
region: eu-west-1
zones: [a, b]
load_balancer: none
database: none
cache: none
network:
  vpc_id: vpc-0123456789abcdef0
  public_subnet_ids: [subnet-0123456789abcdef0, subnet-0123456789abcdef1]
  private_subnet_ids: [subnet-0123456789abcdef2, subnet-0123456789abcdef3]
  endpoints: [s3]
services:
  web: {{pods: {pods}}}
"""


def shipped(pods: int) -> str:
    """The system with which the repository is shipped."""
    text = (ROOT / "tests" / "systems" / "architecture" / "services.yaml").read_text(encoding="utf-8")
    before, found, after = text.partition("    pods: 3 ")
    assert found
    return f"{before}    pods: {pods} {after}"
