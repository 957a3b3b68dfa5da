"""Environment variables of a service."""

from collections.abc import Iterator

from modules.design import logins, pod_environment, secrets
from modules.design.service_discovery import variable
from modules.design.service_policy import env_var_names
from modules.spec.model import Service, Spec
from modules.spec.problem import Problem, remove, valid_values
from modules.spec.reserved_names import VARIABLES_OF_EKS, VARIABLES_OF_LOGIN


def variables_are_given_once(spec: Spec) -> Iterator[Problem]:
    """`env` does not repeat the variables that a service gets from its permissions and calls."""
    for name, service in spec.services.items():
        given = {key: f"`aws: {word}`" for word in service.permissions for key in env_var_names(word)}
        for index, callee in enumerate(service.calls):
            if (key := variable(callee)) in given:
                what = f"The address of {callee} would be in the variable {key}, which is set by {given[key]}."
                yield Problem(("services", name, "calls", index), what, "Rename the other service.")
        for variables in pod_environment.each(service):
            given = pod_environment.given_to(service, is_own=variables.is_own)
            for key in variables.written:
                if key in given:
                    place = ("services", name, *variables.place, key)
                    yield Problem(place, f"{key} is set by {given[key]}.", "Remove it from `env:`.", edit=remove(place))


def references_are_known(spec: Spec) -> Iterator[Problem]:
    """Kubernetes leaves `$(NAME)` in a value as it is where it knows no variable of that name."""
    for name, service in spec.services.items():
        for variables in pod_environment.each(service):
            known = pod_environment.known(service, variables)
            for key, value in variables.written.items():
                if unknown := [one for one in pod_environment.references(value) if one not in known]:
                    others = [one for one in known if one != key]
                    what, first = _unknown(name, service, unknown[0], others)
                    step = f"{first} For the text itself, write $$({unknown[0]})."
                    yield Problem(("services", name, *variables.place, key), f"{key} refers to {what}", step)


def _unknown(name: str, service: Service, unknown: str, known: list[str]) -> tuple[str, str]:
    """What is wrong with a reference, and the next step."""
    if unknown in logins.variables(service):
        what = f"$({unknown}), which only containers with the service's own image are given."
        return what, "Run that image: remove `image:` of this container."
    if unknown in secrets.variables(service):
        what = f"$({unknown}), a secret variable, which only containers with the service's own image are given."
        return what, "Give it as a file under `secrets:`, which all containers can read."
    word = logins.word_of(unknown)
    first = f"Write `{word}: {{login: password}}` under `aws:`." if word else valid_values(known)
    return f"$({unknown}), and {name} has no such variable.", first


def references_have_an_order(spec: Spec) -> Iterator[Problem]:
    """Kubernetes replaces `$(NAME)` by the value of a variable that comes before."""
    for name, service in spec.services.items():
        for variables in pod_environment.each(service):
            cycle = pod_environment.cycle(variables.whole)
            if places := [("services", name, *variables.place, key) for key in cycle if key in variables.written]:
                what = f"{' and '.join(cycle)} refer to each other." if cycle[1:] else f"{cycle[0]} refers to itself."
                yield Problem(places[0], what, "Write the value itself in place of a $(…).", also=tuple(places[1:]))


def variables_of_eks_are_left_to_it(spec: Spec) -> Iterator[Problem]:
    """EKS sets these in every pod whose service account has a role."""
    for name, service in spec.services.items():
        for place in (
            ("services", name, *one.place, key) for one in pod_environment.each(service) for key in one.written
        ):
            key = place[-1]
            if key in VARIABLES_OF_EKS:
                yield Problem(place, f"{key} is set by EKS.", "Remove it from `env:`.", edit=remove(place))
            if key in VARIABLES_OF_LOGIN:
                what = f"{key} would hide the IAM role of {name} from its own pods."
                step = "Remove it: list what the service needs under `aws:` or `statements:`."
                yield Problem(place, what, step, edit=remove(place))
