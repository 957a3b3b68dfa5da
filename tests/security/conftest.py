"""The scanned systems: all examples, whose output is the golden files."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.support import helm
from tests.support.security import kube_score, scans
from tests.support.security.scan import Scan
from tests.synth.test_golden import CASES, GOLDEN

# The charts' sample values, which use more of the charts than the examples do.
SAMPLE = "sample"


@pytest.fixture(scope="session")
def systems() -> Mapping[str, Mapping[str, Any]]:
    """What services.yaml holds, by example."""
    return {SAMPLE: {}, **{name: scans.declared(file) for name, file in CASES.items()}}


@pytest.fixture(scope="session")
def scanned() -> list[Scan]:
    trees: dict[str, Path] = {f"{name}/": GOLDEN / name / "generated" for name in sorted(CASES)}
    charts = {f"{SAMPLE}/all": "---\n".join(helm.rendered(chart) for chart in helm.ALL)}
    return [*scans.of_generated(trees), kube_score.of_charts(charts)]
