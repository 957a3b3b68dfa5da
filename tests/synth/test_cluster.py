"""Stack `cluster`: EKS on Fargate as DESIGN asks, and nobody in it who was not named."""

import re
from collections.abc import Callable

import pytest
from ruamel.yaml import YAML

from modules.facts import eks as facts
from modules.schema import patterns
from tests.support.emulator import eks_addons
from tests.support.random_specs import System
from tests.support.run_synth import shipped
from tests.synth.conftest import Built, Json, stack

PROJECT = {"project": "shop", "region": "eu-west-1"}


@pytest.fixture(scope="module")
def cluster(built: Built) -> Json:
    resources: Json = stack(built, "cluster")["resource"]
    return resources


def test_the_seven_profiles_have_the_architectures_names(cluster: Json) -> None:
    profiles = cluster["aws_eks_fargate_profile"].values()
    selectors = {profile["fargate_profile_name"]: profile["selector"] for profile in profiles}
    services = ("user", "order", "payment", "notification", "analytics")
    assert selectors == {
        **{f"{name}-service-fp": [{"namespace": f"{name}-service"}] for name in services},
        "coredns": [{"labels": {"k8s-app": "kube-dns"}, "namespace": "kube-system"}],
        "kube-system": [{"namespace": "kube-system"}],
    }
    # Where two match, the first name in the alphabet wins.
    assert min(name for name in selectors if selectors[name][0]["namespace"] == "kube-system") == "coredns"
    assert all(profile["timeouts"] == {"create": "30m", "delete": "30m"} for profile in profiles)


def test_services_without_a_profile_of_their_own_share_one_that_their_pods_name(
    build_system: Callable[[System], Built],
) -> None:
    jobs = {"pods": 0, "jobs": {"nightly": {"schedule": "0 3 * * *", "time_zone": "UTC", "command": "clean"}}}
    services = {"orders": {}, "mails": {"labels": {"team": "mail"}}, "clean": jobs}
    built = build_system({**PROJECT, "cluster": {"fargate_profiles": ["orders"]}, "services": services})
    cluster = stack(built, "cluster")
    profiles = cluster["resource"]["aws_eks_fargate_profile"]
    assert {one["fargate_profile_name"] for one in profiles.values()} == {
        *("coredns", "kube-system", "orders-fp", "zz-shared")
    }
    # The last name in the alphabet, so that it takes no pod of a service with its own.
    assert max(one["fargate_profile_name"] for one in profiles.values()) == "zz-shared"
    (selector,) = profiles["shared"]["selector"]
    assert selector["namespace"] == "*"
    values = {name: YAML(typ="safe").load(built[f"stacks/{name}/values.yaml"].decode()) for name in services}
    assert values["mails"]["labels"] == {"team": "mail", **selector["labels"]}
    assert values["clean"]["labels"] == selector["labels"]
    assert "labels" not in values["orders"]
    named = cluster["output"]["service_fargate_profiles"]["value"]
    assert named["mails"] == named["clean"] == "${aws_eks_fargate_profile.shared.fargate_profile_name}"


def test_all_services_can_share_a_profile(build_system: Callable[[System], Built]) -> None:
    built = build_system(
        {**PROJECT, "cluster": {"fargate_profiles": "shared"}, "services": {"orders": {}, "mails": {}}}
    )
    assert sorted(stack(built, "cluster")["resource"]["aws_eks_fargate_profile"]) == [
        "coredns",
        "kube_system",
        "shared",
    ]


def test_the_api_is_private_until_a_public_range_is_declared(
    cluster: Json, build_system: Callable[[System], Built]
) -> None:
    network = cluster["aws_eks_cluster"]["main"]["vpc_config"]
    assert (network["endpoint_private_access"], network["endpoint_public_access"]) == (True, False)
    assert "public_access_cidrs" not in network
    within = stack(build_system(shipped() | {"cluster": {"api_access": ["192.168.7.0/24"]}}), "cluster")
    assert within["resource"]["aws_eks_cluster"]["main"]["vpc_config"] == network
    declared = within["resource"]["aws_vpc_security_group_ingress_rule"]["cluster_api_192_168_7_0_24"]
    assert declared["cidr_ipv4"] == "192.168.7.0/24"
    opened = stack(build_system(shipped() | {"cluster": {"api_access": ["192.168.7.0/24", "8.8.8.8/32"]}}), "cluster")
    network = opened["resource"]["aws_eks_cluster"]["main"]["vpc_config"]
    assert (network["endpoint_private_access"], network["endpoint_public_access"]) == (True, True)
    assert network["public_access_cidrs"] == ["8.8.8.8/32"]


