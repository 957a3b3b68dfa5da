"""Which demos run their pods, and from which images; that they run is tested in tests/e2e."""

import copy
import os
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import pytest
from ruamel.yaml import YAML

from demo import serve
from demo.pods import Pods, reference, why_played
from modules.checks.check import check
from modules.facts.charts import AWS_CLI, PLACEHOLDER
from modules.spec.model import Spec
from tests.support.run_synth import shipped

REGISTRY = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop"


def system(**of_services: dict[str, Any]) -> Spec:
    declared = copy.deepcopy(shipped())
    for name, more in of_services.items():
        declared["services"][f"{name}-service"] |= more
    with NamedTemporaryFile("w", suffix=".yaml") as file:
        YAML(typ="safe").dump(declared, file)
        file.flush()
        spec = check(Path(file.name), date(2026, 11, 1)).spec
    assert spec
    return spec


def test_the_shipped_system_runs_where_root_has_the_tools(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("demo.pods.lacking", lambda: None)
    assert why_played(system()) is None


def test_pods_are_played_for_anybody_but_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.system", lambda: "Linux")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert "run this as root" in str(why_played(system()))


def test_pods_are_played_without_a_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("demo.pods.lacking", lambda: None)
    monkeypatch.setattr("shutil.which", lambda *_, **__: None)
    assert "apt install postgresql" in str(why_played(system()))


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        (system(user={"pods": 2, "max_pods": 95}), "asks for up to 1\\d\\d pods, and one machine runs 100"),
        (
            system(user={"image": "example.com/one:1", "port": 3000}, order={"image": "example.com/one:1"}),
            "share one image, example.com/one:1, and its stand-in listens on one",
        ),
    ],
    ids=["too many", "one image on two ports"],
)
def test_what_one_machine_can_not_run_is_played(spec: Spec, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("demo.pods.lacking", lambda: None)
    with pytest.raises(AssertionError, match=words):
        raise AssertionError(why_played(spec))


def test_every_image_that_the_values_name_has_a_stand_in() -> None:
    spec = system(user={"image": "v7"}, order={"image": "example.com/orders:1", "port": 3000})
    assert reference(spec, "payment-service") == PLACEHOLDER
    pods = Pods.parse(Pods.of(spec).text())
    assert pods
    images = {one: image.entrypoint for image in pods.images(1) for one in image.references}
    assert images == {
        f"{REGISTRY}/user-service:v7": (
            "/service",
            "-listen=:8080",
            f"-text=a stand-in for {REGISTRY}/user-service:v7",
        ),
        "example.com/orders:1": ("/service", "-listen=:3000", "-text=a stand-in for example.com/orders:1"),
        PLACEHOLDER: ("/service",),
        AWS_CLI: ("/usr/local/bin/aws",),
    }


def test_where_a_node_does_not_start_pods_are_played_after_all(monkeypatch: pytest.MonkeyPatch) -> None:
    played: list[int] = []

    class Plane:
        def play_nodes(self, count: int) -> None:
            played.append(count)

    class Node:
        def __init__(self, *_: object, **__: object) -> None:
            pass

        def __enter__(self) -> None:
            raise RuntimeError("unshare: Operation not permitted")

        def __exit__(self, *_: object) -> None:
            pass

    monkeypatch.setattr(serve, "Node", Node)
    with ExitStack() as held:
        assert serve._node(held, Plane(), Pods.of(system())) == "unshare: Operation not permitted"  # type: ignore[arg-type]
    assert played == [serve.PLAYED_NODES]
