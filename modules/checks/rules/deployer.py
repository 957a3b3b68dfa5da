"""The roles of pipelines: whose tokens they trust, and that nothing else is assumed instead of them."""

from collections.abc import Iterator

from modules.facts import regions
from modules.spec.model import Spec
from modules.spec.problem import Path, Problem


def the_provider_is_of_the_account(spec: Spec) -> Iterator[Problem]:
    """A role trusts an OIDC provider of its own account alone."""
    if spec.deployer is None:
        return
    place: Path = ("deployer", "oidc_provider")
    partition, account = spec.deployer.oidc_provider.split(":")[1:5:3]
    right = regions.partition(spec.region)
    if partition != right:
        what = f"Roles for {spec.region}, which is in the partition {right}, can't trust a provider of {partition}."
        yield Problem(place, what, f"Name a provider whose ARN begins with arn:{right}:.", also=(("region",),))
    if spec.account and account != spec.account:
        what = f"The provider belongs to account {account}, and the system to {spec.account}."
        step = f"Name the provider of account {spec.account}: each account has its own."
        yield Problem(place, what, step, also=(("account",),))


def each_job_deploys_as_itself(spec: Spec) -> Iterator[Problem]:
    """The roles have the rights themselves, but none to assume another role."""
    if spec.deployer and spec.deployer_role:
        what = "With `deployer_role`, every job would assume that role, which the roles of `deployer` may not."
        yield Problem(("deployer",), what, "Take one of the two out.", also=(("deployer_role",),))
