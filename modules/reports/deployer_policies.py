"""The deployer's policies: what a role that plans, and one that applies, has to be allowed for a generated system."""

import json
from pathlib import Path

from modules.design.deployer import Deployer
from modules.design.managed_policies import Document, documents
from modules.spec.model import Spec
from modules.state.generated import configuration_file, folder_of, stack_folders


def policies(spec: Spec, generated: Path, boundary: str | None = None) -> dict[str, list[Document]]:
    """`plan` and `apply`, each in as few documents as fit. Raises TooLarge."""
    deployer = Deployer(spec, types(generated, spec), boundary)
    return {"plan": documents(deployer.plan()), "apply": documents(deployer.apply())}


def types(generated: Path, spec: Spec) -> set[str]:
    """Terraform's types in the stacks of an environment, with `data.` before those that are only read."""
    found: set[str] = set()
    for name in stack_folders(generated):
        if spec.names.part(name) is not None:
            file = configuration_file(folder_of(generated, name))
            whole = json.loads(file.read_text(encoding="utf-8"))
            found |= {*whole.get("resource", {}), *(f"data.{kind}" for kind in whole.get("data", {}))}
    return found
