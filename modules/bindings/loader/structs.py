"""Sends of a struct the fields that were set; jsii asks for each field that there is, and sends the rest as null."""

from typing import Any

from modules.bindings.loader.patches import Patches


def send_what_was_set(patches: Patches) -> None:
    """Raises AttributeError where jsii's internals are not those that this file knows."""
    from jsii import _kernel

    of_others: Any = _kernel._make_reference_for_native

    def reference(kernel: Any, value: Any) -> Any:
        kind = type(value)
        if kind is str or value is None:
            return value
        if kind is list:
            return [reference(kernel, one) for one in value]
        if kind is dict:
            return {"$jsii.map": {key: reference(kernel, one) for key, one in value.items()}}
        names = getattr(kind, "__jsii_name_mapping__", None)
        if names is None:
            return of_others(kernel, value)
        data = {names[field]: reference(kernel, one) for field, one in value._values.items()}
        return {"$jsii.struct": {"fqn": kind.__jsii_type__, "data": data}}

    patches.replace(_kernel, "_make_reference_for_native", reference)
