"""Who administers the cluster."""

from collections.abc import Iterator

from modules.facts import regions
from modules.naming import admin
from modules.spec.model import Spec
from modules.spec.problem import Path, Problem, remove


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
