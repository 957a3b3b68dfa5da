"""The deployer's policies: what a role that plans, and one that applies, has to be allowed for a generated system."""

import json
from pathlib import Path

from modules.design import deployer as design
from modules.design.deployer import Deployer
from modules.design.managed_policies import Document, documents
from modules.naming import DEPLOYER
from modules.spec.model import Spec
from modules.state.generated import configuration_file, folder_of, stack_folders


def policies(spec: Spec, generated: Path, boundary: str | None = None) -> dict[str, list[Document]]:
    """`plan` and `apply`, each in as few documents as fit. Raises TooLarge."""
    deployer = Deployer(spec, types(generated, spec), boundary)
    return {"plan": documents(deployer.plan()), "apply": documents(deployer.apply())}


def types(generated: Path, spec: Spec) -> set[str]:
    """Those of Terraform in the stacks of an environment, but in that of the deployer itself."""
    return design.types(
        json.loads(configuration_file(folder_of(generated, name)).read_text(encoding="utf-8"))
        for name in stack_folders(generated)
        if spec.names.part(name) not in (None, DEPLOYER)
    )
