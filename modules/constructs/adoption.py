"""What is there already comes under Terraform: an `import` block, and the arguments that stay its owner's."""

from collections.abc import Sequence

from modules.bindings.cdktf import TerraformResource
from modules.constructs.stack import Stack
from modules.design.transitions import Imported

# In which an owner's settings are kept whole.
ALL: Sequence[str] | str = "all"


def adopt(stack: Stack, element: TerraformResource, identifier: str, *, keeps: Sequence[str] | str = ALL) -> None:
    """Imports what `identifier` names at the address of `element`; `keeps` names the arguments that it keeps."""
    address = f"{element.terraform_resource_type}.{element.friendly_unique_id}"
    stack.transitions.append(Imported(address, identifier))
    element.add_override("lifecycle.ignore_changes", keeps if isinstance(keeps, str) else list(keeps))
