"""`permissions_boundary:` is on every role, and the policy that the documentation shows takes nothing from them."""

import json
import re
from collections.abc import Callable

from modules.access.policies import Policies
from modules.facts import iam
from modules.iam.evaluation import as_list, covers, statements
from modules.paths import ROOT
from tests.support.random_specs import System
from tests.support.run_synth import shipped
from tests.synth.conftest import Built, Json, stack

Build = Callable[[System], Built]
BOUNDARY = "arn:aws:iam::111122223333:policy/shop-boundary"
PAGE = ROOT / "docs" / "production" / "deployer.md"


def _stacks(built: Built) -> dict[str, Json]:
    return {name: stack(built, name) for name in json.loads(built["manifest.json"])["stacks"]}


def _roles(built: Built) -> dict[str, Json]:
    found = _stacks(built)
    return {
        f"{name} {key}": role for name in found for key, role in found[name]["resource"].get("aws_iam_role", {}).items()
    }


def test_every_role_carries_the_boundary_and_nothing_else_changes(built: Built, build_system: Build) -> None:
    roles = _roles(built)
    bound = _roles(build_system(shipped() | {"permissions_boundary": BOUNDARY}))
    assert len(roles) > 10
    assert bound == {address: role | {"permissions_boundary": BOUNDARY} for address, role in roles.items()}


def test_the_boundary_of_the_documentation_takes_nothing_from_the_roles(built: Built) -> None:
    (text,) = re.findall(r"```json\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    bounds = statements(json.loads(text))
    granted = {
        action
        for policies in Policies(_stacks(built)).of_roles.values()
        for policy in policies
        for one in statements(policy)
        for action in as_list(one["Action"])
    }
    assert len(granted) > 50
    assert not [one for one in granted if not any(covers(bound, one) for bound in bounds)]
    kept = [f"iam:{word}" for word in iam.actions("iam") if any(covers(bound, f"iam:{word}") for bound in bounds)]
    assert kept == ["iam:CreateServiceLinkedRole"]
