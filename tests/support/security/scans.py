"""All scanners on generated trees, each of which has the services.yaml that it was made from."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.support.security import charts, checkov, kube_score, parliament
from tests.support.security.scan import Scan


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
