"""What a plan shows when a key of services.yaml changes: the example of every key, generated with and without it."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from typing import Any, ClassVar

from ruamel.yaml import YAML

from modules.design.lifelong_keys import KEYS
from modules.paths import ROOT
from modules.plan import replacing
from modules.reports.changes import Change, changes
from modules.spec.document import Document
from modules.spec.model import Spec
from modules.spec.parse import parse
from modules.synth.build import build
from tests.support.nested_values import replaced

Path = tuple[Any, ...]
EVERYTHING = ROOT / "examples" / "everything" / "services.yaml"
# Of keys that can't be left out, or whose example is the default.
OTHERS: dict[Path, Any] = {
    ("project",): "other",
    ("region",): "eu-west-1",
    ("state", "s3", "bucket"): "other-bucket",
    ("load_balancer", "waf", "enabled"): False,
}
RENAMED = "See [Rename a service](../production/renaming.md)."
LOGIN = "Nothing: Terraform logs in as the role."
LIFELONG = "It is refused once deployed: [a key for life](lifelong-keys.md)."
# Of keys that can't be in a system that has all others: the example that has each, and what changes there.
APART: dict[Path, tuple[str, str]] = {
    ("network", "vpc_id"): ("existing-network", LIFELONG),
    ("network", "public_subnet_ids"): (
        "existing-network",
        "Edge: `aws_lb` changed in place, after network is applied.",
    ),
    ("network", "private_subnet_ids"): ("existing-network", LIFELONG),
    ("load_balancer", "listener_arn"): ("existing-load-balancer", LIFELONG),
}
_PLATFORM = ("network", "cluster", "data", "edge", "platform")
_BLOCKS = {
    "terraform": "the place of the state, so run `make migrate-state`",
    "providers": "the tags of all resources changed in place",
}
VALUES = "the values of a Helm release changed in place"
MOST_TYPES, MOST_STACKS = 4, 3
REPLACING = {**replacing.REPLACING, "aws_rds_cluster_parameter_group": frozenset({"family"})}


@cache
def everything() -> dict[str, Any]:
    """The values of the example that has every key."""
    return dict(_with_text_keys(YAML(typ="safe").load(EVERYTHING.read_text(encoding="utf-8"))))


def _with_text_keys(value: Any) -> Any:
    """Keys of a document are text, also where they are numbers: `ports: {80: 8080}`."""
    if isinstance(value, dict):
        return {str(key): _with_text_keys(one) for key, one in value.items()}
    return [_with_text_keys(one) for one in value] if isinstance(value, list) else value


@cache
def _built() -> dict[str, bytes]:
    return _build(everything())


def _build(system: Mapping[str, Any]) -> dict[str, bytes]:
    """In a folder of its own, so that the cache of the user's system stays as it is."""
    return build(_spec(system), ROOT / "docs" / "generated", cached=True)


def _spec(values: Mapping[str, Any]) -> Spec:
    spec, problems = parse(Document("services.yaml", values=_frozen(values)))
    assert not problems, problems
    return spec


def _frozen(value: Any) -> Any:
    """Lists as a document has them."""
    if isinstance(value, dict):
        return {key: _frozen(one) for key, one in value.items()}
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def value_at(path: Path) -> Any:
    value: Any = everything()
    if path in APART:
        file = ROOT / "examples" / APART[path][0] / "services.yaml"
        value = YAML(typ="safe").load(file.read_text(encoding="utf-8"))
    for part in path:
        value = value[part]
    return value


def _without(path: Path) -> dict[str, Any]:
    if path in OTHERS:
        return dict(replaced(everything(), path, OTHERS[path]))
    inner = {key: one for key, one in value_at(path[:-1]).items() if key != path[-1]}
    return dict(replaced(everything(), path[:-1], inner))


class Plans:
    """Phrases for the tables, each made once a run."""

    made: ClassVar[dict[Path, str]] = {}

    @classmethod
    def of(cls, path: Path) -> str:
        """Where the key at `path` of the example changes."""
        if path not in cls.made:
            cls.made[path] = _phrase(path)
        return cls.made[path]

    @classmethod
    def of_word(cls, word: str) -> str:
        """Where a service gets this word under `aws:`."""
        path = next(
            ("services", name, "aws", word)
            for name, service in everything()["services"].items()
            if word in service.get("aws", {}) and "of" not in service["aws"][word]
        )
        return cls.of(path)


