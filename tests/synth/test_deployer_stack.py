"""Stack `deployer`: whom its roles trust, that they may do what the command prints, and nothing to themselves."""

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from modules.access.policies import Policies
from modules.checks.check import check
from modules.cli.access import accepted_by
from modules.design.managed_policies import characters
from modules.facts import iam
from modules.facts.deployer import POLICY_CHARACTERS
from modules.iam.evaluation import Call, Policy, allows, as_list
from modules.plan.access_lines import AccessLines
from modules.reports import deployer_policies
from modules.spec.model import Spec
from modules.synth.build import build
from tests.support.random_specs import DEPLOYERS, System, render
from tests.support.run_synth import shipped
from tests.synth.conftest import Built, Json, spec_of, stack
from tests.unit.conftest import TODAY

ACCOUNT = "arn:aws:iam::111122223333"
ROLES = {word: f"{ACCOUNT}:role/deployer/shop-deployer-{word}" for word in ("plan", "apply")}
READS = {"GetRole", "GetRolePolicy", "ListAttachedRolePolicies", "ListInstanceProfilesForRole", "ListRolePolicies"}
BOUNDARY = f"{ACCOUNT}:policy/shop-boundary"
STATES = "arn:aws:s3:::shop-terraform-state/shop"
SYSTEM = shipped() | {
    "deployer": DEPLOYERS[0],
    "permissions_boundary": BOUNDARY,
    "state": {"s3": {"bucket": "shop-terraform-state"}},
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("system")


@pytest.fixture(scope="module")
def spec(folder: Path) -> Spec:
    return spec_of(SYSTEM, folder)


@pytest.fixture(scope="module")
def built(spec: Spec, folder: Path) -> Built:
    """Also written, for the command."""
    files = build(spec)
    for path, content in files.items():
        (folder / "generated" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "generated" / path).write_bytes(content)
    return files


@pytest.fixture(scope="module")
def policies(built: Built) -> Policies:
    return Policies({name: stack(built, name) for name in json.loads(built["manifest.json"])["stacks"]})


def _trust(files: Built, word: str) -> Json:
    documents = stack(files, "deployer")["data"]["aws_iam_policy_document"]
    (statement,) = documents[f"{word}_trust"]["statement"]
    found: Json = statement
    return found


def _conditions(statement: Json) -> dict[tuple[str, str], list[str]]:
    return {(one["test"], one["variable"]): one["values"] for one in statement["condition"]}


def test_the_roles_trust_the_named_jobs_alone(built: Built) -> None:
    applies = _trust(built, "apply")
    assert applies["actions"] == ["sts:AssumeRoleWithWebIdentity"]
    assert applies["principals"] == [{"identifiers": [DEPLOYERS[0]["oidc_provider"]], "type": "Federated"}]
    github = "token.actions.githubusercontent.com"
    assert _conditions(applies) == {
        ("StringEquals", f"{github}:aud"): ["sts.amazonaws.com"],
        ("StringEquals", f"{github}:sub"): ["repo:acme/shop:environment:base"],
    }
    assert _conditions(_trust(built, "plan")) == {
        ("StringEquals", f"{github}:aud"): ["sts.amazonaws.com"],
        ("StringLike", f"{github}:sub"): DEPLOYERS[0]["plan"],
    }


def test_gitlab_is_trusted_by_its_address(build_system: Callable[[System], Built]) -> None:
    small = {"project": "shop", "region": "eu-west-1", "services": {}, "deployer": DEPLOYERS[1]}
    assert _conditions(_trust(build_system(small), "apply")) == {
        ("StringEquals", "gitlab.example.com:aud"): ["https://gitlab.example.com"],
        ("StringEquals", "gitlab.example.com:sub"): ["project_path:acme/shop:ref_type:branch:ref:main"],
    }


@pytest.mark.parametrize("word", ROLES)
def test_a_role_has_the_policies_that_the_command_prints(
    word: str, spec: Spec, folder: Path, policies: Policies
) -> None:
    printed = deployer_policies.policies(spec, folder / "generated", BOUNDARY)[word]
    had = policies.of_roles[ROLES[word]]
    assert [list(_statements(one)) for one in had] == [list(_statements(one)) for one in printed]
    assert all(characters(one) <= POLICY_CHARACTERS for one in had)


def _statements(policy: Policy) -> Iterator[dict[str, Any]]:
    for one in policy["Statement"]:
        yield {**one, "Action": as_list(one["Action"]), "Resource": as_list(one["Resource"])}


def test_no_role_may_change_either_of_them_or_whom_they_trust(policies: Policies) -> None:
    own = [*ROLES.values(), *policies.managed, f"{ACCOUNT}:role/deployer/shop-dev-deployer-apply"]
    own += [DEPLOYERS[0]["oidc_provider"], BOUNDARY]
    assert len(own) > 6
    for word, arn in ROLES.items():
        may = {
            action
            for action in iam.actions("iam")
            for target in own
            for service in (None, "eks.amazonaws.com", "vpc-flow-logs.amazonaws.com")
            if allows(policies.of_roles[arn], Call(f"iam:{action}", target, _context(service)))
        }
        assert may == READS | {"GetPolicy", "GetPolicyVersion"}, word


def _context(service: str | None) -> dict[str, str]:
    here = {"aws:RequestedRegion": "eu-west-1", "iam:PermissionsBoundary": BOUNDARY}
    return here | ({"iam:PassedToService": service} if service else {})


def test_the_role_that_applies_makes_other_roles_and_their_states_and_not_its_own(policies: Policies) -> None:
    def may(action: str, resource: str) -> bool:
        return allows(policies.of_roles[ROLES["apply"]], Call(action, resource, _context(None)))

    assert may("iam:CreateRole", f"{ACCOUNT}:role/shop-cluster")
    for action in ("s3:PutObject", "s3:DeleteObject"):
        assert may(action, f"{STATES}/network.tfstate")
        assert may(action, f"{STATES}/network.tfstate.tflock")
        assert not may(action, f"{STATES}/deployer.tfstate")
        assert not may(action, f"{STATES}/deployer.tfstate.tflock")
    assert may("s3:GetObject", f"{STATES}/deployer.tfstate")  # a plan has it too


def test_what_the_roles_gain_is_told_and_is_no_escalation_that_fails(spec: Spec, policies: Policies) -> None:
    assert len(policies.managed) > 2
    before = copy.deepcopy(dict(policies.stacks))
    statements = before["deployer"]["data"]["aws_iam_policy_document"]["apply_1"]["statement"]
    before["deployer"]["data"]["aws_iam_policy_document"]["apply_1"]["statement"] = [
        one for one in statements if one["sid"] != "LookEcr"
    ]
    lines = AccessLines(before, policies.stacks)
    assert {line.data["who"] for line in lines.gained} == {ROLES["apply"]}
    assert any("ecr:DescribeRepositories" in line.text for line in lines.gained)
    found = AccessLines({}, policies.stacks).escalations
    assert {line.data["who"] for line in found} >= {ROLES["apply"]}
    assert all(accepted_by([spec])(line) for line in found if line.data["who"] in ROLES.values())
    other = found[0]._replace(data={**found[0].data, "who": f"{ACCOUNT}:role/shop-user-service"})
    assert not accepted_by([spec])(other)


def test_the_boundary_is_for_the_roles_that_these_make(built: Built) -> None:
    roles = stack(built, "deployer")["resource"]["aws_iam_role"]
    assert sorted(roles) == ["apply", "plan"]
    assert not any("permissions_boundary" in one for one in roles.values())
    assert stack(built, "cluster")["resource"]["aws_iam_role"]["cluster"]["permissions_boundary"] == BOUNDARY


def test_the_other_stacks_are_as_without_it(built: Built, build_system: Callable[[System], Built]) -> None:
    without = build_system({key: value for key, value in SYSTEM.items() if key != "deployer"})
    differ = {path for path in built.keys() | without.keys() if built.get(path) != without.get(path)}
    assert {path for path in differ if not path.startswith("stacks/deployer/")} == {"manifest.json"}
    assert json.loads(built["manifest.json"])["stacks"]["deployer"]["dependencies"] == []


def test_each_environment_has_rights_for_what_it_has(tmp_path: Path) -> None:
    system = {"project": "shop", "region": "eu-west-1", "services": {"a": {}}, "deployer": DEPLOYERS[0]}
    dev = {"services": {"a": {"aws": ["athena"]}}}
    file = tmp_path / "services.yaml"
    file.write_text(render({**system, "environments": {"dev": dev}}), encoding="utf-8")
    base, *further = check(file, TODAY).specs
    files = build(base, further=further)
    has = {name: "athena:CreateWorkGroup" in json.dumps(stack(files, name)) for name in ("deployer", "dev-deployer")}
    assert has == {"deployer": False, "dev-deployer": True}
    assert stack(files, "dev-deployer")["resource"]["aws_iam_role"]["plan"]["name"] == "shop-dev-deployer-plan"


def test_in_hcl_the_rights_are_the_same(spec: Spec, built: Built) -> None:
    as_hcl = build(spec, as_hcl=True)
    same = json.loads(as_hcl["stacks/deployer/metadata.json"])["data"]
    assert same == stack(built, "deployer")["data"]
