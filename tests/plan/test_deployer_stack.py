"""Stack `deployer` on an emulated AWS: it is applied and deleted, and the role that plans may read all of it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from modules.design.deployer import Deployer
from tests.support import deployer_calls
from tests.support.random_specs import DEPLOYERS
from tests.support.run_synth import shipped, synthesise
from tests.support.terraform_workspace import Workspace
from tests.synth.conftest import spec_of

pytestmark = pytest.mark.nightly(minutes=4)

SYSTEM = shipped() | {"deployer": DEPLOYERS[0]}
PATH = "/deployer/"


def test_the_roles_are_made_read_and_deleted(
    own_aws: dict[str, str], own_client: Callable[[str], Any], tmp_path: Path
) -> None:
    terraform = Workspace(synthesise(SYSTEM, tmp_path), tmp_path / "terraform", own_aws)
    terraform.init("deployer")
    terraform.apply("deployer")
    iam = own_client("iam")
    roles = {one["RoleName"]: one for one in iam.list_roles(PathPrefix=PATH)["Roles"]}
    assert sorted(roles) == ["shop-deployer-apply", "shop-deployer-plan"]
    (trust,) = roles["shop-deployer-plan"]["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Condition"]["StringLike"]["token.actions.githubusercontent.com:sub"] == DEPLOYERS[0]["plan"]
    counts = {name: len(iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]) for name in roles}
    assert counts["shop-deployer-apply"] > counts["shop-deployer-plan"] > 0
    assert {one["Path"] for one in iam.list_policies(Scope="Local")["Policies"]} == {PATH}
    arn = roles["shop-deployer-apply"]["Arn"]
    assert (
        terraform.outputs("deployer")["apply_role_arn"]
        == arn
        == "arn:aws:iam::123456789012:role/deployer/shop-deployer-apply"
    )

    assert terraform.plan("deployer").code == 0
    rights = Deployer(spec_of(SYSTEM, tmp_path), ()).plan()
    calls = deployer_calls.made(own_aws["AWS_ENDPOINT_URL"])
    assert calls.reads - {action for one in rights for action in one.actions} == set()
    assert {"iam:GetRole", "iam:GetPolicy", "iam:GetPolicyVersion"} <= calls.reads

    terraform.destroy("deployer")
    assert iam.list_roles(PathPrefix=PATH)["Roles"] == []
