"""All scanners on generated trees, each of which has the services.yaml that it was made from."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from modules.gate import rules
from modules.gate.tree import Tree
from tests.support.security import charts, checkov, kube_score, parliament
from tests.support.security.scan import Scan


def declared(file: Path) -> Mapping[str, Any]:
    """What a services.yaml holds, with what the files of its environments hold."""
    yaml = YAML(typ="safe")
    system: dict[str, Any] = yaml.load(file.read_text(encoding="utf-8"))
    environments = (system.get("environments") or {}).items()
    read = {
        name: yaml.load((file.parent / one).read_text(encoding="utf-8")) if isinstance(one, str) else one
        for name, one in environments
    }
    return {**system, "environments": {name: one or {} for name, one in read.items()}}


def of_generated(trees: Mapping[str, Path]) -> Iterator[Scan]:
    """Scans of generated trees, by what comes before the names of their stacks: "" for one, "name/" for several."""
    stacks = {
        f"{prefix}{name}": path for prefix, tree in trees.items() for name, path in checkov.stacks_of(tree).items()
    }
    yield checkov.of_stacks(stacks)
    objects = {
        f"{prefix}{name}": text for prefix, tree in trees.items() for name, text in charts.rendered(tree).items()
    }
    if objects:
        yield checkov.of_charts(objects)
        yield kube_score.of_charts(objects)
    yield parliament.of_policies(trees)
    yield _by_our_rules({prefix: Tree.read(tree) for prefix, tree in trees.items()})


def _by_our_rules(trees: Mapping[str, Tree]) -> Scan:
    findings = [
        one._replace(place=f"{prefix}{one.place}") for prefix, tree in trees.items() for one in rules.findings(tree)
    ]
    read = sum(1 for tree in trees.values() for _ in (*tree.resources(), *tree.statements()))
    return Scan("rules", "JSON", read, tuple(findings))