def test_secrets_are_encrypted_and_all_five_logs_go_to_a_group_made_before(cluster: Json) -> None:
    control_plane = cluster["aws_eks_cluster"]["main"]
    assert control_plane["encryption_config"] == {
        "provider": {"key_arn": "${aws_kms_key.secrets.arn}"},
        "resources": ["secrets"],
    }
    assert cluster["aws_kms_key"]["secrets"]["enable_key_rotation"] is True
    assert control_plane["enabled_cluster_log_types"] == [
        "api",
        "audit",
        "authenticator",
        "controllerManager",
        "scheduler",
    ]
    assert "aws_cloudwatch_log_group.cluster" in control_plane["depends_on"]
    assert cluster["aws_cloudwatch_log_group"]["cluster"]["name"] == "/aws/eks/shop/cluster"


def test_what_would_replace_the_cluster_is_right_from_its_birth(cluster: Json) -> None:
    control_plane = cluster["aws_eks_cluster"]["main"]
    assert control_plane["access_config"] == {
        "authentication_mode": "API",
        "bootstrap_cluster_creator_admin_permissions": False,
    }
    assert control_plane["bootstrap_self_managed_addons"] is False
    assert control_plane["upgrade_policy"] == {"support_type": "EXTENDED"}


def test_pods_are_started_by_a_role_bound_to_this_clusters_profiles(built: Built, cluster: Json) -> None:
    assert "path" not in cluster["aws_iam_role"]["pod_execution"]
    (trust,) = stack(built, "cluster")["data"]["aws_iam_policy_document"]["pod_execution_trust"]["statement"]
    assert trust["principals"] == [{"identifiers": ["eks-fargate-pods.amazonaws.com"], "type": "Service"}]
    (condition,) = trust["condition"]
    account = "${data.aws_caller_identity.current.account_id}"
    assert (condition["test"], condition["variable"]) == ("ArnLike", "aws:SourceArn")
    assert condition["values"] == [f"arn:aws:eks:eu-west-1:{account}:fargateprofile/shop/*"]


def test_addons_wait_for_the_profile_that_their_pods_run_on(cluster: Json) -> None:
    addons = cluster["aws_eks_addon"]
    assert {key: addon["depends_on"] for key, addon in addons.items()} == {
        "coredns": ["aws_eks_fargate_profile.coredns"],
        "metrics_server": ["aws_eks_fargate_profile.kube_system"],
        "kube_proxy": ["aws_eks_fargate_profile.kube_system"],
    }
    assert '"computeType" = "Fargate"' in addons["coredns"]["configuration_values"]


@pytest.mark.parametrize("version", facts.ADDONS)
def test_addons_have_the_versions_that_fit_the_clusters(build_system: Callable[[System], Built], version: str) -> None:
    built = stack(build_system(shipped() | {"cluster": {"version": version}}), "cluster")
    addons = built["resource"]["aws_eks_addon"].values()
    assert {addon["addon_name"]: addon["addon_version"] for addon in addons} == facts.ADDONS[version]
    assert [addon for addon in addons if "lifecycle" in addon] == []
    assert "aws_eks_addon_version" not in built["data"]
    assert facts.ADDONS[version]["kube-proxy"].startswith(f"v{version}.")
    for name, pinned in facts.ADDONS[version].items():
        assert re.fullmatch(patterns.ADDON_VERSION, pinned)
        assert pinned in eks_addons.VERSIONS[name]


