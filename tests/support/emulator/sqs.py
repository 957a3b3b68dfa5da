"""SQS: a queue keeps its policy when another attribute is set, and gives its redrive policies back as written.

moto forgets the policy, puts spaces into RedrivePolicy, and does not know RedriveAllowPolicy.
"""

import json
from typing import Any

from moto.sqs.models import Queue, SQSBackend
from moto.sqs.responses import SQSResponse

from .extension import extend

ALLOWS = "RedriveAllowPolicy"


class Backend(SQSBackend):
    def set_queue_attributes(self, queue_name: str, attributes: dict[str, Any]) -> Queue:
        return super().set_queue_attributes(queue_name, {"Policy": self.get_queue(queue_name).policy, **attributes})

    def get_queue_attributes(self, queue_name: str, attribute_names: list[str]) -> dict[str, Any]:
        found = super().get_queue_attributes(queue_name, [name for name in attribute_names if name != ALLOWS])
        allows = getattr(self.get_queue(queue_name), "redrive_allow_policy", None)
        if allows and {"All", ALLOWS} & set(attribute_names):
            found[ALLOWS] = allows
        if redrive := found.get("RedrivePolicy"):
            found["RedrivePolicy"] = json.dumps(json.loads(redrive), separators=(",", ":"))
        return found


def install() -> None:
    extend("sqs", SQSResponse, Backend)
