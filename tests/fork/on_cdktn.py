"""`python -m tests.fork.on_cdktn OPTIONS`: main.py on CDKTF's fork, whose packages stand in for those of CDKTF.

The packages come first in PYTHONPATH; the product knows nothing of them.
"""

import importlib
import importlib.util
import os
import sys
import typing
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from modules.bindings.loader import struct_lists

PACKAGES = {"cdktf": "cdktn"} | {
    f"cdktf_cdktf_provider_{name}": f"cdktn_provider_{name}" for name in ("aws", "helm", "kubernetes")
}


class Fork(MetaPathFinder, Loader):
    """Finds the fork's module, which is the same object under both names."""

    def find_spec(self, fullname: str, *_: Any) -> ModuleSpec | None:
        package, dot, rest = fullname.partition(".")
        name = f"{PACKAGES[package]}{dot}{rest}" if package in PACKAGES else fullname
        found = importlib.util.find_spec(name) if name != fullname else None
        return found and ModuleSpec(fullname, self, origin=found.origin, loader_state=name, is_package=not dot)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module = importlib.import_module(spec.loader_state)
        self._own = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = self._own


def one_in_a_list(value: Any) -> None:
    """The fork wants a list where a block is there once; tests/fork/differences.py says where and why."""
    for field, block in getattr(value, "_values", {}).items():
        if isinstance(block, dict) and struct_lists._is_struct(type(value)):
            hint = typing.get_type_hints(getattr(type(value), field).fget)["return"]
            if any(typing.get_origin(part) is list for part in struct_lists._parts(hint)):
                value._values[field] = [block]
    convert(value)


if __name__ == "__main__":
    os.environ["EKS_FARGATE_TERRAFORM_STOCK"] = "1"
    sys.meta_path.insert(0, Fork())
    convert = struct_lists._convert
    struct_lists._convert = one_in_a_list
    from modules.cli.command_line import main

    sys.exit(main(sys.argv[1:]))
