"""What is left of the stack of a service that is gone: enough for Terraform to delete, or let go of, what it holds."""

from modules.constructs.app import SystemApp
from modules.constructs.kubernetes.providers import log_in
from modules.constructs.stack import Stack
from modules.spec.model import Spec


def retired(app: SystemApp, spec: Spec, name: str) -> Stack:
    """Backend, providers, and what those read of `cluster`; no resources."""
    stack = Stack(app, spec, name, Service=name)
    log_in(stack)
    return stack
