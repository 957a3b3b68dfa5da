"""The environment variables of a pod, in an order in which Kubernetes replaces each `$(NAME)` by its value."""

import re
from graphlib import CycleError, TopologicalSorter

from modules.design import logins, secrets
from modules.design.service_discovery import variable
from modules.design.service_policy import env_var_names
from modules.spec.model import Service

# Set by the chart, before all others, unless `env:` has another.
HOME = "HOME"

# https://github.com/kubernetes/kubernetes/blob/v1.36.0/third_party/forked/golang/expansion/expand.go: after a dollar
# sign, a second one makes it literal, and a name in parentheses makes it a reference; all else stays as it is.
_DOLLAR = re.compile(r"\$(?:\((?P<name>[^)]*)\)|.)", re.DOTALL)


def references(value: str) -> list[str]:
    """Names in `$(…)`, as Kubernetes reads a value; `$$(…)` is no reference."""
    return [match["name"] for match in _DOLLAR.finditer(value) if match["name"] is not None]


def given(service: Service) -> dict[str, str]:
    """Variables that the platform gives the service's pods, each with the key of services.yaml that asks for it."""
    of_permissions = {key: f"`aws: {word}`" for word in service.permissions for key in sorted(env_var_names(word))}
    of_permissions |= {key: f"`aws: {word}`" for key, word in logins.variables(service).items()}
    return of_permissions | {variable(callee): "`calls:`" for callee in service.calls}


def known(service: Service) -> list[str]:
    """Every name to which a value under `env:` can refer."""
    return sorted({HOME, *given(service), *secrets.variables(service), *service.env})


def own(service: Service) -> dict[str, str]:
    """The variables under `env:`, by name, but each after those to which it refers; raises CycleError where it can't.

    Kubernetes replaces a reference only by the value of a variable that comes before it.
    """
    graph = {key: sorted(set(references(value)) & service.env.keys()) for key, value in sorted(service.env.items())}
    return {key: service.env[key] for key in TopologicalSorter(graph).static_order()}


def cycle(service: Service) -> list[str]:
    """Variables under `env:` that refer to each other, or to themselves; none where an order exists."""
    try:
        own(service)
    except CycleError as error:
        return sorted(set(error.args[1]))
    return []
