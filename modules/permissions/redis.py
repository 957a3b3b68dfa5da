"""`redis`: the service logs in to Redis as its own user; Redis is in the VPC, so no endpoint is needed."""

from dataclasses import dataclass
from hashlib import sha256

from modules.iam.statement import Statement
from modules.naming import LIMITS, Names, shorten
from modules.permissions.kind import GrantContext, Options, PermissionKind

_DIGEST_LENGTH = 6


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
    INFO is too, and many clients ask for it when they connect. CLIENT TRACKING with BCAST tells the names of all keys
    that change, and FUNCTION changes the libraries of others; tests/redis shows what each does on a real server.
    """
    allowed = "+@read +@write +@connection +@transaction +eval +evalsha +script|load"
    denied = "-@dangerous -scan -randomkey -client|tracking -function"
    return f"on ~{key_prefix(service)}* resetchannels -@all {allowed} {denied} +info"


def user_name(names: Names, service: str) -> str:
    """The service's Redis user: its id, and with IAM its name too.

    It ends in a digest of the access string: a changed string makes a new user before the old one goes, and pods roll
    in between. A plan can't change a user that exists, because AWS reads the string back in other words.
    """
    digest = sha256(access_string(service).encode()).hexdigest()[:_DIGEST_LENGTH]
    return f"{shorten(names.of(service), LIMITS['redis_user'] - _DIGEST_LENGTH - 1)}-{digest}"


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
