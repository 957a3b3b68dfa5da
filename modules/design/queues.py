"""Which queues a service receives messages from, and for how long each hides a message that is in hand."""

from collections.abc import Iterator

from modules.permissions.sqs import SqsOptions
from modules.spec.model import Spec


def read_by(spec: Spec, name: str) -> Iterator[tuple[str, int]]:
    """What a queue is called in a message, and its visibility timeout in seconds."""
    options = spec.services[name].permissions.get("sqs")
    if not isinstance(options, SqsOptions) or options.access_level == "write":
        return
    if options.owner is None:
        yield "its queue", options.visibility_timeout
    elif isinstance(owner := spec.services[options.owner].permissions.get("sqs"), SqsOptions):
        yield f"the queue of {options.owner}", owner.visibility_timeout


def scaled_by(spec: Spec, name: str) -> str | None:
    """The service whose queue it receives from, which may be itself; None where it receives from none."""
    options = spec.services[name].permissions.get("sqs")
    if not isinstance(options, SqsOptions) or options.access_level == "write":
        return None
    return options.owner or name
