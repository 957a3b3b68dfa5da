"""What is known of elements without asking Node is what Node would answer."""

import importlib
import json
import os
import re
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest

from modules.bindings import install
from modules.bindings.loader import submodules
from modules.paths import ROOT

PACKAGES = sorted(submodules.PACKAGES)

# What CDKTF generates for an attribute that is text: https://github.com/cdktf/cdktf-provider-aws/tree/main/src
GETTER = re.compile(r"get (\w+)\(\) \{\s+return this\.getStringAttribute\('(\w+)'\);")
TYPE = re.compile(r'\.tfResourceType = "(\w+)"')

SYSTEM = """
import sys
from modules.bindings.cdktf import App, Fn, TerraformOutput, TerraformResourceLifecycle, TerraformStack
from modules.bindings.aws import AwsProvider, DataAwsCallerIdentity, SqsQueue
app = App(outdir=sys.argv[1])
stack = TerraformStack(app, "example")
AwsProvider(stack, "aws", region="eu-west-1")
account = DataAwsCallerIdentity(stack, "account")
account.override_logical_id("current")
queues = []
for name in ("one", "two"):
    kept = TerraformResourceLifecycle(ignore_changes=["policy"]) if name == "one" else None
    queue = SqsQueue(stack, name, name=name, lifecycle=kept, delay_seconds=3)
    queue.override_logical_id(name)
    queues.append(queue)
for queue in queues:
    ignored = queue.lifecycle.ignore_changes if queue.lifecycle else None
    queue.lifecycle = TerraformResourceLifecycle(prevent_destroy=True, ignore_changes=ignored)
one, two = queues
one.redrive_policy = Fn.jsonencode({"deadLetterTargetArn": two.arn, "others": [f"{one.arn}/*", "${local.other}"]})
unnamed = SqsQueue(stack, "three", name=f"after-{one.name}-of-{account.account_id}")
values = [one.arn, two.url, one.delay_seconds, unnamed.arn, one.friendly_unique_id, one.terraform_resource_type]
values += [account.account_id, unnamed.friendly_unique_id]
for number, value in enumerate(values):
    TerraformOutput(stack, f"output{number}", value=value)
app.synth()
"""


def test_tokens_and_written_references_become_the_same_bytes(tmp_path: Path) -> None:
    written = [_run(tmp_path / switch, SYSTEM, switch) for switch in ("0", "1")]
    assert written[0] == written[1]
    queue = json.loads(written[0])["resource"]["aws_sqs_queue"]["one"]
    assert queue["lifecycle"] == {"prevent_destroy": True, "ignore_changes": ["policy"]}
    encoded = '{"deadLetterTargetArn" = aws_sqs_queue.two.arn, "others" = ["${aws_sqs_queue.one.arn}/*", '
    assert queue["redrive_policy"].startswith(f"${{jsonencode({encoded}")


@pytest.mark.parametrize("package", PACKAGES)
def test_types_and_attributes_are_those_of_the_generated_javascript(package: str) -> None:
    install()
    from modules.bindings.loader.references import _attributes, _type

    (packed,) = Path(importlib.import_module(f"{package}._jsii").__file__ or "").parent.glob("*.tgz")
    compared = 0
    with tarfile.open(packed) as archive:
        for name in sorted(submodules.listed(package) - {"provider"}):
            read = archive.extractfile(f"package/lib/{name.replace('_', '-')}/index.js")
            assert read
            text = read.read().decode()
            module: Any = importlib.import_module(f"{package}.{name}")
            if hasattr(module, "load"):  # nothing has called one of its classes yet
                module.load()
                module = sys.modules[f"{package}.{name}"]
            (kind,) = (one for one in vars(module).values() if isinstance(one, type) and _type(one))
            (declared,) = TYPE.findall(text)
            is_data = name.startswith("data_")
            assert _type(kind) == (f"data.{declared}" if is_data else declared)
            # The class of the resource comes last; those before it are of its blocks.
            getters = dict(GETTER.findall(text[text.rindex("extends cdktf.Terraform") :]))
            assert _attributes(kind) == getters
            compared += len(getters)
    assert compared


def _run(folder: Path, code: str, switch: str) -> bytes:
    folder.mkdir()
    environment = {"EKS_FARGATE_TERRAFORM_STOCK": switch, "PYTHONPATH": str(ROOT)}
    line = [sys.executable, "-c", code, str(folder / "out")]
    done = subprocess.run(
        line, env={**os.environ, **environment}, capture_output=True, text=True, check=False, timeout=240
    )
    assert done.returncode == 0, done.stderr
    return (folder / "out" / "stacks" / "example" / "cdk.tf.json").read_bytes()