def test_an_addon_without_a_known_version_keeps_the_one_that_it_has(build_system: Callable[[System], Built]) -> None:
    """AWS moves its default, and a plan for something else must not roll the pods."""
    older = {"version": "1.34", "addons": {"metrics_server": "v0.8.0-eksbuild.2"}}
    addons = stack(build_system(shipped() | {"cluster": older}), "cluster")["resource"]["aws_eks_addon"]
    assert addons["coredns"]["addon_version"] == "${data.aws_eks_addon_version.coredns.version}"
    assert addons["coredns"]["lifecycle"] == {"ignore_changes": ["addon_version"]}
    assert "lifecycle" not in addons["metrics_server"]


def test_a_version_of_services_yaml_comes_before_the_known_one(build_system: Callable[[System], Built]) -> None:
    pinned = stack(build_system(shipped() | {"cluster": {"addons": {"coredns": "v1.11.4-eksbuild.2"}}}), "cluster")
    assert pinned["resource"]["aws_eks_addon"]["coredns"]["addon_version"] == "v1.11.4-eksbuild.2"


def test_admins_and_the_deployer_have_an_entry_and_nobody_has_two(
    cluster: Json, build_system: Callable[[System], Built]
) -> None:
    assert list(cluster["aws_eks_access_entry"]) == ["deployer"]
    admin = "arn:aws:iam::111122223333:role/platform"
    found = stack(build_system(shipped() | {"cluster": {"admins": [admin]}}), "cluster")
    entries = found["resource"]
    deployer = entries["aws_eks_access_entry"]["deployer"]
    is_listed = "contains(local.declared_admins, data.aws_iam_session_context.deployer.issuer_arn)"
    assert deployer["for_each"] == f'${{toset({is_listed} ? [] : ["deployer"])}}'
    assert found["locals"]["declared_admins"] == [admin]
    assert deployer["lifecycle"] == {"ignore_changes": ["principal_arn"]}
    named = entries["aws_eks_access_entry"]["admin_111122223333_role_platform"]
    assert (named["principal_arn"], named["type"]) == (admin, "STANDARD")
    assert set(entries["aws_eks_access_policy_association"]) == set(entries["aws_eks_access_entry"])


def test_the_pods_group_opens_what_every_pod_needs_and_nothing_among_pods(cluster: Json) -> None:
    control_plane = "${aws_eks_cluster.main.vpc_config[0].cluster_security_group_id}"
    pods = "${aws_security_group.pods.id}"

    def rules(direction: str) -> set[tuple[str, str, str, int]]:
        return {
            (
                rule["security_group_id"],
                rule.get("referenced_security_group_id", rule.get("prefix_list_id", rule.get("cidr_ipv4"))),
                rule["ip_protocol"],
                rule["from_port"],
            )
            for rule in cluster[f"aws_vpc_security_group_{direction}_rule"].values()
        }

    network = "${data.terraform_remote_state.network.outputs"
    assert rules("egress") == {
        (pods, control_plane, "tcp", 53),
        (pods, control_plane, "udp", 53),
        (pods, control_plane, "tcp", 443),
        (pods, f"{network}.endpoints_security_group_id}}", "tcp", 443),
        (pods, f"{network}.s3_prefix_list_id}}", "tcp", 443),
    }
    assert rules("ingress") == {
        (pods, control_plane, "tcp", 10250),
        (control_plane, pods, "tcp", 53),
        (control_plane, pods, "udp", 53),
        (control_plane, pods, "tcp", 443),
        (control_plane, "10.0.0.0/16", "tcp", 443),
    }


def test_no_token_and_no_provider_of_its_own_resources(built: Built) -> None:
    text = built["stacks/cluster/cdk.tf.json"].decode()
    assert "eks_cluster_auth" not in text
    assert list(stack(built, "cluster")["provider"]) == ["aws"]


def test_only_this_cluster_may_assume_its_role(built: Built) -> None:
    (statement,) = stack(built, "cluster")["data"]["aws_iam_policy_document"]["cluster_trust"]["statement"]
    conditions = {one["variable"]: (one["test"], one["values"]) for one in statement["condition"]}
    account = "${data.aws_caller_identity.current.account_id}"
    assert conditions == {
        "aws:SourceAccount": ("StringEquals", [account]),
        "aws:SourceArn": ("ArnLike", [f"arn:aws:eks:eu-west-1:{account}:cluster/shop"]),
    }
