"""Teams: whose services, whose roles, and how many can log in."""

from collections.abc import Iterator

from modules.facts import eks
from modules.spec.model import Spec
from modules.spec.problem import Edit, Path, Problem, did_you_mean, nearest, remove

# Besides those of teams and admins: whoever first applied the cluster, and the role that starts Fargate's pods.
_OWN_ENTRIES = 2


def teams_have_services(spec: Spec) -> Iterator[Problem]:
    """Each service of a team is there, once."""
    for name, team in spec.cluster.teams.items():
        for index, service in enumerate(team.services):
            place: Path = ("cluster", "teams", name, "services", index)
            if service in team.services[:index]:
                yield Problem(place, f"{service} is listed twice.", "Remove this one.", edit=remove(place))
            elif service not in spec.services:
                meant = nearest(service, list(spec.services))
                edit = Edit(place, meant) if meant else None
                what = f'There is no service "{service}".'
                step = did_you_mean(service, list(spec.services)) if spec.services else "Declare it under `services:`."
                yield Problem(place, what, step, edit=edit)


def roles_are_one_teams(spec: Spec) -> Iterator[Problem]:
    """EKS has one access entry for a principal."""
    cluster = spec.cluster
    first: dict[str, Path] = {arn: ("cluster", "admins", index) for index, arn in enumerate(cluster.admins)}
    if spec.deployer_role:
        first.setdefault(spec.deployer_role, ("deployer_role",))
    for name, team in cluster.teams.items():
        place: Path = ("cluster", "teams", name, "role")
        if (found := first.setdefault(team.role, place)) != place:
            what = f"{team.role} is in the cluster already."
            if found[:2] == ("cluster", "teams"):
                yield Problem(place, what, f"Give {name} a role of its own, or make it one team.", also=(found,))
            else:
                step = "Take it out of one of the two: whoever administers the cluster needs no team."
                yield Problem(place, what, step, also=(found,))


def who_deploys_is_bounded(spec: Spec) -> Iterator[Problem]:
    """A service's stack makes its role: who applies it gets any right by it, or as the deployer."""
    for name, team in spec.cluster.teams.items():
        if team.access != "deploy":
            continue
        place: Path = ("cluster", "teams", name, "access")
        if spec.permissions_boundary is None:
            what = f"Whoever deploys for {name} writes the roles of its services, and could give them any right."
            step = "Write `permissions_boundary`, the ARN of a policy that bounds every role, or `access: edit`."
            yield Problem(place, what, step)
        if spec.deployer_role is not None:
            what = f"Whoever deploys for {name} would assume `deployer_role`, with the rights of all stacks."
            step = "Take `deployer_role` out, so that each login deploys as itself; or write `access: edit`."
            yield Problem(place, what, step, also=(("deployer_role",),))


def the_cluster_has_entries_for_all(spec: Spec) -> Iterator[Problem]:
    """EKS refuses more."""
    count = len(spec.cluster.teams) + len(spec.cluster.admins) + _OWN_ENTRIES
    if count > eks.ACCESS_ENTRIES_PER_CLUSTER:
        what = f"{count} principals would log in to the cluster, and EKS admits {eks.ACCESS_ENTRIES_PER_CLUSTER}."
        yield Problem(("cluster", "teams"), what, "Let several teams share a role, as one team.")
