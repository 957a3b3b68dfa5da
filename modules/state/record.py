"""What generated/ was when it was last committed, and what of it is applied: that may not be dropped by the way.

Git says what was committed, without it what lies in generated/. It binds where a state on this machine holds it, or a
state that can't be read here may.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from pydantic import Field

from modules import bounded_file
from modules.errors import CommandError
from modules.naming import PLAIN, Names, renamed
from modules.state import committed, generated, json_file, renamed_files, stack_states
from modules.state.generated import CONFIGURATION_NAMES, Configuration, Location
from modules.state.json_file import Model
from modules.state.stack_states import StackStates

# Not committed: until the next commit of generated/, it names stacks of the last one of which nothing is applied.
MARKER = ".never-applied"
# Beside a stack's configuration: what retired: and renamed_from: are about, in JSON and in HCL.
RETIRED, TRANSITIONS = "retired.json", ("transitions.tf.json", "transitions.tf")
_REMOVED = re.compile(r"^removed \{\n  from = (\S+)$", re.MULTILINE)
_MOVED = re.compile(r"^moved \{\n  from = (\S+)\n  to += (\S+)$", re.MULTILINE)
_NAMES = (*CONFIGURATION_NAMES, RETIRED, *TRANSITIONS)
Resources = Mapping[str, Mapping[str, Any]]
"""Arguments by address."""


class Values(json_file.JsonModel):
    values: dict[str, Any]


class Declared(json_file.JsonModel):
    resource: dict[str, dict[str, dict[str, Any]]] = Field(default_factory=dict)


class Removed(json_file.JsonModel):
    from_: str = Field(alias="from")


class Moved(Removed):
    to: str


class Transitions(json_file.JsonModel):
    removed: list[Removed] = Field(default_factory=list)
    moved: list[Moved] = Field(default_factory=list)


class Marker(json_file.JsonModel):
    tree: str
    stacks: list[str]


@dataclass(frozen=True)
class Snapshot:
    """The files of generated/ at one time, by path."""

    folder: Path
    files: Mapping[str, bytes]
    values: Mapping[str, Any]
    """Of the keys for life, by their place in services.yaml."""

    @cached_property
    def stacks(self) -> list[str]:
        """Names of those that have a configuration."""
        return sorted({path.split("/")[1] for path in self.files if path.startswith("stacks/")})

    def configuration(self, stack: str) -> Configuration | None:
        """That of a stack; None where there is none, or a damaged one."""
        return self._of(stack, Configuration)

    def location(self, stack: str) -> Location | None:
        """Where the configuration of a stack has its state; None where there is none, or a damaged one."""
        return self._of(stack, Location)

    def _of(self, stack: str, model: type[Model]) -> Model | None:
        for name in CONFIGURATION_NAMES:
            if content := self.files.get(f"stacks/{stack}/{name}"):
                with suppress(CommandError):
                    return json_file.parse(content, model, name, generated.NEXT_STEP)
        return None

    def state_name(self, stack: str, project: str) -> str | None:
        """Name of the state of a stack; None where its configuration is missing or damaged."""
        found = self.configuration(stack)
        return found.state_name(project) if found else None

    def resources(self, stack: str) -> Resources:
        """What a stack declares."""
        found = self.configuration(stack)
        return by_address(found.resource) if found else {}

    def retired(self, stack: str) -> Resources:
        """What it declares for the first of the two applies that delete a store."""
        return by_address(self._json(f"stacks/{stack}/{RETIRED}", Declared, Declared()).resource)

    def let_go(self, stack: str) -> list[str]:
        """Addresses of what Terraform is to forget."""
        if text := self.files.get(f"stacks/{stack}/{TRANSITIONS[1]}"):
            return _REMOVED.findall(text.decode(errors="replace"))
        found = self._json(f"stacks/{stack}/{TRANSITIONS[0]}", Transitions, Transitions())
        return [one.from_ for one in found.removed]

    def moved(self, stack: str) -> dict[str, str]:
        """Addresses that became others, with the next one of each."""
        if text := self.files.get(f"stacks/{stack}/{TRANSITIONS[1]}"):
            return dict(_MOVED.findall(text.decode(errors="replace")))
        found = self._json(f"stacks/{stack}/{TRANSITIONS[0]}", Transitions, Transitions())
        return {one.from_: one.to for one in found.moved}

    def _json(self, path: str, model: type[Model], missing: Model) -> Model:
        with suppress(CommandError):  # a damaged file is written anew
            if content := self.files.get(path):
                return json_file.parse(content, model, path, generated.NEXT_STEP)
        return missing


def by_address(resources: Mapping[str, Mapping[str, Any]]) -> Resources:
    """From the `resource` of a configuration."""
    return {f"{kind}.{name}": one for kind, named in resources.items() for name, one in named.items()}


class Environment(NamedTuple):
    """What is read of an environment: the file of its keys for life."""

    values_file: str
    earlier: Mapping[str, str] = MappingProxyType({})
    """What services were called, and what they are called now; all is read as if they had always been called that."""
    names: Names = PLAIN


_PLAIN = Environment("")


@dataclass(frozen=True)
class Record:
    """Of one environment; stacks have the names that they have without it.

    `vouched` names stacks of which nothing is applied, where their state can't be read here.
    """

    folder: Path
    on_disk: Snapshot
    committed: Snapshot | None = None
    tree: str | None = None
    vouched: Collection[str] = ()
    environment: Environment = _PLAIN
    _states: dict[str, StackStates] = field(default_factory=dict, compare=False)

    @property
    def earlier(self) -> Mapping[str, str]:
        """As the environment has it."""
        return self.environment.earlier

    @property
    def names(self) -> Names:
        """As the environment has them."""
        return self.environment.names

    @cached_property
    def stacks(self) -> list[str]:
        """All that there were, in the order of the manifest."""
        own = [part for one in generated.stacks_of(self.folder) if (part := self.names.part(one))]
        on_disk = [self.earlier.get(one, one) for one in own]
        return list(dict.fromkeys([*on_disk, *(self.committed.stacks if self.committed else [])]))

    @property
    def last(self) -> Snapshot:
        """What is committed; without git, what lies there."""
        return self.committed or self.on_disk

    def states(self, stack: str) -> StackStates:
        """Where the states of a stack are, and what they hold; each is read once."""
        if stack not in self._states:
            names = [stack, *(old for old, new in self.earlier.items() if new == stack)]
            folders = [generated.folder_of(self.folder, self.names.stack(name)) for name in names]
            folder = next((one for one in folders if one.is_dir()), folders[0])
            found = self.committed.location(stack) if self.committed else None
            backend = generated.backend_of(found, folder) if found else None
            self._states[stack] = stack_states.of(folder, backend)
        return self._states[stack]

    @property
    def state_files(self) -> list[Path]:
        """Where states on this machine were looked for."""
        return [file for one in self._states.values() for file in sorted(one.local)]

    def unread(self, stack: str) -> list[str]:
        """Why more may be applied of a stack than is seen here; empty where nothing can be, or where it is free.

        What was never committed is free, and so is what somebody vouches for.
        """
        is_new = self.committed is not None and stack not in self.committed.stacks
        return [] if is_new or stack in self.vouched else self.states(stack).unread

    def bound(self, stack: str) -> Resources:
        """The resources of a stack that are applied, or may be."""
        held = self._held(stack)
        known = {**self.last.resources(stack), **self.on_disk.resources(stack)} if held else {}
        seen = {address: one for address, one in known.items() if address in held}
        return {**self.last.resources(stack), **seen} if self.unread(stack) else seen

    @property
    def recorded(self) -> Sequence[Mapping[str, Any]]:
        """All that `values_if_applied` answers with."""
        return self.last.values, {**self.last.values, **self.on_disk.values}

    def values_if_applied(self, stack: str | None, resource: str | None) -> tuple[Mapping[str, Any], list[str]] | None:
        """The values that bind once a resource of this type is applied in this stack; None stands for any.

        None: it is not. With the values come the stacks whose state only may hold one; none where one is known to.
        """
        stacks = [one for one in self.stacks if stack in (None, one)]
        if any(self._holds(one, resource) for one in stacks):
            return self.recorded[1], []
        unread = [one for one in stacks if self.unread(one)]
        return (self.recorded[0], unread) if unread else None

    def before(self, stack: str) -> tuple[Resources, Resources]:
        """All that a stack is known to have declared, what lies there first; apart, what of it is to be deleted."""
        declared: dict[str, Mapping[str, Any]] = {}
        deleted: dict[str, Mapping[str, Any]] = {}
        for one in (self.on_disk, self.last):
            for found, resources in ((declared, one.resources(stack)), (deleted, one.retired(stack))):
                found |= {place: of for place, of in resources.items() if place not in {**declared, **deleted}}
        return declared, deleted

    def let_go(self, stack: str) -> list[str]:
        """Addresses of what Terraform is to forget, as it was committed or lies there."""
        return sorted({*self.last.let_go(stack), *self.on_disk.let_go(stack)})

    def differs(self, stack: str, files: Mapping[str, bytes]) -> bool:
        """Whether these files, by path, say something else of a stack than what was committed or lies there."""
        path, own = f"stacks/{self.names.stack(stack)}", f"stacks/{stack}"
        return any(
            one.files.get(f"{own}/{name}") != files.get(f"{path}/{name}")
            for one in (self.last, self.on_disk)
            for name in _NAMES
        )

    def may_hold(self, stack: str, addresses: Collection[str]) -> list[str]:
        """Those of the addresses that are applied, or may be."""
        held = self._held(stack)
        return [one for one in addresses if one in held or self.unread(stack)]

    def _held(self, stack: str) -> set[str]:
        """Addresses that the states of a stack are known to hold."""
        found = {*self.states(stack).held}
        # The longest first, which may begin with a shorter one.
        for old in sorted((old for old, new in self.earlier.items() if new == stack), key=len, reverse=True):
            found = {renamed(place, old, stack, mixed=True) for place in found}
        return found

    def _holds(self, stack: str, resource: str | None) -> bool:
        held = self.states(stack).held
        return bool(held) if resource is None else any(address.partition(".")[0] == resource for address in held)


def remember(records: Collection[Record]) -> None:
    """Keeps until the next commit of generated/ who was vouched for in its environments."""
    for tree, folder in {(one.tree, one.folder) for one in records}:
        stacks = sorted(one.names.stack(name) for one in records for name in one.vouched)
        if tree and stacks and folder.is_dir():
            marker = Marker(tree=tree, stacks=stacks)
            (folder / MARKER).write_text(marker.model_dump_json() + "\n", encoding="utf-8")


def read(
    folder: Path,
    values_file: str,
    vouched: Collection[str] = (),
    earlier: Mapping[str, str] = MappingProxyType({}),
    names: Names = PLAIN,
) -> Record:
    """The record of an environment of this generated/, whose keys for life are in the file of this name.

    `vouched` has full names of stacks, also of other environments.
    """
    return read_each(folder, [Environment(values_file, earlier, names)], vouched)[0]


def read_each(folder: Path, environments: Sequence[Environment], vouched: Collection[str] = ()) -> list[Record]:
    """Likewise of several environments; the files, and git, are read once."""
    wanted = (*(one.values_file for one in environments), *_NAMES)
    files, found = _files(folder, wanted), committed.read(folder, wanted)
    tree = found.tree if found else None
    everyone = [*vouched, *(_remembered(folder, tree) if tree else ())]
    return [
        Record(
            folder,
            _snapshot(folder, files, one),
            _snapshot(folder, found.files, one) if found else None,
            tree,
            frozenset(part for name in everyone if (part := one.names.part(name))),
            one,
        )
        for one in environments
    ]


def _snapshot(folder: Path, files: Mapping[str, bytes], of: Environment) -> Snapshot:
    values_file, earlier, names = of
    files = dict(_own(files, names))
    values: Mapping[str, Any] = {}
    with suppress(CommandError):  # a damaged file is written anew
        values = json_file.parse(files.get(values_file, b""), Values, values_file, generated.NEXT_STEP).values
    values = {_place_of_today(place, earlier): value for place, value in values.items()}
    held = {path: content for path, content in files.items() if content}
    return Snapshot(folder, renamed_files.of_today(held, earlier), values)


def _own(files: Mapping[str, bytes], names: Names) -> Iterator[tuple[str, bytes]]:
    """The files of an environment, by paths in which stacks have their names without it."""
    for path, content in files.items():
        match path.split("/"):
            case ["stacks", stack, name]:
                if part := names.part(stack):
                    yield f"stacks/{part}/{name}", content
            case _:
                yield path, content


def _place_of_today(place: str, earlier: Mapping[str, str]) -> str:
    """In services.yaml: `services.orders.aws` once orders is called purchases."""
    key, _, rest = place.partition(".")
    name, dot, inner = rest.partition(".")
    return f"{key}.{earlier.get(name, name)}{dot}{inner}" if key == "services" else place


def _files(folder: Path, wanted: Collection[str]) -> dict[str, bytes]:
    names = [f"stacks/*/{name}" if name in _NAMES else name for name in wanted]
    found = {}
    for file in sorted(file for name in names for file in folder.glob(name)):
        with suppress(OSError):
            found[file.relative_to(folder).as_posix()] = bounded_file.read(file, json_file.MAX_BYTES)
    return found


def _remembered(folder: Path, tree: str) -> list[str]:
    try:
        marker = json_file.read(folder / MARKER, Marker, generated.NEXT_STEP)
    except CommandError:
        return []
    return marker.stacks if marker and marker.tree == tree else []
