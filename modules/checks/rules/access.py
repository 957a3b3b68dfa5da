"""Who administers the cluster, and whose profile in it is its own."""

from collections.abc import Iterator

from modules.facts import regions
from modules.naming import admin
from modules.spec.model import ALL_PROFILES, SHARED_PROFILE, Spec
from modules.spec.problem import Edit, Path, Problem, did_you_mean, nearest, remove

_OF_AWS = "aws"
"""In place of an account, in the ARN of a policy that AWS manages."""


def admins_are_named_once(spec: Spec) -> Iterator[Problem]:
    """Each has an access entry at an address of its own."""
    first: dict[str, int] = {}
    for index, arn in enumerate(spec.cluster.admins):
        if (key := admin(arn)) in first:
            place: Path = ("cluster", "admins", index)
            also = (("cluster", "admins", first[key]),)
            if arn == spec.cluster.admins[first[key]]:
                yield Problem(place, f"{arn} is listed twice.", "Remove this one.", also=also, edit=remove(place))
            else:
                what = f"{arn} differs from another one only in punctuation, and both get the same Terraform address."
                yield Problem(place, what, "Rename one of the two roles, or remove it here.", also=also)
        first.setdefault(key, index)


def profiles_are_of_services(spec: Spec) -> Iterator[Problem]:
    """Each service with a Fargate profile of its own is there, once; a word in place of names stands alone."""
    listed = spec.cluster.fargate_profiles
    words = (ALL_PROFILES, SHARED_PROFILE)
    word = next((index for index, name in enumerate(listed) if name in words), None) if len({*listed}) > 1 else None
    for index, name in enumerate(listed):
        place: Path = ("cluster", "fargate_profiles", index)
        if name in listed[:index]:
            yield Problem(place, f"{name} is listed twice.", "Remove this one.", edit=remove(place))
        elif index == word:
            what = f"`{name}` stands alone, without names of services."
            step = "Remove it: services that are not listed share a profile."
            yield Problem(place, what, step, edit=remove(place))
        elif name not in (*spec.services, *words):
            known = list(spec.services)
            meant = nearest(name, known)
            edit = Edit(place, meant) if meant else None if known else remove(place)
            yield Problem(place, f'There is no service "{name}".', did_you_mean(name, known), edit=edit)


def the_deployer_is_of_the_account(spec: Spec) -> Iterator[Problem]:
    """Terraform works in the account of the role that it assumes."""
    if spec.deployer_role is None:
        return
    partition, account = spec.deployer_role.split(":")[1:5:3]
    if partition != regions.partition(spec.region):
        right = regions.partition(spec.region)
        what = f"A role of the partition {partition} can't deploy to {spec.region}, which is in {right}."
        step = f"Name a role whose ARN begins with arn:{right}:."
        yield Problem(("deployer_role",), what, step, also=(("region",),))
    if spec.account and account != spec.account:
        what = f"The role belongs to account {account}, and the system to {spec.account}."
        step = f"Name a role of account {spec.account}: the login may be of any account."
        yield Problem(("deployer_role",), what, step, also=(("account",),))


def the_boundary_is_of_the_account(spec: Spec) -> Iterator[Problem]:
    """IAM takes a policy of the role's own account, or one of AWS's."""
    if spec.permissions_boundary is None:
        return
    place: Path = ("permissions_boundary",)
    partition, account = spec.permissions_boundary.split(":")[1:5:3]
    right = regions.partition(spec.region)
    if partition != right:
        what = f"A policy of the partition {partition} can't bound roles in {spec.region}, which is in {right}."
        yield Problem(place, what, f"Name a policy whose ARN begins with arn:{right}:.", also=(("region",),))
    if spec.account and account not in (spec.account, _OF_AWS):
        what = f"The policy belongs to account {account}, and the system to {spec.account}."
        step = f"Name a policy of account {spec.account}, where the roles are."
        yield Problem(place, what, step, also=(("account",),))


def registries_are_shared_with_others(spec: Spec) -> Iterator[Problem]:
    """The system's own account needs no policy, and one is enough for another."""
    accounts = spec.registry.pull_accounts
    for index, account in enumerate(accounts):
        place: Path = ("registry", "pull_accounts", index)
        if account in accounts[:index]:
            yield Problem(place, f"{account} is listed twice.", "Remove this one.", edit=remove(place))
        elif account == spec.account and spec.names.environment is None:
            what = f"{account} is the system's own account, which pulls its images anyway."
            yield Problem(place, what, "Remove it.", also=(("account",),), edit=remove(place))


def repositories_elsewhere_are_another_environments(spec: Spec) -> Iterator[Problem]:
    """The base environment makes them, and nothing is adopted where none is made."""
    place: Path = ("registry", "account")
    if spec.registry.account is None:
        return
    if spec.names.environment is None and spec.registry.account == spec.account:
        what = f"{spec.account} is the system's own account, in which its services have their repositories anyway."
        yield Problem(place, what, "Remove it, or write it in one of `environments:`.", edit=remove(place))
    for name, service in spec.services.items():
        if service.repository.adopt:
            adopt: Path = ("services", name, "repository", "adopt")
            what = f"{name} has no repository here: its images are in the account {spec.registry.account}."
            yield Problem(adopt, what, "Remove `adopt`, or `account` under `registry:`.", also=(place,))