def _phrase(path: Path) -> str:
    if path in APART:
        return APART[path][1]
    lifelong = ".".join(map(str, path)) in KEYS or path[-1] in ("partition_key", "sort_key")
    if lifelong and path[-1] != "version":
        return LIFELONG
    if path[-1] == "renamed_from":
        return RENAMED
    if path == ("deployer_role",):
        return LOGIN
    before = _build(_without(path))
    found = _said(before, path[1] if path[0] == "services" and len(path) > 1 else None)
    return " ".join([*found, *([LIFELONG.replace("It is", "A lower one is")] if lifelong else [])]) or "Nothing."


def _said(before: Mapping[str, bytes], service: str | None) -> list[str]:
    """A sentence a group of stacks in which the same happens; many stacks are one group."""
    found = changes(before, _built())
    where: dict[str, dict[str, None]] = defaultdict(dict)
    many = len({change.stack for change in found}) > MOST_STACKS
    for change in found:
        for what in _of(change, before):
            where[what][_stack(change.stack, service)] = None
    if many:
        return [f"In several stacks: {'; '.join(_merged(where))}."]
    return [f"{' and '.join(stacks).capitalize()}: {what}." for what, stacks in where.items()]


def _merged(whats: Iterable[str]) -> list[str]:
    """Of these, with the kinds of each verb together."""
    verbs: dict[str, dict[str, None]] = defaultdict(dict)
    for what in whats:
        kinds, _, verb = what.rpartition("` ")
        verb, has_more = verb.removeprefix("and more "), verb.startswith("and more ")
        for kind in filter(None, kinds.replace("`", "").split(", ")):
            verbs[verb][kind] = None
        if has_more:
            verbs[verb]["more"] = None  # never shown: it comes after as many as are
        if not kinds:
            verbs[what] = {}
    return [f"{_kinds(kinds)} {verb}" if kinds else verb for verb, kinds in verbs.items()]


def _of(change: Change, before: Mapping[str, bytes]) -> Iterable[str]:
    replaced_ones = [address for address in change.changed if _is_replaced(change.stack, address, before)]
    in_place = [address for address in change.changed if address not in replaced_ones]
    verbs = {"added": change.added, "changed in place": in_place, "replaced": replaced_ones, "removed": change.removed}
    for verb, addresses in verbs.items():
        if kinds := [*dict.fromkeys(filter(None, map(_kind, addresses)))]:
            yield f"{_kinds(kinds)} {verb}"
    for block in () if change.is_new else change.also:
        if block in _BLOCKS:
            yield _BLOCKS[block]
        elif block.endswith("values.yaml"):
            yield VALUES


def _kinds(kinds: Collection[str]) -> str:
    shown = ", ".join(f"`{kind}`" for kind in [*kinds][:MOST_TYPES])
    return f"{shown} and more" if len(kinds) > MOST_TYPES else shown


def _is_replaced(stack: str, address: str, before: Mapping[str, bytes]) -> bool:
    kind, name = address.split(".")[-2:]
    was, now = (_resource(files, stack, kind, name) for files in (before, _built()))
    return any(was.get(argument) != now.get(argument) for argument in REPLACING.get(kind, ()))


def _resource(files: Mapping[str, bytes], stack: str, kind: str, name: str) -> dict[str, Any]:
    found = json.loads(files[f"stacks/{stack}/cdk.tf.json"]).get("resource", {}).get(kind, {})
    return dict(found.get(name, {}))


def _kind(address: str) -> str | None:
    """Of a resource, or of the document that a policy is read from; other data sources change nothing."""
    if address.startswith("data."):
        return "aws_iam_policy_document" if address.startswith("data.aws_iam_policy") else None
    return address.split(".", maxsplit=1)[0]


def _stack(stack: str, service: str | None) -> str:
    if stack in _PLATFORM:
        return f"`{stack}`"
    return "the service's stack" if stack == service else "other services' stacks"
