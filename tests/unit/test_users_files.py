"""The tests hold for the repository whatever its user writes into services.yaml."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from modules.paths import ROOT


@pytest.mark.parametrize(
    "read",
    [
        lambda: (ROOT / "services.yaml").read_text(encoding="utf-8"),
        lambda: Path(os.path.relpath(ROOT / "services.yaml")).read_bytes(),
        lambda: list((ROOT / "generated").iterdir()),
        (ROOT / "generated" / "manifest.json").open,
    ],
    ids=["services.yaml", "a relative path", "a listing", "a generated file"],
)
def test_a_test_that_reads_the_users_system_fails(read: Callable[[], object]) -> None:
    with pytest.raises(AssertionError, match=r"belongs to the user of the repository\.\nRead tests/systems instead"):
        read()
