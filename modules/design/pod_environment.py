"""The environment variables of a pod, in an order in which Kubernetes replaces each `$(NAME)` by its value."""

import re
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import NamedTuple

from modules.design import containers, logins, secrets
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


def given_to(service: Service, *, is_own: bool) -> dict[str, str]:
    """The same for one container: with an image of its own it has no secret, nor what is made of one."""
    without = () if is_own else logins.variables(service)
    return {key: word for key, word in given(service).items() if key not in without}


def of_image(service: Service, environment: Mapping[str, str]) -> dict[str, str]:
    """The platform's variables for a container with an image of its own."""
    return {key: value for key, value in environment.items() if key not in logins.urls(service)}


class Variables(NamedTuple):
    """The `env:` of one container: its place below the service, what is written there, and all that it has."""

    place: tuple[str, ...]
    written: Mapping[str, str]
    whole: Mapping[str, str]
    is_own: bool
    """Whether it runs the service's own image, and so has its secrets too."""


def each(service: Service) -> Iterator[Variables]:
    """That of the service itself, and of its further containers."""
    yield Variables(("env",), service.env, service.env, is_own=True)
    for key, found in (("init", service.init), ("sidecars", service.sidecars)):
        for name, container in found.items():
            whole = containers.variables(service, container)
            yield Variables((key, name, "env"), container.env, whole, is_own=container.image is None)


def known(service: Service, variables: Variables) -> list[str]:
    """Every name to which a value under `env:` can refer."""
    own = secrets.variables(service) if variables.is_own else ()
    return sorted({HOME, *given_to(service, is_own=variables.is_own), *own, *variables.whole})


def ordered(variables: Mapping[str, str]) -> dict[str, str]:
    """The variables by name, but each after those to which it refers; raises CycleError where it can't.

    Kubernetes replaces a reference only by the value of a variable that comes before it.
    """
    graph = {key: sorted(set(references(value)) & variables.keys()) for key, value in sorted(variables.items())}
    return {key: variables[key] for key in TopologicalSorter(graph).static_order()}


def cycle(variables: Mapping[str, str]) -> list[str]:
    """Variables that refer to each other, or to themselves; none where an order exists."""
    try:
        ordered(variables)
    except CycleError as error:
        return sorted(set(error.args[1]))
    return []
