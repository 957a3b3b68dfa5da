"""What is known of an element without asking Node; jsii answers only after all that it was told before.

An attribute is written as Terraform does, where Node would answer with a token that becomes the same text.
"""

import functools
import re
from typing import Any

from modules.bindings.loader.patches import Patches
from modules.bindings.loader.submodules import PACKAGES

_TYPE, _NAME, _LIFECYCLE = "terraformResourceType", "friendlyUniqueId", "lifecycle"
_FUNCTIONS = {"cdktf.Fn", "cdktf.FnGenerated", "cdktf.Op"}
_REFERENCE = re.compile(r"\$\{[^{}]*\}")


def answer_what_is_known(patches: Patches) -> None:
    """Raises AttributeError where jsii has other functions than its generated classes call."""
    import jsii

    known = _Known(jsii)
    for name in ("create", "get", "set", "invoke", "sinvoke"):
        patches.replace(jsii, name, getattr(known, name))


class _Known:
    def __init__(self, jsii: Any) -> None:
        self._create, self._get, self._set = jsii.create, jsii.get, jsii.set
        self._invoke, self._sinvoke = jsii.invoke, jsii.sinvoke
        # By the number that jsii gave the element.
        self._names: dict[int, str] = {}
        self._lifecycles: dict[int, Any] = {}
        # By the text that was answered.
        self._asked: dict[str, tuple[Any, str]] = {}

    def create(self, kind: Any, element: Any, arguments: Any = None) -> Any:
        made = self._create(kind, element, arguments)
        if _type(kind):
            self._lifecycles[_number(element)] = arguments[-1]._values.get(_LIFECYCLE)
        return made

    def get(self, element: Any, attribute: str) -> Any:
        kind: Any = type(element)
        if (terraforms := _type(kind)) is None:
            return self._get(element, attribute)
        if attribute == _TYPE:
            return terraforms.removeprefix("data.")
        if attribute == _LIFECYCLE:
            return self._lifecycles[_number(element)]
        name, found = self._names.get(_number(element)), _attributes(kind).get(attribute)
        if name and attribute == _NAME:
            return name
        if name is None or found is None:
            return self._get(element, attribute)
        text = f"${{{terraforms}.{name}.{found}}}"
        self._asked[text] = element, attribute
        return text

    def set(self, element: Any, attribute: str, value: Any) -> None:
        if attribute == _LIFECYCLE:
            self._lifecycles[_number(element)] = value
        self._set(element, attribute, value)

    def invoke(self, element: Any, method: str, arguments: Any = None) -> Any:
        if method == "overrideLogicalId":
            self._names[_number(element)] = arguments[0]
        elif method == "resetOverrideLogicalId":
            self._names.pop(_number(element), None)
        return self._invoke(element, method, arguments)

    def sinvoke(self, kind: Any, method: str, arguments: Any = None) -> Any:
        """A function of Terraform's, or an operator, takes tokens: it escapes what looks like a reference in a text."""
        if kind.__jsii_type__ in _FUNCTIONS:
            arguments = self._with_tokens(arguments)
        return self._sinvoke(kind, method, arguments)

    def _with_tokens(self, value: Any) -> Any:
        match value:
            case str():
                return _REFERENCE.sub(self._token, value)
            case list():
                return [self._with_tokens(one) for one in value]
            case dict():
                return {key: self._with_tokens(one) for key, one in value.items()}
        return value

    def _token(self, found: re.Match[str]) -> str:
        asked = self._asked.get(found[0])
        return str(self._get(*asked)) if asked else found[0]


def _number(element: Any) -> int:
    return int(element.__jsii_ref__.ref.rpartition("@")[2])


@functools.cache
def _type(kind: Any) -> str | None:
    """Terraform's type of a resource, after `data.` that of a data source; None for any other class.

    Its submodule is named after it, without the provider.
    """
    package, _, submodule = kind.__module__.partition(".")
    base = kind.__base__.__name__
    if package not in PACKAGES or base not in ("TerraformResource", "TerraformDataSource"):
        return None
    provider = package.rpartition("_")[2]
    return f"{provider}_{submodule}" if base == "TerraformResource" else submodule.replace("data_", "data.", 1)


@functools.cache
def _attributes(kind: Any) -> dict[str, str]:
    """What the class itself declares as text: Terraform's name by that of jsii."""
    getters: dict[str, Any] = {name: one.fget for name, one in vars(kind).items() if isinstance(one, property)}
    return {
        getter.__jsii_name__: name
        for name, getter in getters.items()
        if getter.__annotations__.get("return") == "builtins.str"
    }
