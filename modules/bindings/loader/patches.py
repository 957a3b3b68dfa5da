"""Replaces attributes of other packages, and puts all of them back where one of them can't be replaced."""

from collections.abc import Callable
from typing import Any


class Patches:
    def __init__(self) -> None:
        self._undo: list[Callable[[], Any]] = []

    def replace(self, holder: Any, name: str, value: Any) -> None:
        """Raises AttributeError where the holder has no such attribute."""
        was_its_own = name in vars(holder)
        before = getattr(holder, name)
        setattr(holder, name, value)
        self.on_undo(lambda: setattr(holder, name, before) if was_its_own else delattr(holder, name))

    def on_undo(self, step: Callable[[], Any]) -> None:
        self._undo.append(step)

    def undo(self) -> None:
        while self._undo:
            self._undo.pop()()
