"""A new service as lines of services.yaml: the usual keys with a comment each, or a copy of another service."""

import re
from collections.abc import Iterator

from ruamel.yaml.nodes import MappingNode

from modules.design import images
from modules.scaffold.services_text import Entry, content_end
from modules.spec.model import Service, Spec

Change = tuple[int, int, str]
"""Of a text: from which index to which, and what comes there."""

_COLUMN = 34  # of comments
_KEYS = (
    ("pods: 2", "at rest; max_pods is three times that unless you say otherwise"),
    ("cpu: 0.25", "vCPU and memory are what Fargate bills: docs/fargate.md has the sizes"),
    ("memory: 512MB", ""),
    ("# aws: [s3, rds, sqs]", "each makes the resource, and allows this service exactly that"),
    ("# calls: [other-service]", "services that it calls inside the cluster"),
    ("# image: v1", "a tag in its own repository; until then a placeholder answers"),
)


def new(name: str, path: str | None, step: int) -> list[str]:
    """The smallest service that runs; `path` is what the load balancer routes to it."""
    route = (f"path: {path}", "what the load balancer routes here; without one it is internal")
    keys = ((route,) if path else ()) + _KEYS
    width = _COLUMN - step
    return [f"{name}:", *(f"{' ' * step}{key:{width}}# {why}" if why else f"{' ' * step}{key}" for key, why in keys)]


def copy(text: str, entry: Entry, service: Service, name: str, path: str | None) -> list[str]:
    """The lines of a service in the text under another name and path.

    Its priority and the tag of its image stay behind: another service can have neither.
    """
    source = text[entry.start : entry.end]
    changes = [(entry.key.start_mark.index, entry.key.end_mark.index, name)]
    if isinstance(entry.value, MappingNode):
        left = {"priority", "renamed_from"}
        left |= ({"image"} if images.is_own(service) else set()) | (set() if path else {"path"})
        changes += (_in_braces if entry.value.flow_style else _in_lines)(text, entry.value, left, path)
    for start, end, replacement in sorted(changes, reverse=True):
        rest = source[end - entry.start :]
        if replacement and (comment := re.match(r"( +)#", rest)):  # stays in its column, if there is room
            width = max(min(2, len(comment[1])), len(comment[1]) + end - start - len(replacement))
            rest = " " * width + rest[len(comment[1]) :]
        source = source[: start - entry.start] + replacement + rest
    head = f"# As {entry.key.value} is: see whether it needs the same pods, size and permissions."
    lines = source.replace("\r\n", "\n").removesuffix("\n").split("\n")
    return [head, *(line[entry.indent :] for line in lines)]


def _in_lines(text: str, body: MappingNode, left: set[str], path: str | None) -> Iterator[Change]:
    """Keys that go take their lines with them."""
    for key, value in body.value:
        end = content_end(value)
        if key.value in left:
            following = text.find("\n", end)
            yield text.rfind("\n", 0, key.start_mark.index) + 1, len(text) if following == -1 else following + 1, ""
        elif key.value == "path":
            yield key.end_mark.index, end, f": {path}"


def _in_braces(text: str, body: MappingNode, left: set[str], path: str | None) -> Iterator[Change]:
    """The braces with the keys that stay."""
    kept = [
        f"path: {path}" if key.value == "path" else text[key.start_mark.index : content_end(value)]
        for key, value in body.value
        if key.value not in left
    ]
    yield body.start_mark.index, body.end_mark.index, f"{{{', '.join(kept)}}}"


def free_path(spec: Spec, name: str) -> str | None:
    """A path as the others have theirs; None where one has it, or where there is no load balancer."""
    paths = [path for service in spec.services.values() for path in service.path]
    prefix = "/api" if any(path.startswith("/api/") for path in paths) else ""
    path = f"{prefix}/{name.removesuffix('-service')}"
    return None if spec.load_balancer is None or path in paths else path
