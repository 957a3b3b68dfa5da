"""SQS: a queue keeps its policy when another attribute is set, and gives its redrive policies back as written.

moto forgets the policy, puts spaces into RedrivePolicy, and does not know RedriveAllowPolicy. Nor does it move messages
from a dead-letter queue; here so many are moved each time that somebody looks at the task, the oldest first.
"""

import json
import secrets
import time
from typing import Any

from moto.core.responses import ActionResult
from moto.sqs.models import Queue, SQSBackend
from moto.sqs.responses import SQSResponse

from .errors import error
from .extension import extend

ALLOWS = "RedriveAllowPolicy"
MOVED = 10  # messages at a time, unless a rate is asked for

NotFound = error("ResourceNotFoundException")
InvalidParameter = error("InvalidParameterValue")
Unsupported = error("UnsupportedOperation")


class Backend(SQSBackend):
    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.moves: list[dict[str, Any]] = []

    def start_move(self, source: str, destination: str, rate: int | None) -> str:
        from_queue, to_queue = self._of(source), self._of(destination)
        if not any(queue.dead_letter_queue is from_queue for queue in self.queues.values()):
            raise InvalidParameter("Source queue must be configured as a Dead Letter Queue.")
        if from_queue.fifo_queue != to_queue.fifo_queue:
            raise InvalidParameter("Source and destination queues must be of the same type.")
        if any(move["SourceArn"] == source and move["Status"] == "RUNNING" for move in self.moves):
            raise Unsupported(
                "There is already a task running. Only one active task is allowed for a source queue arn."
            )
        move = {
            "TaskHandle": secrets.token_urlsafe(24),
            "Status": "RUNNING",
            "SourceArn": source,
            "DestinationArn": destination,
            "ApproximateNumberOfMessagesMoved": 0,
            "ApproximateNumberOfMessagesToMove": len(from_queue.messages),
            "StartedTimestamp": int(time.time() * 1000),
        }
        if rate:
            move["MaxNumberOfMessagesPerSecond"] = rate
        self.moves.insert(0, move)
        return str(move["TaskHandle"])

    def moves_of(self, source: str) -> list[dict[str, Any]]:
        """Each look moves some more."""
        queue = self._of(source)
        found = [move for move in self.moves if move["SourceArn"] == source]
        for move in found:
            if move["Status"] == "RUNNING":
                self._go_on(queue, move)
        return [
            {key: value for key, value in move.items() if key != "TaskHandle" or move["Status"] == "RUNNING"}
            for move in found
        ]

    def _go_on(self, queue: Any, move: dict[str, Any]) -> None:
        to = self._of(move["DestinationArn"])
        for message in list(queue.messages)[: move.get("MaxNumberOfMessagesPerSecond", MOVED)]:
            queue._messages.remove(message)
            message.approximate_receive_count = 0
            to.add_message(message)
            move["ApproximateNumberOfMessagesMoved"] += 1
        if not queue.messages:
            move["Status"] = "COMPLETED"

    def _of(self, arn: str) -> Any:
        name = arn.rpartition(":")[2]
        if name not in self.queues:
            raise NotFound("The resource that you specified for the SourceArn parameter doesn't exist.")
        return self.queues[name]

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


class Response(SQSResponse):
    def start_message_move_task(self) -> ActionResult:
        asked = [self._get_param(name) for name in ("SourceArn", "DestinationArn", "MaxNumberOfMessagesPerSecond")]
        return ActionResult({"TaskHandle": self._moves.start_move(*asked)})

    def list_message_move_tasks(self) -> ActionResult:
        most = int(self._get_param("MaxResults") or 1)
        return ActionResult({"Results": self._moves.moves_of(self._get_param("SourceArn"))[:most]})

    @property
    def _moves(self) -> Backend:
        backend = self.sqs_backend
        assert isinstance(backend, Backend)
        return backend


def install() -> None:
    extend("sqs", Response, Backend)
