"""Which keys of Redis a service uses: its own, or those of the service that it names."""

from modules.permissions import redis
from modules.permissions.kind import Options
from modules.permissions.redis import RedisOptions
from modules.spec.model import Spec


def key_prefix(spec: Spec, service: str, options: Options) -> str:
    """What the keys start with; empty where their owner has the cache alone."""
    owner = options.owner or service
    owners = spec.services[owner].permissions.get("redis")
    name = spec.names.first(owner)
    return redis.key_prefix(name, owners if isinstance(owners, RedisOptions) else RedisOptions())


def access_string(spec: Spec, service: str, options: Options) -> str:
    """The rule of the service's user."""
    assert isinstance(options, RedisOptions)
    return redis.access_string(key_prefix(spec, service, options), options.access_level, pubsub=options.pubsub)
