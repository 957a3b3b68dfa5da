"""The base of every component: a part of a stack that takes values, makes resources, and offers values."""

from typing import TypeVar

from modules.bindings.cdktf import Construct, ITerraformDependable, TerraformElement
from modules.constructs.stack import Stack
from modules.naming import address

Element = TypeVar("Element", bound=TerraformElement)


class Component(Construct):
    """A construct that gives each of its resources an address."""

    def __init__(self, scope: "Stack | Component", identifier: str) -> None:
        super().__init__(scope, identifier)
        self.stack: Stack = scope.stack if isinstance(scope, Component) else scope
        self.depends_on: list[ITerraformDependable] = []
        """What has to exist before pods that use it start, besides what their values refer to."""

    def set_address(self, element: Element, *parts: str) -> Element:
        """Gives a resource or data source the address made of `parts`; raises ValueError where another one has it."""
        name = address(*parts)
        self.stack.register_address(type(element).__name__, name)
        element.override_logical_id(name)
        return element
