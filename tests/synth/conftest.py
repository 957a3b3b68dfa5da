"""What the synth tests share: the shipped system, built once, and variations of it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from modules.checks.check import check
from modules.spec.model import Spec
from modules.synth.build import build
from tests.support.built_files import Built as Built
from tests.support.built_files import Json as Json
from tests.support.built_files import stack as stack
from tests.support.random_specs import System, render
from tests.support.run_synth import SHIPPED
from tests.unit.conftest import TODAY


def spec_of(system: System, folder: Path) -> Spec:
    """The checked spec of a system; it must be without a mistake."""
    file = folder / "services.yaml"
    file.write_text(render(system), encoding="utf-8")
    result = check(file, TODAY)
    assert result.spec is not None, [result.render(problem) for problem in result.mistakes]
    return result.spec


@pytest.fixture(scope="session")
def spec() -> Spec:
    """The shipped system."""
    result = check(SHIPPED, TODAY)
    assert result.spec is not None
    return result.spec


@pytest.fixture(scope="session")
def built(spec: Spec) -> Built:
    """The files of the shipped system."""
    return build(spec)


@pytest.fixture
def build_system(tmp_path: Path) -> Callable[[System], Built]:
    """Builds a variation of a system."""
    return lambda system: build(spec_of(system, tmp_path))
