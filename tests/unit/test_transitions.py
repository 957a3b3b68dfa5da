"""The file of `moved`, `removed` and `import` blocks, as text; tests/plan/test_transitions.py gives it to Terraform."""

import json

from modules.design.transitions import Imported, Kept, Moved, Transition
from modules.synth import transitions

QUEUE, TOPIC = Kept("aws_sqs_queue.orders"), Moved("aws_sns_topic.orders", "aws_sns_topic.sales")


def test_a_stack_without_transitions_has_no_file() -> None:
    assert transitions.files([], as_hcl=False) == transitions.files([], as_hcl=True) == {}


def test_the_file_is_the_same_in_whatever_order_and_however_often_a_transition_is_named() -> None:
    table: Transition = Imported("aws_dynamodb_table.orders", "shop-orders")
    one = transitions.files([QUEUE, TOPIC, table], as_hcl=False)
    assert one == transitions.files([table, QUEUE, TOPIC, QUEUE], as_hcl=False)
    assert json.loads(one[transitions.JSON]) == {
        "import": [{"id": "shop-orders", "to": "aws_dynamodb_table.orders"}],
        "moved": [{"from": "aws_sns_topic.orders", "to": "aws_sns_topic.sales"}],
        "removed": [{"from": "aws_sqs_queue.orders", "lifecycle": {"destroy": False}}],
    }


def test_the_same_is_written_in_hcl() -> None:
    (text,) = transitions.files([QUEUE], as_hcl=True).values()
    assert text.decode() == "removed {\n  from = aws_sqs_queue.orders\n\n  lifecycle {\n    destroy = false\n  }\n}\n"
