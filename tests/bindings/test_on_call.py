"""Submodules of the provider packages load when one of their classes is called."""

import subprocess
import sys
from pathlib import Path

from modules.paths import ROOT

PROGRAM = """
import sys
from modules.bindings.aws import AwsProvider, SqsQueue, Vpc
from modules.bindings.cdktf import App, TerraformStack

def loaded():
    classes = {"vpc": "Vpc", "sqs_queue": "SqsQueue"}
    return [name for name, one in classes.items() if one in vars(sys.modules[f"cdktf_cdktf_provider_aws.{name}"])]

def annotated(one: Vpc | None, two: "list[SqsQueue] | None" = None) -> None | Vpc:
    return one

stack = TerraformStack(App(outdir=sys.argv[1]), "example")
assert loaded() == []
AwsProvider(stack, "aws", region="eu-west-1")
vpc = Vpc(stack, "vpc", cidr_block="10.0.0.0/16")
assert loaded() == ["vpc"]
assert isinstance(vpc, Vpc) and not isinstance(stack, Vpc)
assert type(vpc) is Vpc._class()
assert SqsQueue.TF_RESOURCE_TYPE == "aws_sqs_queue"
assert loaded() == ["vpc", "sqs_queue"]

class Queue(SqsQueue):
    pass

assert isinstance(Queue(stack, "queue"), SqsQueue)
assert "typeguard" not in sys.modules
"""


def test_a_class_stands_for_itself_until_it_is_called(tmp_path: Path) -> None:
    line = [sys.executable, "-c", PROGRAM, str(tmp_path / "out")]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
