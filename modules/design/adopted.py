"""Names of what a service owns: those of what it adopts, and else the generator's."""

from typing import Any

from modules.facts.messages import FIFO
from modules.permissions.adopt import queue_name, secret_name
from modules.permissions.secrets import SecretsOptions
from modules.permissions.sns import SnsOptions
from modules.permissions.sqs import SqsOptions
from modules.spec.model import Spec


def queue(spec: Spec, service: str) -> str:
    """Name of the service's queue."""
    options = spec.services[service].permissions.get("sqs")
    adopt = options.adopt if isinstance(options, SqsOptions) else None
    return queue_name(adopt.url) if adopt else spec.names.queue(service, ending(options))


def dead_letters(spec: Spec, service: str) -> str:
    """Name of its dead-letter queue."""
    options = spec.services[service].permissions.get("sqs")
    adopt = options.adopt if isinstance(options, SqsOptions) else None
    if adopt is None or adopt.dead_letters is None:
        return spec.names.dead_letters(service, ending(options))
    return queue_name(adopt.dead_letters.url)


def ending(options: Any) -> str:
    """What the name of a queue or topic of these options ends with."""
    return FIFO if isinstance(options, SqsOptions | SnsOptions) and options.fifo else ""


def secret(spec: Spec, service: str) -> str:
    """Name of its secret."""
    options = spec.services[service].permissions.get("secrets")
    adopt = options.adopt if isinstance(options, SecretsOptions) else None
    return secret_name(adopt.arn) if adopt else spec.names.secret(service)


def repository(spec: Spec, service: str) -> str:
    """Name of its ECR repository."""
    declared = spec.services[service].repository
    return declared.adopt.name if declared.adopt else spec.names.repository(service)
