"""Services whose programs log in with a password: their users, and what their pods are given.

The job of the release `database-users` sets the passwords and keeps them in a secret for each service
(charts/database-users/files/set-passwords.py), which it alone writes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from modules.design import cache, database
from modules.permissions import rds, redis
from modules.permissions.kind import UserOptions
from modules.permissions.rds import RdsOptions
from modules.permissions.redis import RedisOptions
from modules.spec.model import Service, Spec
from modules.spec.secret import SecretValue

# The label of the version of a secret by which `make rotate` asks for another password; its value is never read.
REQUEST_STAGE = "ROTATE"
# Word under `aws:` -> names in the secret, and of the variables of the pods.
VALUES = {"rds": ("DATABASE_USER", "DATABASE_PASSWORD"), "redis": ("REDIS_USER", "REDIS_PASSWORD")}
# Variables made of the others, which stand before them; a password has no letter that a URL would need escaped.
_URLS = {
    "rds": {
        "DATABASE_URL": "postgresql://$(DATABASE_USER):$(DATABASE_PASSWORD)"
        "@$(DATABASE_HOST):$(DATABASE_PORT)/$(DATABASE_NAME)?sslmode=require"
    },
    "redis": {"REDIS_URL": "rediss://$(REDIS_USER):$(REDIS_PASSWORD)@$(REDIS_HOST):$(REDIS_PORT)"},
}


@dataclass(frozen=True)
class Login:
    """What the job sets for one service; None for what it has no password for."""

    service: str
    database: Mapping[str, Any] | None
    cache: Mapping[str, Any] | None


def words(service: Service) -> list[str]:
    """Words under `aws:` with a password."""
    return [
        word
        for word, options in service.permissions.items()
        if isinstance(options, UserOptions) and options.login == "password"
    ]


def users(spec: Spec) -> list[str]:
    """Services with a password."""
    return sorted(name for name, service in spec.services.items() if words(service))


def logins(spec: Spec) -> Iterator[Login]:
    """What the job sets."""
    for name in users(spec):
        service = spec.services[name]
        yield Login(name, _database(spec, name, service), _cache(spec, name, service))


def secret_values(service: Service) -> list[str]:
    """Variables whose values come from the service's secret."""
    return [name for word in words(service) for name in VALUES[word]]


def with_secrets(spec: Spec) -> Spec:
    """The same system, for constructs: users and passwords are among the secret values of their services."""
    return spec.model_copy(
        update={"services": {name: _with_secrets(spec, name, service) for name, service in spec.services.items()}}
    )


def _with_secrets(spec: Spec, name: str, service: Service) -> Service:
    secret = spec.names.login_secret(name)
    values = {key: SecretValue.model_validate({"from": secret, "key": key}) for key in secret_values(service)}
    return service.model_copy(update={"secrets": service.secrets | values}) if values else service


def environment(service: Service, given: Mapping[str, str]) -> dict[str, str]:
    """The variables of permissions, but those that come from the secret, and with the addresses made of them."""
    secret = secret_values(service)
    return {name: value for name, value in given.items() if name not in secret} | urls(service)


def urls(service: Service) -> dict[str, str]:
    """Variables with the addresses that hold a password, which only containers with the secret can have."""
    return {name: text for word in words(service) for name, text in _URLS[word].items()}


def variables(service: Service) -> dict[str, str]:
    """Every variable that a login with a password adds, with the word under `aws:`."""
    return {name: word for word in words(service) for name in (*VALUES[word], *_URLS[word])}


def word_of(variable: str) -> str | None:
    """The word under `aws:` that gives a variable once its login is a password."""
    return next((word for word in VALUES if variable in (*VALUES[word], *_URLS[word])), None)


def _database(spec: Spec, name: str, service: Service) -> Mapping[str, Any] | None:
    options = service.permissions.get("rds")
    if "rds" not in words(service) or not isinstance(options, RdsOptions) or spec.database is None:
        return None
    schema = rds.schema(spec.names, options.of or name)
    return {
        "users": list(rds.logins(rds.user_name(spec.names, name, options))),
        "role": f"{schema}__{options.access if options.of else 'owner'}",
        "schema": schema,
        "connections": database.connections(spec.database, options),
    }


def _cache(spec: Spec, name: str, service: Service) -> Mapping[str, Any] | None:
    options = service.permissions.get("redis")
    if "redis" not in words(service) or not isinstance(options, RedisOptions):
        return None
    return {"user": redis.password_user(spec.names, name), "access": cache.access_string(spec, name, options)}
