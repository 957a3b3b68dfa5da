"""The files that a build returns, and the JSON in them."""

import json
from typing import Any

Built = dict[str, bytes]
Json = dict[str, Any]


def stack(built: Built, name: str) -> Json:
    """The JSON of one stack."""
    content: Json = json.loads(built[f"stacks/{name}/cdk.tf.json"])
    return content
