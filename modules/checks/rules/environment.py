"""Environment variables of a service."""

from collections.abc import Iterator

from modules.design.service_discovery import variable
from modules.design.service_policy import env_var_names
from modules.spec.model import Spec
from modules.spec.problem import Problem
from modules.spec.reserved_names import VARIABLES_OF_EKS, VARIABLES_OF_LOGIN


def variables_are_given_once(spec: Spec) -> Iterator[Problem]:
    """What its permissions and calls give a service, `env` does not give again."""
    for name, service in spec.services.items():
        given = {key: f"`aws: {word}`" for word in service.permissions for key in env_var_names(word)}
        for index, callee in enumerate(service.calls):
            if (key := variable(callee)) in given:
                what = f"The address of {callee} would be {key}, which comes from {given[key]}."
                yield Problem(("services", name, "calls", index), what, "Give the other service another name.")
        given |= {variable(callee): "`calls:`" for callee in service.calls}
        for key in service.env:
            if key in given:
                yield Problem(("services", name, "env", key), f"{key} comes from {given[key]}.", "Leave it out here.")


def variables_of_eks_are_left_to_it(spec: Spec) -> Iterator[Problem]:
    """EKS tells each pod of an account with a role where to log in."""
    for name, service in spec.services.items():
        for key in service.env:
            if key in VARIABLES_OF_EKS:
                yield Problem(("services", name, "env", key), f"{key} comes from EKS.", "Leave it out here.")
            if key in VARIABLES_OF_LOGIN:
                what = f"{key} would hide the IAM role of {name} from its own pods."
                step = "Leave it out: name what the service needs under `aws:` or `statements:`."
                yield Problem(("services", name, "env", key), what, step)
