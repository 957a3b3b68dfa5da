"""The base of every component: a part of a stack that takes values, makes resources, and offers values."""

from typing import TypeVar

from modules.bindings.cdktf import (
    Construct,
    ITerraformDependable,
    TerraformElement,
    TerraformResource,
    TerraformResourceLifecycle,
)
from modules.constructs.stack import Stack
from modules.design import renaming
from modules.facts.stores import STORES
from modules.naming import address

Element = TypeVar("Element", bound=TerraformElement)


class Component(Construct):
    """A construct that gives each of its resources an address."""

    def __init__(self, scope: "Stack | Component", identifier: str) -> None:
        super().__init__(scope, identifier)
        self.stack: Stack = scope.stack if isinstance(scope, Component) else scope
        self.depends_on: list[ITerraformDependable] = []
        """What has to exist before pods that use it start, besides what their values refer to."""

    def set_address(self, element: Element, *parts: str, expendable: bool = False) -> Element:
        """Gives a resource or data source the address made of `parts`; raises ValueError where another one has it.

        The first part may be a service: the address then moves with its name.

        Terraform then refuses to delete it where it is a protected store, unless what it holds is `expendable`.
        """
        name = address(*parts)
        self.stack.register_address(type(element).__name__, name)
        element.override_logical_id(name)
        if not isinstance(element, TerraformResource):  # a data source may have the type of a store
            return element
        kind = element.terraform_resource_type
        self.stack.transitions += renaming.moves(self.stack.spec, self.stack.service, kind, *parts)
        if self.stack.protection and not expendable and kind in STORES:
            ignored = element.lifecycle.ignore_changes if element.lifecycle else None
            element.lifecycle = TerraformResourceLifecycle(prevent_destroy=True, ignore_changes=ignored)
        return element
