"""Services with a password: what Terraform makes for them, which is all but the password."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from ruamel.yaml import YAML

from modules.design import logins, pod_environment
from modules.naming import LIMITS, Names
from modules.permissions import rds, redis
from modules.synth.build import build
from tests.support.random_specs import System
from tests.synth.conftest import Built, spec_of, stack

PASSWORD = {"login": "password"}
SYSTEM: System = {
    "project": "shop",
    "region": "eu-west-1",
    "services": {
        "web": {"image": "v1", "aws": {"rds": PASSWORD, "redis": PASSWORD}},
        "worker": {"image": "v1", "aws": {"rds": {"of": "web", "access": "write", **PASSWORD}, "redis": {"of": "web"}}},
        "api": {"image": "v1", "aws": ["rds", "redis"]},
    },
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return build(spec_of(SYSTEM, tmp_path_factory.mktemp("logins")))


@pytest.fixture(scope="module")
def platform(built: Built) -> dict[str, Any]:
    return stack(built, "platform")


def test_each_service_with_a_password_has_a_secret_whose_value_terraform_never_sees(
    built: Built, platform: dict[str, Any]
) -> None:
    assert set(platform["resource"]["aws_secretsmanager_secret"]) == {"web_logins", "worker_logins"}
    types = {kind for content in built.values() if b'"resource"' in content for kind in json.loads(content)["resource"]}
    assert not {"aws_secretsmanager_secret_version", "random_password"} & types
    data = {kind for content in built.values() if b'"data"' in content for kind in json.loads(content).get("data", {})}
    assert not {"aws_secretsmanager_secret_version", "aws_secretsmanager_random_password"} & data


def test_a_redis_user_with_a_password_is_off_until_the_job_sets_all_of_it(platform: dict[str, Any]) -> None:
    (user,) = platform["resource"]["aws_elasticache_user"].values()
    assert user["access_string"] == "off ~* -@all"
    assert "authentication_mode" not in user
    assert user["lifecycle"]["ignore_changes"] == [
        "access_string",
        "authentication_mode",
        "passwords",
        "no_password_required",
    ]
    assert (
        "aws_elasticache_user_group_association.web_password"
        in (platform["resource"]["helm_release"]["database_users"]["depends_on"])
    )


def test_only_the_job_may_fill_the_secrets_and_switch_the_users_on(built: Built, platform: dict[str, Any]) -> None:
    statements = platform["data"]["aws_iam_policy_document"]["database_users_permissions"]["statement"]
    found = {one["sid"]: (one["actions"], one["resources"]) for one in statements}
    assert found["LoginSecrets"] == (
        ["secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"],
        ["${aws_secretsmanager_secret.web_logins.arn}", "${aws_secretsmanager_secret.worker_logins.arn}"],
    )
    assert found["CacheUsers"] == (
        ["elasticache:ModifyUser", "elasticache:DescribeUsers"],
        ["${aws_elasticache_user.web_password.arn}"],
    )
    for name in ("web", "worker", "api"):
        assert "PutSecretValue" not in json.dumps(stack(built, name))


def test_passwords_of_redis_alone_give_the_job_nothing_to_do_with_aurora(
    build_system: Callable[[System], Built],
) -> None:
    built = build_system(
        {**SYSTEM, "database": "none", "services": {"web": {"image": "v1", "aws": {"redis": PASSWORD}}}}
    )
    text = built["stacks/platform/cdk.tf.json"].decode()
    assert not [word for word in ("rds-data", "aurora_cluster_arn", "aurora_master_secret_arn") if word in text]
    values = YAML(typ="safe").load(built["stacks/platform/database-users.values.yaml"].decode())
    assert values["users"] == []
    assert not {"clusterArn", "secretArn", "database"} & set(values)


def test_another_request_runs_the_job_again(platform: dict[str, Any]) -> None:
    values = platform["locals"]["database_users"]
    assert logins.REQUEST_STAGE in values["login_web_request"]
    assert "data.aws_secretsmanager_secret_versions.web_logins.versions" in values["login_web_request"]


def test_who_has_no_password_keeps_every_byte(built: Built, build_system: Callable[[System], Built]) -> None:
    without = json.loads(json.dumps(SYSTEM))
    for name in ("web", "worker"):
        for options in without["services"][name]["aws"].values():
            options.pop("login", None)
    plain = build_system(without)
    changed = {path.split("/")[1] for path in built if built[path] != plain.get(path) and path.startswith("stacks/")}
    assert changed == {"platform", "web", "worker"}


def test_the_login_by_iam_stays_so_that_a_change_of_login_breaks_no_running_pod(built: Built) -> None:
    web = stack(built, "web")
    (user,) = web["resource"]["aws_elasticache_user"].values()
    assert user["authentication_mode"] == {"type": "iam"}
    statements = web["data"]["aws_iam_policy_document"]["web_permissions"]["statement"]
    assert {"Database", "Cache"} <= {one["sid"] for one in statements}


def test_the_stack_of_the_service_names_the_redis_user_that_its_pods_have(
    built: Built, platform: dict[str, Any]
) -> None:
    """So that a deployment takes it from `platform` after the pods."""
    (user,) = stack(built, "web")["resource"]["aws_elasticache_user"].values()
    (with_password,) = platform["resource"]["aws_elasticache_user"].values()
    assert with_password["user_id"] in user["tags"].values()
    assert "tags" not in stack(built, "api")["resource"]["aws_elasticache_user"]["api"]


def test_pods_get_user_and_password_from_the_secret_and_an_address_made_of_them(built: Built) -> None:
    yaml = YAML(typ="safe")
    values = yaml.load(built["stacks/web/values.yaml"].decode())
    assert values["secrets"]["variables"] == ["DATABASE_PASSWORD", "DATABASE_USER", "REDIS_PASSWORD", "REDIS_USER"]
    variables = {one["name"]: one["value"] for one in values["env"]}
    assert not set(values["secrets"]["variables"]) & set(variables)
    names = [*values["secrets"]["variables"], *variables]
    for url in ("DATABASE_URL", "REDIS_URL"):
        referred = pod_environment.references(variables[url])
        assert all(names.index(one) < names.index(url) for one in referred), url
    brought = yaml.load(built["stacks/web/network.values.yaml"].decode())["secrets"]["values"]
    assert {(one["name"], one["key"]) for one in brought} == {(one, one) for one in values["secrets"]["variables"]}
    (source,) = stack(built, "web")["data"]["aws_secretsmanager_secret"].values()
    assert source["name"] == "shop/web/logins"
    plain = yaml.load(built["stacks/api/values.yaml"].decode())
    assert "secrets" not in plain
    assert {"DATABASE_USER", "REDIS_USER"} <= {one["name"] for one in plain["env"]}


def test_each_container_is_given_what_its_variables_refer_to(build_system: Callable[[System], Built]) -> None:
    """Kubernetes leaves `$(NAME)` in the text where the container has no such variable before."""
    further = {"own": {"command": ["/migrate"]}, "other": {"image": "registry.example.com/proxy:v1"}}
    web = {**SYSTEM["services"]["web"], "env": {"DB": "$(DATABASE_URL)"}, "init": further}
    web["sidecars"] = {f"{name}-beside": one for name, one in further.items()}
    built = build_system({**SYSTEM, "services": {**SYSTEM["services"], "web": web}})
    values = YAML(typ="safe").load(built["stacks/web/values.yaml"].decode())
    secret = values["secrets"]["variables"]
    containers = {one["name"]: one for one in (*values["init"], *values["sidecars"])}
    for name, container in {"server": values, **containers}.items():
        known = ["HOME", *(secret if name == "server" or container.get("secrets") else [])]
        for one in container["env"]:
            assert set(pod_environment.references(one["value"])) <= set(known), (name, one)
            known.append(one["name"])
        assert ("DATABASE_URL" in known) == ("REDIS_URL" in known) == (not name.startswith("other")), name
        assert {"DATABASE_HOST", "DATABASE_NAME", "REDIS_HOST"} <= set(known), name


def test_the_role_of_the_service_reads_its_own_logins_only(built: Built) -> None:
    statements = stack(built, "web")["data"]["aws_iam_policy_document"]["web_permissions"]["statement"]
    read = [one for one in statements if "secretsmanager:GetSecretValue" in one["actions"]]
    assert [len(one["resources"]) for one in read] == [1]
    (key,) = [one for one in statements if "kms:Decrypt" in one["actions"]]
    assert {one["variable"] for one in key["condition"]} == {"kms:ViaService", "kms:EncryptionContext:SecretARN"}


def test_the_names_of_logins_fit_and_meet_no_other(built: Built) -> None:
    names = Names("p" * 20)
    user = rds.user_name(names, "s" * 45, rds.RdsOptions())
    assert all(len(login) <= LIMITS["postgresql"] + 3 for login in rds.logins(user))
    assert len(redis.password_user(names, "s" * 45)) <= LIMITS["redis_user"]
    users = [rds.user_name(Names("shop"), "a", rds.RdsOptions(of=of)) for of in (None, "a", "b")]
    every = [login for one in users for login in (one, *rds.logins(one), f"{one}__owner", f"{one}__read")]
    assert len(set(every)) == len(every)
