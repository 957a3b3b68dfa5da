"""The JSON Schema: what the model accepts, it accepts."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from modules.paths import ROOT
from modules.permissions import KINDS
from modules.schema import patterns
from modules.spec import reserved_names
from modules.spec.json_schema import schema
from modules.synth import json_schema_file
from tests.support.run_synth import shipped


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    Draft202012Validator.check_schema(schema())
    return Draft202012Validator(schema())


def test_the_shipped_file_validates(validator: Draft202012Validator) -> None:
    assert [error.message for error in validator.iter_errors(shipped())] == []


def test_the_committed_schema_follows_the_model() -> None:
    assert json_schema_file.differences(ROOT) == []


@pytest.mark.parametrize(
    ("service", "valid"),
    [
        ({"aws": ["s3", "sqs"]}, True),
        ({"aws": {"sqs": {"subscribe": ["b"]}}}, True),
        ({"aws": {"sns": None}}, True),
        ({"aws": ["sqss"]}, False),
        ({"aws": {"sqss": {}}}, False),
        ({"podz": 1}, False),
        ({"pods": "3"}, False),
        (None, True),
    ],
)
def test_an_editor_sees_what_synth_would_say(validator: Draft202012Validator, service: object, valid: bool) -> None:
    file = {"project": "shop", "region": "eu-west-1", "services": {"a": service}}
    assert validator.is_valid(file) == valid


def test_every_kind_of_permission_is_offered() -> None:
    whole = schema()
    words = whole["$defs"]["Service"]["properties"]["aws"]["anyOf"][0]["enum"]
    assert [*words, "ses"] == [word for word in KINDS if word != "ses"] + ["ses"]
    assert list(whole["$defs"]["Permissions"]["properties"]) == list(KINDS)


def test_every_key_has_a_description() -> None:
    whole = schema()
    for name, model in {"": whole, **whole["$defs"]}.items():
        for key, value in model.get("properties", {}).items():
            assert "description" in value or "$ref" in value, f"{name}.{key}"


def _chart(name: str) -> dict[str, Any]:
    whole: dict[str, Any] = json.loads((ROOT / "charts" / name / "values.schema.json").read_text(encoding="utf-8"))
    found: dict[str, Any] = whole["properties"] | whole.get("definitions", {})
    return found


@pytest.mark.parametrize("name", ["microservice", "microservice-network"])
def test_the_charts_accept_exactly_what_services_yaml_does(name: str) -> None:
    chart, service = _chart(name), schema()["$defs"]["Service"]["properties"]
    assert chart["service"]["pattern"] == reserved_names.SERVICE_PATTERN
    assert chart["service"]["maxLength"] == reserved_names.SERVICE_LENGTH
    (number, _), others = service["port"]["anyOf"], {"not": service["port"]["not"]}
    written = {key: number[key] for key in ("minimum", "maximum")} | others
    assert {key: chart["port"][key] for key in ("minimum", "maximum", "not")} == written
    if name == "microservice":
        path = chart["probe"]["properties"]["httpGet"]["properties"]["path"]
        assert path["pattern"] == patterns.HEALTH
        variable = chart["env"]["items"]["properties"]["name"]["pattern"]
        assert variable == service["env"]["propertyNames"]["pattern"]


def test_every_image_of_a_chart_is_one_that_services_yaml_accepts() -> None:
    charts = [file.parent.name for file in sorted((ROOT / "charts").glob("*/values.schema.json"))]
    images = {name: image for name in charts if (image := _chart(name).get("image"))}
    assert images.keys() == {"database-users", "job-watcher", "microservice"}
    for image in images.values():
        assert (image["pattern"], image["not"]) == (patterns.IMAGE_REFERENCE, {"pattern": ":latest$"})


DIGEST = f"@sha256:{'a' * 64}"


@pytest.mark.parametrize(
    ("image", "valid"),
    [
        ("ghcr.io/example/api:v1", True),
        (f"ghcr.io/example/api:v1{DIGEST}", True),
        (f"ghcr.io/example/api{DIGEST}", True),
        ("localhost:5000/api:v1", True),
        ("example/api:v1", True),
        ("Example/Api:v1", False),
        ("https://ghcr.io/example/api:v1", False),
        ("ghcr.io/example/api", False),
        ("ghcr.io/example/api:latest", False),
        ("ghcr.io/example//api:v1", False),
        ("ghcr.io/example/a..b:v1", False),
        ("ghcr.io/example/api:v1@sha256:abc", False),
    ],
)
def test_an_image_with_a_slash_is_judged_alike_by_spec_and_chart(
    validator: Draft202012Validator, image: str, valid: bool
) -> None:
    chart = Draft202012Validator(_chart("microservice")["image"])
    file = {"project": "shop", "region": "eu-west-1", "services": {"a": {"image": image}}}
    assert (validator.is_valid(file), chart.is_valid(image)) == (valid, valid)


def test_a_tag_alone_is_an_image_in_the_repository_of_the_service(validator: Draft202012Validator) -> None:
    for image in ("v1.4", f"v1.4{DIGEST}"):
        file = {"project": "shop", "region": "eu-west-1", "services": {"a": {"image": image}}}
        assert validator.is_valid(file)
        reference = f"111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/a:{image}"
        assert Draft202012Validator(_chart("microservice")["image"]).is_valid(reference)
