"""A service that has another name: its resources keep what they are in AWS, and only move to other addresses."""

from itertools import pairwise

from modules.design.transitions import Moved
from modules.naming import address, renamed
from modules.spec.model import Spec
from modules.spec.problem import Path, Problem, remove

# Their own name is the service's, and AWS or Kubernetes can't change it: a second one is made, and the first one goes.
MADE_ANEW = (
    "aws_eks_fargate_profile",
    "aws_lb_target_group",
    "helm_release",
    "kubernetes_namespace_v1",
    "kubernetes_service_account_v1",
)


def moves(spec: Spec, own: str | None, kind: str, first: str, *rest: str) -> list[Moved]:
    """From the address that a resource of this Terraform type had under each earlier name of its service to the next.

    `own`: the service whose stack it is in; there, addresses may go on after the name. None in stacks of the platform.
    """
    name = own if own is not None and first.startswith(f"{own}-") else first
    if name not in spec.services or kind in MADE_ANEW:
        return []
    place = f"{kind}.{address(first, *rest)}"
    places = [renamed(place, name, one) for one in (*spec.services[name].renamed_from, name)]
    return [Moved(source, target) for source, target in pairwise(places)]


def another_state(name: str, was: str | None, now: str, spec: Spec) -> Problem:
    """A mistake: an applied service would have a state of another name."""
    key = "services" if name in spec.services else "retired"
    has_names = name in spec.names.renamed
    place: Path = (key, name, "renamed_from") if has_names else (key, name)
    what = f"The state of {name} is called {was}, and with this {now}: Terraform would make a second {name}."
    if was == name:
        return Problem(place, what, "Remove renamed_from.", edit=remove(place))
    return Problem(place, what, f"Write `renamed_from: {was}`: it stays as long as the service.")
