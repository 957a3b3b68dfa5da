"""`redis`: the service logs in to Redis as its own user; Redis is in the VPC, so no endpoint is needed."""

from dataclasses import dataclass
from hashlib import sha256
from typing import ClassVar, Literal

from modules.iam.statement import Statement
from modules.naming import LIMITS, Names, shorten
from modules.permissions.kind import Access, GrantContext, PermissionKind, UserOptions
from modules.schema.base import ServiceName

_DIGEST_LENGTH = 6
# What only a service that has the cache alone may do: names of all keys, and emptying it.
_ALONE: dict[Access, str] = {"own": "+keys +flushdb", "read": "+keys", "write": "+keys"}
_RECEIVE = "+subscribe +unsubscribe +psubscribe +punsubscribe +ssubscribe +sunsubscribe"
_MESSAGES: dict[Access, str] = {
    "own": f"{_RECEIVE} +publish +spublish",
    "read": _RECEIVE,
    "write": f"{_RECEIVE} +publish +spublish",
}


class RedisOptions(UserOptions):
    """Options of `redis`."""

    of: ServiceName | None = None
    """Another service whose keys are used, instead of keys of its own."""

    access: Literal["read", "write"] = "read"
    """Access to the other service's keys; `write` includes `read`."""

    prefix: Literal["none"] | None = None
    """`none`: its keys need no prefix, for programs that can't give them one; no other service may then have keys.
    Without it, its keys start with its name and a colon."""

    pubsub: bool = False
    """Whether it also uses channels, whose names start as those of the keys do. With `of` and `access: read` it
    subscribes only."""

    kept: ClassVar = ("pubsub", "login")

    @property
    def notes(self) -> tuple[str, ...]:
        return (*(("all keys",) if self.prefix else ()), *(("channels",) if self.pubsub else ()), *super().notes)


def key_prefix(service: str, options: RedisOptions) -> str:
    """What the keys of a service start with; empty with `prefix: none`."""
    return "" if options.prefix else f"{service}:"


@dataclass(frozen=True)
class CacheUser:
    cache_arn: str
    cache_name: str
    cache_host: str
    cache_port: str
    cache_user_arn: str
    cache_user_name: str
    cache_key_prefix: str


def access_string(prefix: str, access: Access = "own", *, pubsub: bool = False) -> str:
    """Redis' own rule for the user: data commands on keys that start with `prefix`; all keys, where that is empty.

    SCAN, KEYS and RANDOMKEY show names of other services' keys, whatever keys a user may touch
    (https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/); KEYS is among the dangerous ones.
    INFO is too, and many clients ask for it when they connect. CLIENT TRACKING with BCAST tells the names of all keys
    that change, PUBSUB those of all channels, and FUNCTION changes the libraries of others; tests/redis shows what each
    does on a real server.
    """
    data = "+@read" if access == "read" else "+@read +@write"
    allowed = f"{data} +@connection +@transaction +eval +evalsha +script|load"
    names = "" if prefix == "" else " -scan -randomkey -client|tracking"
    more = f" {_ALONE[access]}" if prefix == "" else ""
    channels, messages = (f" &{prefix}*", f" {_MESSAGES[access]}") if pubsub else ("", "")
    return f"on ~{prefix}* resetchannels{channels} -@all {allowed} -@dangerous{names} -function +info{more}{messages}"


def user_name(names: Names, service: str, rule: str) -> str:
    """The service's Redis user with this access string: its id, and with IAM its name too.

    It ends in a digest of the access string: a changed string makes a new user before the old one goes, and pods roll
    in between. A plan can't change a user that exists, because AWS reads the string back in other words.
    """
    digest = sha256(rule.encode()).hexdigest()[:_DIGEST_LENGTH]
    return f"{shorten(names.of(service), LIMITS['redis_user'] - _DIGEST_LENGTH - 1)}-{digest}"


def password_user(names: Names, service: str) -> str:
    """The service's Redis user that logs in with a password; no other one ends so."""
    return names.of(service, "password", kind="redis_user")


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
    RedisOptions,
    (),
    CacheUser,
    grants,
    environment,
    makes="a Redis user of the service's own with IAM login, for keys that start with the service's name and a colon",
)
