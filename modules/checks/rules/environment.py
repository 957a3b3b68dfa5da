"""Environment variables of a service."""

from collections.abc import Iterator

from modules.design.service_discovery import variable
from modules.design.service_policy import env_var_names
from modules.spec.model import Spec
from modules.spec.problem import Problem, remove
from modules.spec.reserved_names import VARIABLES_OF_EKS, VARIABLES_OF_LOGIN


def variables_are_given_once(spec: Spec) -> Iterator[Problem]:
    """`env` does not repeat the variables that a service gets from its permissions and calls."""
    for name, service in spec.services.items():
        given = {key: f"`aws: {word}`" for word in service.permissions for key in env_var_names(word)}
        for index, callee in enumerate(service.calls):
            if (key := variable(callee)) in given:
                what = f"The address of {callee} would be in the variable {key}, which is set by {given[key]}."
                yield Problem(("services", name, "calls", index), what, "Rename the other service.")
        given |= {variable(callee): "`calls:`" for callee in service.calls}
        for key in service.env:
            if key in given:
                place = ("services", name, "env", key)
                yield Problem(place, f"{key} is set by {given[key]}.", "Remove it from `env:`.", edit=remove(place))


def variables_of_eks_are_left_to_it(spec: Spec) -> Iterator[Problem]:
    """EKS sets these in every pod whose service account has a role."""
    for name, service in spec.services.items():
        for key in service.env:
            if key in VARIABLES_OF_EKS:
                place = ("services", name, "env", key)
                yield Problem(place, f"{key} is set by EKS.", "Remove it from `env:`.", edit=remove(place))
            if key in VARIABLES_OF_LOGIN:
                place = ("services", name, "env", key)
                what = f"{key} would hide the IAM role of {name} from its own pods."
                step = "Remove it: list what the service needs under `aws:` or `statements:`."
                yield Problem(place, what, step, edit=remove(place))
