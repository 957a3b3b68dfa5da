"""Our answers to calls are those of an evaluator that others wrote, where AWS has such an action on the resource."""

import json
from collections import Counter

import pytest
from ruamel.yaml import YAML

from modules.paths import ROOT
from tests.support.access_matrix import Matrix
from tests.support.independent_iam import simulated

SYSTEMS = {
    "architecture": ROOT / "tests" / "systems" / "architecture" / "services.yaml",
    "everything": ROOT / "examples" / "everything" / "services.yaml",
}
SHARE = 2  # every second question: each takes a twentieth of a second


@pytest.mark.nightly(minutes=4)
@pytest.mark.parametrize("name", SYSTEMS)
def test_an_independent_evaluator_gives_the_same_answers(name: str) -> None:
    files = sorted((ROOT / "tests" / "golden" / name / "generated").glob("stacks/*/cdk.tf.json"))
    stacks = {file.parent.name: json.loads(file.read_text(encoding="utf-8")) for file in files}
    matrix = Matrix(YAML(typ="safe").load(SYSTEMS[name].read_text(encoding="utf-8")), stacks)
    ours = list(matrix.simulations())[::SHARE]
    theirs = simulated([{"simulation": one.question, "actions": one.actions} for one in ours])
    assert len(theirs) == len(ours)
    counts, differ = Counter[str](), []
    for one, said in zip(ours, theirs, strict=True):
        for action, verdict in said.items():
            is_allowed = action in one.allowed
            counts["no such resource" if verdict is None else "allowed" if is_allowed else "denied"] += 1
            if verdict is not None and is_allowed != (verdict == "Allowed"):
                differ.append(f"{action} of {one.place}: {verdict}")
    print(counts)
    assert differ == []
    assert counts["allowed"] > 50
    assert counts["denied"] > 10_000
