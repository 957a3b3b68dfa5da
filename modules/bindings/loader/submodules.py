"""Lets `from <provider package>.vpc import Vpc` load that submodule alone, and refuses one that no list has.

A provider package's own __init__ imports all of its submodules: 2,212 for AWS, which takes most of a minute.
"""

import ast
import functools
import importlib.util
import sys
from importlib.abc import MetaPathFinder
from pathlib import Path
from types import ModuleType

from modules.bindings.loader.patches import Patches

PACKAGES = {f"cdktf_cdktf_provider_{provider}": f"{provider}.py" for provider in ("aws", "helm", "kubernetes")}


@functools.cache
def listed(package: str) -> frozenset[str]:
    """The submodules that aws.py, helm.py or kubernetes.py imports from the package, read without importing them."""
    source = (Path(__file__).parents[1] / PACKAGES[package]).read_text(encoding="utf-8")
    modules = {node.module for node in ast.parse(source).body if isinstance(node, ast.ImportFrom) and node.module}
    return frozenset(module.removeprefix(f"{package}.") for module in modules if module.startswith(f"{package}."))


def load_only_listed(patches: Patches) -> None:
    """Puts an empty module in each package's place, so that its __init__ does not run."""
    for package in PACKAGES.keys() - sys.modules.keys():
        spec = importlib.util.find_spec(package)
        if spec is not None:
            stub = ModuleType(package)
            stub.__spec__, stub.__file__ = spec, spec.origin
            stub.__path__ = list(spec.submodule_search_locations or [])
            sys.modules[package] = stub
            patches.on_undo(functools.partial(sys.modules.pop, package))
    finder = _OnlyListed()
    sys.meta_path.insert(0, finder)
    patches.on_undo(lambda: sys.meta_path.remove(finder))


class _OnlyListed(MetaPathFinder):
    def find_spec(self, fullname: str, *_args: object) -> None:
        package, _, submodule = fullname.partition(".")
        if package in PACKAGES and submodule not in listed(package) | {"_jsii"}:
            place = f"modules/bindings/{PACKAGES[package]}"
            raise ModuleNotFoundError(f"{fullname} is not loaded: add `from {fullname} import ...` to {place}")
