"""Users of Redis."""

from collections.abc import Iterator

from modules.facts import redis
from modules.spec.model import Spec
from modules.spec.problem import Problem

_DEFAULT = 1  # the user that each group has to have


def users_fit_one_group(spec: Spec) -> Iterator[Problem]:
    """Each service that uses Redis is a user, and all of them are in the one group that Redis takes."""
    services = [name for name, service in spec.services.items() if "redis" in service.permissions]
    if (users := len(services) + _DEFAULT) > redis.USERS:
        what = (
            f"{len(services)} services use Redis: with the user `default` that makes {users} users, and the one user "
            f"group that Redis takes has at most {redis.USERS} (quota {redis.USERS_QUOTA})."
        )
        step = f"Take `redis` from {users - redis.USERS} of them, or give these a system of their own."
        yield Problem(("services", services[redis.USERS - _DEFAULT], "aws", "redis"), what, step)
