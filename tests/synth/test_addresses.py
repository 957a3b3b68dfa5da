"""Addresses are a contract with running systems: one changed is one resource destroyed."""

import json
from pathlib import Path

import pytest

from modules.bindings.aws import KmsKey
from modules.constructs.app import SystemApp
from modules.constructs.component import Component
from modules.constructs.stack import Stack
from modules.spec.model import Spec
from tests.synth.conftest import Built, stack

FROZEN = Path(__file__).parent.parent / "golden" / "addresses.txt"


def _addresses(built: Built) -> list[str]:
    return sorted(
        f"{name} {kind}.{address}"
        for name in json.loads(built["manifest.json"])["stacks"]
        for kind, addresses in stack(built, name)["resource"].items()
        for address in addresses
    )


def test_no_address_of_the_shipped_system_is_gone(built: Built, request: pytest.FixtureRequest) -> None:
    """`make golden` adds a new one; one that is gone takes a `moved` block, a decision, and an edit by hand."""
    frozen = FROZEN.read_text(encoding="utf-8").splitlines()
    if request.config.getoption("--rewrite-goldens"):
        frozen = sorted({*frozen, *_addresses(built)})
        FROZEN.write_text("".join(f"{line}\n" for line in frozen), encoding="utf-8")
    assert [line for line in frozen if line not in _addresses(built)] == []
    assert [line for line in _addresses(built) if line not in frozen] == [], "new: run `make golden`"


def test_a_repeated_address_is_refused(spec: Spec, tmp_path: Path) -> None:
    component = Component(Stack(SystemApp(str(tmp_path)), spec, "network"), "twice")
    component.set_address(KmsKey(component, "one"), "data")
    with pytest.raises(ValueError, match=r"two resources of stack network have the address KmsKey\.data"):
        component.set_address(KmsKey(component, "two"), "data")
