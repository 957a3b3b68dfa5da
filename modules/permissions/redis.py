"""`redis`: the service logs in to Redis as its own user; Redis is in the VPC, so no endpoint is needed."""

from dataclasses import dataclass

from modules.iam.statement import Statement
from modules.permissions.kind import GrantContext, Options, PermissionKind


@dataclass(frozen=True)
class CacheUser:
    cache_arn: str
    cache_name: str
    cache_host: str
    cache_port: str
    cache_user_arn: str
    cache_user_name: str
    cache_key_prefix: str


def key_prefix(service: str) -> str:
    """What the keys of a service start with."""
    return f"{service}:"


def access_string(service: str) -> str:
    """Redis' own rule for the user: data commands on the service's keys.

    SCAN, KEYS and RANDOMKEY show names of other services' keys, whatever keys a user may touch
    (https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/); KEYS is among the dangerous ones.
    INFO is too, and many clients ask for it when they connect.
    """
    allowed = "+@read +@write +@connection +@transaction +eval +evalsha +script|load"
    return f"on ~{key_prefix(service)}* resetchannels -@all {allowed} -@dangerous -scan -randomkey +info"


def grants(user: CacheUser, _: GrantContext) -> tuple[Statement, ...]:
    """A login as this user."""
    # https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth-iam.html: both ARNs.
    return (Statement("Cache", ("elasticache:Connect",), (user.cache_arn, user.cache_user_arn)),)


def environment(user: CacheUser) -> dict[str, str]:
    """Where Redis is; IAM tokens are signed for the name of the replication group, not for its host."""
    return {
        "REDIS_HOST": user.cache_host,
        "REDIS_PORT": user.cache_port,
        "REDIS_REPLICATION_GROUP": user.cache_name,
        "REDIS_USER": user.cache_user_name,
        "REDIS_KEY_PREFIX": user.cache_key_prefix,
    }


KIND = PermissionKind(
    "redis",
    "ElastiCache Redis",
    Options,
    (),
    CacheUser,
    grants,
    environment,
    makes="a Redis user of the service's own with IAM login, for keys that start with the service's name and a colon",
)
