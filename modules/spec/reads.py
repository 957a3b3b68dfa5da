"""What a build reads of a spec: noted while a stack is built, and asked again before it is built another time.

A stack is made of its spec and nothing else. So where all that its last build read is the same now, it would be the
same again. Each read is a path: `tags`, `services` (their names), `services.web` (whether it is there),
`services.web.cpu`, or `services.*.cpu` where it was asked of all.
"""

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import cache, cached_property
from hashlib import sha256
from types import FunctionType, MethodType, NoneType
from typing import Any, cast

from pydantic import BaseModel

from modules.schema.base import Summary
from modules.spec.model import Service, Spec

Read = tuple[str, ...]
SERVICES = "services"
ALL = "*"


def watched(spec: Spec, read: set[Read]) -> Spec:
    """The same spec, to be built from: what is read of it comes into `read`."""

    def note(*path: str) -> None:
        read.add(path)

    return cast("Spec", _Watched(spec, note, {SERVICES: _Services(spec.services, note)}))


def joined(read: Iterable[Read], services: Iterable[str]) -> list[Read]:
    """These reads in order; what was asked of each of the services is one."""
    asked: dict[str, set[str]] = {}
    found = set(read)
    for path in found:
        if len(path) == 3:
            asked.setdefault(path[2], set()).add(path[1])
    for key, names in asked.items():
        if names == {*services}:
            found -= {(SERVICES, name, key) for name in names}
            found.add((SERVICES, ALL, key))
    if (SERVICES,) in found:
        found = {path for path in found if len(path) != 2}
    return sorted(found)


class Values:
    """Digests of what a spec has where something was read; each is computed once."""

    def __init__(self, spec: Spec) -> None:
        self._spec = spec
        self._known: dict[Read, str] = {}

    def digest(self, read: Read) -> str:
        """Of the value there, or of nothing."""
        if (found := self._known.get(read)) is None:
            found = self._known[read] = sha256(canonical(self._value(read)).encode()).hexdigest()
        return found

    def _value(self, read: Read) -> Any:
        services = self._spec.services
        match read:
            case (key,):
                return list(services) if key == SERVICES else getattr(self._spec, key)
            case (_, name):
                return name in services
            case (_, name, key) if name == ALL:
                return [(one, self.digest((SERVICES, one, key))) for one in services]
            case (_, name, key) if name in services:
                return getattr(services[name], key)
        return _ABSENT


_ABSENT = ("absent",)


_PLAIN = {NoneType, bool, int, float, str}


def canonical(value: Any) -> str:
    """A text that two values share only where they are the same; a value of a kind not known here is a TypeError."""
    if type(value) in _PLAIN:  # most are, and asking of what kind a value is takes longer than its text
        return repr(value)
    match value:
        case BaseModel():
            own = {name: getattr(value, name) for name in _kept(type(value))}
            return f"{type(value).__qualname__}{canonical(own)}{canonical(value.model_fields_set)}"
        case Mapping():
            return f"{{{','.join(f'{canonical(key)}:{canonical(inner)}' for key, inner in value.items())}}}"
        case tuple() | list():
            return f"[{','.join(map(canonical, value))}]"
        case set() | frozenset():
            return f"<{','.join(sorted(map(canonical, value)))}>"
    if is_dataclass(value) and not isinstance(value, type):
        own = {one.name: getattr(value, one.name) for one in fields(value)}
        return f"{type(value).__qualname__}{canonical(own)}"
    raise TypeError(f"no canonical text of {type(value)}")


@cache
def _kept(model: type[BaseModel]) -> Mapping[str, None]:
    """Names of what it is made of, in order."""
    return dict.fromkeys((*model.model_fields, *model.__private_attributes__))


@cache
def _static(model: type[BaseModel], name: str) -> Any:
    return inspect.getattr_static(model, name)


class _Watched:
    """Stands for a spec or a service. What their classes compute reads from here too, but what they keep: that is read.

    Anything else is an AttributeError, so that no way around exists.
    """

    __slots__ = ("_instead", "_model", "_note")

    def __init__(self, model: BaseModel, note: Callable[[str], None], instead: Mapping[str, Any]) -> None:
        self._model, self._note, self._instead = model, note, instead

    def __getattr__(self, name: str) -> Any:
        if (instead := self._instead.get(name)) is not None:
            return instead
        kind = type(self._model)
        if name in _kept(kind):
            self._note(name)
            return getattr(self._model, name)
        match _static(kind, name):
            case cached_property() | Summary():
                self._note(name)
                return getattr(self._model, name)
            case property(fget=FunctionType(__module__=kind.__module__) as compute):
                return compute(self)
            case FunctionType(__module__=kind.__module__) as method:
                return MethodType(method, self)
        raise AttributeError(f"a stack can't be built from {kind.__name__}.{name}: nothing notes what it reads")


class _Services(Mapping[str, Service]):
    """The services by name; no dict, so that nothing reads it without being seen."""

    def __init__(self, services: Mapping[str, Service], note: Callable[..., None]) -> None:
        self._services, self._note = services, note
        self._watched: dict[str, Service] = {}

    def __getitem__(self, name: str) -> Service:
        if (found := self._watched.get(name)) is None:
            self._note(SERVICES, name)
            service = self._services[name]
            watching = _Watched(service, lambda key: self._note(SERVICES, name, key), {})
            found = self._watched[name] = cast("Service", watching)
        return found

    def __contains__(self, name: object) -> bool:
        self._note(SERVICES, str(name))
        return name in self._services

    def __iter__(self) -> Iterator[str]:
        self._note(SERVICES)
        return iter(self._services)

    def __len__(self) -> int:
        self._note(SERVICES)
        return len(self._services)
