"""Every call that Terraform makes to apply and to plan, of an emulated AWS, is allowed to the deployer."""

import pytest

from modules.design.deployer import Deployer
from modules.iam.statement import Statement
from modules.reports import deployer_policies
from tests.support.deployer_calls import Calls
from tests.support.run_synth import shipped
from tests.support.terraform_workspace import Workspace
from tests.synth.conftest import spec_of

LEAST = 150  # calls of different kinds that an apply of the architecture makes


@pytest.fixture(scope="module")
def policies_of(applied: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Deployer:
    spec = spec_of({**shipped(), "protection": False}, tmp_path_factory.mktemp("system"))
    return Deployer(spec, deployer_policies.types(applied.generated, spec))


@pytest.fixture(scope="module")
def calls(applied: Workspace) -> Calls:
    assert applied.calls
    return applied.calls


def _allowed(statements: list[Statement]) -> set[str]:
    return {action for one in statements for action in one.actions}


def _left(actions: frozenset[str], allowed: set[str]) -> list[str]:
    stars = tuple(one[:-1] for one in allowed if one.endswith("*"))
    return sorted(one for one in actions if one not in allowed and not one.startswith(stars or ("\0",)))


def test_the_apply_policy_allows_every_call_of_an_apply(calls: Calls, policies_of: Deployer) -> None:
    assert len(calls.reads | calls.writes) > LEAST
    assert _left(calls.reads | calls.writes, _allowed(policies_of.apply())) == []


def test_the_plan_policy_allows_every_read_and_no_other(calls: Calls, policies_of: Deployer) -> None:
    assert _left(calls.reads, _allowed(policies_of.plan())) == []
    assert _left(calls.writes, _allowed(policies_of.plan())) == sorted(calls.writes)


def test_the_calls_are_named_as_aws_names_them(calls: Calls) -> None:
    assert [one for one in calls.reads | calls.writes if "?" in one] == []
