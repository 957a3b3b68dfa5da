"""The values of the releases: services.yaml in the words of the charts, with what only Terraform knows left open."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from modules.checks.check import Checked
from modules.design import helm_values, terraform_text
from modules.facts import charts
from modules.facts.charts import CONTROLLER
from modules.spec.model import Spec

Check = Callable[[str], Checked]


@pytest.fixture
def read(system: Check) -> Callable[..., Any]:
    def values_of(body: str, **environment: str) -> Any:
        spec = system(f"a: {body}\nb: {{}}").spec
        assert isinstance(spec, Spec)
        return YAML(typ="safe").load(helm_values.service(terraform_text.literal(spec), "a", environment))

    return values_of


def test_a_request_is_the_billed_size_less_what_fargate_keeps(read: Callable[..., Any]) -> None:
    found = read("{cpu: 0.5, memory: 1GB, pods: 3}")
    assert (found["cpu"], found["memory"], found["pods"]) == ("500m", "768Mi", {"min": 3, "max": 9})


def test_without_an_image_the_placeholder_answers_on_the_port(read: Callable[..., Any]) -> None:
    found = read("{port: 9000}")
    assert found["image"].startswith("docker.io/hashicorp/http-echo:")
    assert found["args"][0] == "-listen=:9000"
    assert "command" not in found


@pytest.mark.parametrize(
    ("image", "reference"),
    [("v1.4", "${repository_url}:v1.4"), ("ghcr.io/shop/a:1", "ghcr.io/shop/a:1")],
)
def test_a_tag_is_of_the_services_own_repository(read: Callable[..., Any], image: str, reference: str) -> None:
    found = read(f"{{image: {image}, command: [serve, --all]}}")
    assert (found["image"], found["command"]) == (reference, ["serve", "--all"])
    assert "args" not in found


def test_what_looks_like_a_template_in_a_value_stays_as_it_is(read: Callable[..., Any]) -> None:
    found = read('{env: {PATTERN: "${HOME}/%{x}", NUMBER: "5"}}', QUEUE_URL=helm_values.placeholder("QUEUE_URL"))
    assert found["env"] == [
        {"name": "QUEUE_URL", "value": "${QUEUE_URL}"},
        {"name": "NUMBER", "value": "5"},
        {"name": "PATTERN", "value": "$${HOME}/%%{x}"},
    ]


def test_a_variable_comes_after_those_to_which_it_refers_and_after_those_of_the_platform(
    read: Callable[..., Any],
) -> None:
    found = read('{env: {A: "$(C)/$$(B)", B: "$(A)", C: "$(QUEUE_URL)"}, aws: [sqs]}', QUEUE_URL="x")
    assert [(one["name"], one["value"]) for one in found["env"]] == [
        ("QUEUE_URL", "x"),
        ("C", "$(QUEUE_URL)"),
        ("A", "$(C)/$$(B)"),
        ("B", "$(A)"),
    ]


def test_an_internal_service_has_no_target_group(system: Check) -> None:
    spec = system("a: {}\nb: {path: /b}").spec
    assert isinstance(spec, Spec)
    yaml = YAML(typ="safe")
    assert "targetGroup" not in yaml.load(helm_values.network(spec, "a"))
    assert yaml.load(helm_values.network(spec, "b"))["targetGroup"] == {
        "arn": "${target_group_arn}",
        "vpcId": "${vpc_id}",
    }


@pytest.mark.parametrize(("options", "limit"), [("{}", 75), ("{connections: 40}", 40)])
def test_a_user_of_the_database_holds_a_tenth_of_its_connections_or_those_that_rds_names(
    system: Check, options: str, limit: int
) -> None:
    spec = system(f"a: {{aws: {{rds: {options}}}}}").spec
    assert isinstance(spec, Spec)
    (user,) = YAML(typ="safe").load(helm_values.database_users(spec))["users"]
    assert user == {"name": "shop_a", "connections": limit}


def test_users_of_anothers_schema_come_after_those_that_have_one(system: Check) -> None:
    spec = system("a: {aws: {rds: {of: web, access: write}}}\nweb: {aws: [rds]}").spec
    assert isinstance(spec, Spec)
    users = YAML(typ="safe").load(helm_values.database_users(spec))["users"]
    assert users == [
        {"name": "shop_web", "connections": 75},
        {"name": "shop_a__writes_web", "connections": 75, "of": "shop_web", "access": "write"},
    ]


TEXTS = [
    "a: 1\nb: 2\n",
    "a: 1",
    "",
    "\n",
    "a\n\n",
    "\ta\n  b\n",
    "  a\nb\n",
    "a \nb\n",
    "a\r\nb\r\n",
    "a\n\nb\n",
    "# c\n--- x\n...\n",
    "%YAML 1.1\n",
    "ü €\u2028\u0085\ufeff\n",
    "x" * 2000 + " y\n",
    '"\\\n',
]


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_file_reaches_the_chart_as_it_is(tmp_path: Path, read: Callable[..., Any], text: str) -> None:
    (tmp_path / "app").write_bytes(text.encode())
    found = read("{image: v1, files: {/etc/app: app}}")
    assert found["files"] == [{"path": "/etc/app", "text": text}]


def test_what_looks_like_a_template_in_a_file_is_no_template(tmp_path: Path, read: Callable[..., Any]) -> None:
    (tmp_path / "app").write_text("url: ${HOST}\n%{ if x }\n")
    assert read("{image: v1, files: {/etc/app: app}}")["files"][0]["text"] == "url: $${HOST}\n%%{ if x }\n"


def test_a_placeholder_has_no_files(tmp_path: Path, read: Callable[..., Any]) -> None:
    (tmp_path / "app").write_text("a")
    assert "files" not in read("{files: {/etc/app: app}}")


def test_the_containers_of_a_pod_share_its_size_and_each_init_container_has_it_whole(read: Callable[..., Any]) -> None:
    """As Fargate counts: the larger of the sum of all and of the largest init container, and 256 MiB."""
    found = read(
        "{cpu: 0.5, memory: 1GB, image: v1, init: {first: {}, second: {}}, "
        "sidecars: {proxy: {cpu: 0.1, memory: 128MB}, logs: {}}}"
    )
    assert (found["cpu"], found["memory"]) == ("350m", "576Mi")
    assert [(one["cpu"], one["memory"]) for one in found["sidecars"]] == [("100m", "128Mi"), ("50m", "64Mi")]
    assert [(one["name"], one["cpu"], one["memory"]) for one in found["init"]] == [
        ("first", "500m", "768Mi"),
        ("second", "500m", "768Mi"),
    ]


def test_a_further_container_runs_the_services_own_image_with_its_variables_or_another_without(
    read: Callable[..., Any],
) -> None:
    found = read(
        "{image: v1, env: {A: a, B: $(QUEUE_URL)}, aws: [sqs], init: {own: {env: {A: $(B)}}}, "
        "sidecars: {other: {image: 'ghcr.io/a/b:1', env: {C: c}}}}",
        QUEUE_URL="x",
    )
    (own,), (other,) = found["init"], found["sidecars"]
    assert (own["image"], other["image"]) == ("${repository_url}:v1", "ghcr.io/a/b:1")
    assert [(one["name"], one["value"]) for one in own["env"]] == [
        ("QUEUE_URL", "x"),
        ("B", "$(QUEUE_URL)"),
        ("A", "$(B)"),
    ]
    assert [one["name"] for one in other["env"]] == ["QUEUE_URL", "C"]


def test_a_placeholder_has_the_pod_for_itself(read: Callable[..., Any]) -> None:
    found = read("{init: {first: {}}, sidecars: {proxy: {}}}")
    assert (found["cpu"], found["memory"]) == ("250m", "256Mi")
    assert not {"init", "sidecars"} & found.keys()


IMAGES = [value for name, value in vars(charts).items() if name.isupper() and isinstance(value, str)]


@pytest.mark.parametrize("image", IMAGES)
def test_an_image_of_others_is_named_by_digest_so_that_it_is_the_same_tomorrow(image: str) -> None:
    assert re.fullmatch(r"\S+@sha256:[0-9a-f]{64}", image)


def test_the_controller_makes_nothing_that_is_terraforms(system: Check) -> None:
    spec = system("a: {}").spec
    assert isinstance(spec, Spec)
    found = YAML(typ="safe").load(helm_values.controller(spec))
    assert found["serviceAccount"] == {"create": False, "name": "aws-load-balancer-controller"}
    assert found["podMutatorWebhookConfig"] == {"failurePolicy": "Fail"}
    assert found["image"]["tag"].startswith(f"v{CONTROLLER.version}@")
    assert not any(found[key] for key in ("enableWafv2", "enableBackendSecurityGroup", "createIngressClassResource"))
    assert found["resources"]["requests"] == found["resources"]["limits"]
