"""What `secrets:` comes to: which secret and key each value has, and what says when it is another one."""

from modules.design import external_secrets, pod_environment, secrets
from modules.design.vpc_endpoints import endpoints
from tests.unit.conftest import Check

FOUR = """a:
  image: v1
  env: {URL: "postgres://a:$(DB_PASS)@db.example.com"}
  secrets:
    STRIPE_KEY: own
    DB_PASS: {of: b}
    SENTRY_DSN: shared/sentry
    MAIL: {from: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:mail-AbCdEf", key: password}
    /etc/keys/api.key: own
b:
  aws: secrets"""


def _values(system: Check, services: str, name: str = "a") -> dict[str, tuple[str, str | None]]:
    spec = system(services).spec
    assert spec is not None
    return {one.place: (one.source, one.key) for one in secrets.values(name, spec.services[name])}


def test_each_form_names_a_secret_and_a_key(system: Check) -> None:
    assert _values(system, FOUR) == {
        "STRIPE_KEY": ("a", "STRIPE_KEY"),
        "DB_PASS": ("b", "DB_PASS"),
        "SENTRY_DSN": ("from_shared_sentry_a40133", None),
        "MAIL": ("from_mail_abcdef_8b189f", "password"),
        "/etc/keys/api.key": ("a", "api.key"),
    }


def test_a_key_of_its_own_secret_makes_the_secret(system: Check) -> None:
    spec = system("a:\n  secrets: {KEY: own}\nb:\n  secrets: {KEY: {of: a}}").spec
    assert spec is not None
    assert [service.owns("secrets") for service in spec.services.values()] == [True, False]
    assert spec.order == ["a", "b"], "the state that makes the secret comes first"


def test_a_variable_can_be_made_of_a_secret(system: Check) -> None:
    result = system(FOUR)
    assert result.mistakes == []
    assert result.spec is not None
    assert pod_environment.ordered(result.spec.services["a"].env) == {"URL": "postgres://a:$(DB_PASS)@db.example.com"}


def test_another_list_of_values_is_another_secret_in_kubernetes(system: Check) -> None:
    lists = ["{A: own}", "{B: own}", "{A: {key: B}}", "{A: x/y}", "{A: {from: x/y, key: A}}", "{/A: own}"]
    found = []
    for one in lists:
        spec = system(f"a:\n  secrets: {one}").spec
        assert spec is not None
        found.append(secrets.digest("a", spec.services["a"]))
    assert len(set(found)) == len(lists)


def test_names_that_differ_in_signs_only_are_two_secrets(system: Check) -> None:
    found = _values(system, "a:\n  secrets: {A: x/y, B: x_/y, C: X/y, D: {from: x/y, key: k}}")
    assert len({source for source, _ in found.values()}) == 3
    assert found["A"][0] == found["D"][0], "one secret is read once"


def test_the_operator_has_its_endpoints_where_somebody_has_secrets(system: Check) -> None:
    """Its pods have the cluster's security group, from which all ways lead out; so a list without them works too."""
    auto = "network: {endpoints: auto}\n"
    without, with_secrets = (system(f"a:\n  secrets: {one}", auto).spec for one in ("{}", "{A: shared/a}"))
    assert without is not None
    assert with_secrets is not None
    assert set(external_secrets.ENDPOINTS) <= set(endpoints(with_secrets))
    declared = system("a:\n  secrets: {A: shared/a}", "network: {endpoints: s3}\n").spec
    assert declared is not None
    assert endpoints(declared) == ("s3",)


def test_the_operator_may_make_tokens_of_the_services_with_secrets_only(system: Check) -> None:
    spec = system("a:\n  secrets: {A: shared/a}\nb:\n  aws: secrets").spec
    assert spec is not None
    values = external_secrets.values(spec)
    assert values["rbac"]["serviceAccountTokenCreate"] is False
    rights = [one for one in values["extraObjects"] if one["kind"] == "Role"]
    assert [(one["metadata"]["namespace"], one["rules"]) for one in rights] == [
        (
            "a",
            [{"apiGroups": [""], "resources": ["serviceaccounts/token"], "resourceNames": ["a"], "verbs": ["create"]}],
        )
    ]
    (binding,) = [one for one in values["extraObjects"] if one["kind"] == "RoleBinding"]
    assert binding["subjects"] == [{"kind": "ServiceAccount", "name": "external-secrets", "namespace": "kube-system"}]


def test_no_kind_of_the_operator_acts_outside_of_its_namespace(system: Check) -> None:
    spec = system("a:\n  secrets: {A: shared/a}").spec
    assert spec is not None
    values = external_secrets.values(spec)
    off = ["ClusterStore", "ClusterExternalSecret", "ClusterGenerator", "ClusterPushSecret", "PushSecret"]
    assert {kind: values[f"process{kind}"] for kind in off} == dict.fromkeys(off, False)
    assert values["webhook"]["port"] == 9443, "10250 is the kubelet's"
    assert values["rbac"]["aggregateToEdit"] is False
