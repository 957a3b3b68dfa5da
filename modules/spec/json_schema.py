"""The JSON Schema of services.yaml, so that editors complete and check."""

from typing import Any

from modules.spec.model import Spec

FILE_NAME = "services.schema.json"


def schema() -> dict[str, Any]:
    """The schema as a JSON value."""
    whole = Spec.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **whole, "title": "services.yaml"}
