"""What Terraform checks of something that it has read, at every plan."""

from typing import NamedTuple

from modules.bindings.cdktf import TerraformElement


class Required(NamedTuple):
    """A condition, without the signs of a template, and what a plan that ends says where it does not hold."""

    condition: str
    message: str


def require(element: TerraformElement, *required: Required) -> None:
    """Ends a plan where one of them does not hold of a data source; `self` in them is what was read."""
    conditions = [{"condition": f"${{{one.condition}}}", "error_message": one.message} for one in required]
    element.add_override("lifecycle.postcondition", conditions)
