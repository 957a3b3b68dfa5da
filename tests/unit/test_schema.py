"""The JSON Schema: what the model accepts, it accepts."""

import pytest
from jsonschema import Draft202012Validator

from modules.paths import ROOT
from modules.permissions import KINDS
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
    words = [one["const"] for one in whole["$defs"]["Service"]["properties"]["aws"]["anyOf"][0]["oneOf"]]
    assert [*words, "ses"] == [word for word in KINDS if word != "ses"] + ["ses"]
    assert list(whole["$defs"]["Permissions"]["properties"]) == list(KINDS)


def test_every_key_has_a_description() -> None:
    whole = schema()
    for name, model in {"": whole, **whole["$defs"]}.items():
        for key, value in model.get("properties", {}).items():
            assert "description" in value or "$ref" in value, f"{name}.{key}"
