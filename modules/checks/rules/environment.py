"""Environment variables of a service."""

from collections.abc import Iterator

from modules.design.service_discovery import variable
from modules.design.service_policy import env_var_names
from modules.spec.model import Spec
from modules.spec.problem import Problem

# EKS puts these into each pod of an account with a role, unless they are there, and then nothing logs in:
# https://docs.aws.amazon.com/eks/latest/userguide/pod-configuration.html.
_BY_EKS = (
    "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_STS_REGIONAL_ENDPOINTS",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
)


def variables_are_given_once(spec: Spec) -> Iterator[Problem]:
    """What its permissions and calls give a service, `env` does not give again."""
    for name, service in spec.services.items():
        given = {key: f"`aws: {word}`" for word in service.permissions for key in env_var_names(word)}
        for index, callee in enumerate(service.calls):
            if (key := variable(callee)) in given:
                what = f"The address of {callee} would be {key}, which comes from {given[key]}."
                yield Problem(("services", name, "calls", index), what, "Give the other service another name.")
        given |= {variable(callee): "`calls:`" for callee in service.calls}
        given |= dict.fromkeys(_BY_EKS, "EKS")
        for key in service.env:
            if key in given:
                yield Problem(("services", name, "env", key), f"{key} comes from {given[key]}.", "Leave it out here.")
