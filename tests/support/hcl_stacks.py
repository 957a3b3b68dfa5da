"""What of a stack in HCL an emulated run can't apply is taken out of its text, as without_kubernetes.py does in JSON.

The text is laid out as `terraform fmt` does, so a block at the top level ends at an empty line before its neighbour.
"""

import copy
import re
import shutil
import tempfile
from pathlib import Path
from typing import Any

from modules.synth import hcl
from tests.support import without_kubernetes
from tests.support.terraform_workspace import Workspace
from tests.support.without_kubernetes import OTHER_HALF, PROVIDERS, PUBLISHED, REFERENCE

_BETWEEN_BLOCKS = re.compile(r"\n\n(?=\S)")
_OF_KUBERNETES = re.compile(r'(?:resource|data) "(?:kubernetes|helm)_|provider "(?:kubernetes|helm)"')
_WAIT = re.compile(r"^  depends_on = \[\n(?:    .*(?:kubernetes|helm)_.*\n)+  \]\n", re.MULTILINE)
_REQUIREMENT = re.compile(rf"    (?:{'|'.join(PROVIDERS)}) = {{\n(?:      .*\n)+?    }}\n")


def hcl_twin(initialised: Workspace, generated: Path) -> Workspace:
    """The initialised workspace once more, beside the same states, with the stacks of `generated`, which are in HCL."""
    twin = copy.copy(initialised)
    twin.generated = Path(tempfile.mkdtemp(prefix="hcl-", dir=initialised.generated.parent))
    shutil.copytree(initialised.generated, twin.generated, symlinks=True, dirs_exist_ok=True)
    for name in twin.stacks:
        (twin.folder(name) / "cdk.tf.json").unlink()
        text = without_controller((generated / "stacks" / name / "cdk.tf").read_text())
        if name in initialised.aws_only:
            text = aws_only(text, initialised.whole[name])
        (twin.folder(name) / "cdk.tf").write_text(text)
    return twin


def aws_only(text: str, whole: dict[str, Any]) -> str:
    """The stack without its Kubernetes and Helm parts, and with the output that shows how those are evaluated."""
    blocks = [block for block in _blocks(text) if not _OF_KUBERNETES.match(block)]
    blocks = [_WAIT.sub("", block) if block.startswith("output ") else block for block in blocks]
    blocks = [block for block in blocks if not (block.startswith("output ") and REFERENCE.search(block))]
    kept = _joined(blocks)
    required = _REQUIREMENT.sub("", kept)
    assert not REFERENCE.search(required), "an AWS resource refers to a Kubernetes or Helm resource"
    return required + "\n" + hcl.render({"output": {OTHER_HALF: without_kubernetes.other(whole)}}, frozenset())


def without_controller(text: str) -> str:
    """The stack without the releases of charts that others publish."""
    heads = tuple(f'resource "helm_release" "{address}"' for address in PUBLISHED)
    return _joined([block for block in _blocks(text) if not block.startswith(heads)])


def _blocks(text: str) -> list[str]:
    return _BETWEEN_BLOCKS.split(text.rstrip("\n"))


def _joined(blocks: list[str]) -> str:
    return "\n\n".join(blocks) + "\n"
