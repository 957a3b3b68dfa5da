"""What `cluster.teams` adds: an access entry each, their rights by a release, and nothing where there are none."""

from collections.abc import Callable

from ruamel.yaml import YAML

from tests.support.random_specs import System
from tests.support.run_synth import shipped
from tests.synth.conftest import Built, Json, stack

Build = Callable[[System], Built]
ROLE = "arn:aws:iam::111122223333:role"
NAME = "order-service"
# Whoever deploys needs it.
BOUNDED = shipped() | {"permissions_boundary": "arn:aws:iam::111122223333:policy/shop-boundary"}


def _built(build_system: Build, **teams: Json) -> Built:
    return build_system(BOUNDED | {"cluster": {"teams": teams}})


def _team(access: str, *services: str, name: str = "team") -> Json:
    return {"services": list(services), "role": f"{ROLE}/{name}", "access": access}


def _values(files: Built) -> Json:
    found: Json = YAML(typ="safe").load(files["stacks/platform/team-access.values.yaml"].decode())
    return found


def test_without_teams_nothing_is_there(built: Built) -> None:
    assert not [path for path in built if "team" in path]
    assert "team" not in built["stacks/platform/cdk.tf.json"].decode()
    assert list(stack(built, "cluster")["resource"]["aws_eks_access_entry"]) == ["deployer"]


def test_a_team_has_an_entry_with_its_group_and_no_policy_of_eks(build_system: Build) -> None:
    cluster = stack(_built(build_system, orders=_team("view", NAME)), "cluster")["resource"]
    assert cluster["aws_eks_access_entry"]["team_orders"] == {
        "cluster_name": "${aws_eks_cluster.main.name}",
        "kubernetes_groups": ["team-orders"],
        "principal_arn": f"{ROLE}/team",
        "type": "STANDARD",
    }
    assert list(cluster["aws_eks_access_policy_association"]) == ["deployer"]


def test_who_views_bounds_no_namespace(build_system: Build) -> None:
    files = _built(build_system, orders=_team("view", NAME))
    assert _values(files)["teams"] == [{"name": "orders", "access": "view", "namespaces": [NAME]}]
    assert _values(files)["bounds"] == []


def test_a_namespace_in_which_a_team_writes_names_only_its_own(build_system: Build) -> None:
    teams = {"orders": _team("deploy", NAME), "support": _team("edit", "user-service", NAME, name="support")}
    files = _built(build_system, **teams)
    orders, users = _values(files)["bounds"]
    assert (orders["namespace"], users["namespace"]) == (NAME, "user-service")
    assert orders["securityGroups"] == ["${pods_security_group_id}", "${order_service_security_group_id}"]
    start = "arn:aws:elasticloadbalancing:eu-west-1:${account_id}:targetgroup/shop-order-service"
    assert orders["targetGroups"] == [f"{start}/", f"{start}-HTTP2/", f"{start}-GRPC/"]
    platform = stack(files, "platform")
    account = platform["resource"]["kubernetes_service_account_v1"]["order_service"]
    role = account["metadata"]["annotations"]["eks.amazonaws.com/role-arn"]
    assert orders["role"] == role.replace("${data.aws_caller_identity.current.account_id}", "${account_id}")
    groups = "${data.terraform_remote_state.cluster.outputs.service_security_group_ids"
    assert platform["locals"]["team_access"]["order_service_security_group_id"] == f'{groups}["{NAME}"]}}'
    assert platform["resource"]["helm_release"]["team_access"]["depends_on"] == [
        "kubernetes_namespace_v1.order_service",
        "kubernetes_namespace_v1.user_service",
    ]


def test_the_bounds_are_what_the_service_has(build_system: Build) -> None:
    """Its target group, by the name that its own stack gives it."""
    files = _built(build_system, orders=_team("deploy", NAME))
    (group,) = stack(files, NAME)["resource"]["aws_lb_target_group"].values()
    assert any(one.endswith(f":targetgroup/{group['name']}/") for one in _values(files)["bounds"][0]["targetGroups"])


def test_teams_change_the_cluster_and_the_platform_alone(build_system: Build) -> None:
    before, after = build_system(BOUNDED), _built(build_system, orders=_team("deploy", NAME))
    changed = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
    assert {path.split("/")[1] for path in changed} == {"cluster", "platform", "team-access"}
