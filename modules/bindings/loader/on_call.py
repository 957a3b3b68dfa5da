"""Loads a submodule of a provider package when one of its classes is first called: most builds call a few of them."""

import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from modules.bindings.loader import submodules
from modules.bindings.loader.patches import Patches


def load_on_call(patches: Patches) -> None:
    """Whatever a finder after this one finds of these packages."""
    finder = _Finder()
    sys.meta_path.insert(0, finder)
    patches.on_undo(lambda: sys.meta_path.remove(finder))


class _Finder(MetaPathFinder):
    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        package, _, submodule = fullname.partition(".")
        if package not in submodules.PACKAGES or submodule in ("", "_jsii"):
            return None
        found = (one.find_spec(fullname, path, target) for one in sys.meta_path if one is not self)
        spec = next((one for one in found if one), None)
        if spec and spec.loader:
            spec.loader = _Loader(spec.loader)
        return spec


class _Loader(Loader):
    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return Submodule(spec.name, self._loader)

    def exec_module(self, module: ModuleType) -> None:
        """Later."""


class Submodule(ModuleType):
    """One of a provider package, of which nothing is loaded yet."""

    def __init__(self, name: str, loader: Loader) -> None:
        super().__init__(name)
        self._loader: Loader | None = loader

    def load(self) -> None:
        """The first time; then it has its classes."""
        if loader := self._loader:
            self._loader = None
            loader.exec_module(self)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or self._loader is None:
            raise AttributeError(f"{self.__name__} has no {name}")
        return _Later(self, name)


class _Later:
    """Stands for a class: to be called, asked for, or named in an annotation."""

    def __init__(self, submodule: Submodule, name: str) -> None:
        self._submodule, self._name = submodule, name

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        return self._class()(*arguments, **named)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._class(), name)

    def __instancecheck__(self, instance: object) -> bool:
        return isinstance(instance, self._class())

    def __mro_entries__(self, _bases: object) -> tuple[type, ...]:
        return (self._class(),)

    def __or__(self, _other: object) -> "_Later":
        return self

    __ror__ = __or__

    def _class(self) -> Any:
        self._submodule.load()
        return vars(self._submodule)[self._name]
