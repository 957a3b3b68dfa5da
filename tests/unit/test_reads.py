"""What a build reads of a spec is noted, and a value that differs anywhere has another digest."""

from datetime import date
from pathlib import Path

import pytest

from modules.checks.check import check
from modules.spec.model import Spec
from modules.spec.reads import Read, Values, canonical, joined, watched
from tests.support.random_specs import System, render
from tests.support.run_synth import shipped


@pytest.fixture
def spec(tmp_path: Path) -> Spec:
    return _spec(shipped(), tmp_path)


def _spec(system: System, folder: Path) -> Spec:
    file = folder / "services.yaml"
    file.write_text(render(system), encoding="utf-8")
    found = check(file, date(2026, 11, 22)).spec
    assert found is not None
    return found


def test_reading_a_key_is_noted_by_its_path(spec: Spec) -> None:
    read: set[Read] = set()
    assert watched(spec, read).services["user-service"].cpu == 0.5
    assert read == {("services", "user-service"), ("services", "user-service", "cpu")}


def test_what_the_classes_compute_is_noted_as_what_it_reads(spec: Spec) -> None:
    read: set[Read] = set()
    of = watched(spec, read)
    assert of.serves_https is False
    assert of.services["user-service"].max_replicas == spec.services["user-service"].max_replicas == 9
    of_service = {("services", "user-service"), ("services", "user-service", "max_pods")}
    assert read == {("domain",), ("certificate_arn",), *of_service, ("services", "user-service", "pods")}


def test_names_are_noted_by_their_value(spec: Spec) -> None:
    read: set[Read] = set()
    assert watched(spec, read).names is spec.names
    assert read == {("names",)}


def test_asking_which_services_there_are_is_noted(spec: Spec) -> None:
    read: set[Read] = set()
    of = watched(spec, read)
    assert "billing-service" not in of.services
    assert list(of.services) == list(spec.services)
    assert len(of.services) == 5
    assert read == {("services", "billing-service"), ("services",)}


@pytest.mark.parametrize("way", ["model_dump", "model_copy", "__dict__", "model_fields_set"])
def test_there_is_no_way_around(spec: Spec, way: str) -> None:
    of = watched(spec, set())
    with pytest.raises(AttributeError, match=r"can't be built from Service\."):
        getattr(of.services["user-service"], way)
    with pytest.raises(AttributeError, match=r"can't be built from Spec\."):
        getattr(of, way)


def test_what_was_asked_of_all_services_is_one_read() -> None:
    own: set[Read] = {("services", "a"), ("services", "a", "cpu"), ("services", "a", "path"), ("tags",)}
    both: set[Read] = {*own, ("services", "b"), ("services", "b", "path")}
    assert joined(own, ["a", "b"]) == sorted(own)
    assert joined(both, ["a", "b"]) == sorted({*own, ("services", "b"), ("services", "*", "path")} - {_A_PATH})
    assert joined({*own, ("services",)}, ["a", "b"]) == [
        ("services",),
        ("services", "a", "cpu"),
        ("services", "a", "path"),
        ("tags",),
    ]


_A_PATH = ("services", "a", "path")


def test_a_digest_is_another_for_another_value_and_for_none(spec: Spec, tmp_path: Path) -> None:
    system = shipped()
    system["services"]["user-service"]["aws"] = ["s3"]
    del system["services"]["analytics-service"]
    before, after = Values(spec), Values(_spec(system, tmp_path))
    different: list[Read] = [
        ("services",),
        ("services", "*", "cpu"),
        ("services", "user-service", "aws"),
        ("services", "analytics-service"),
        ("services", "analytics-service", "cpu"),
    ]
    same: list[Read] = [
        ("names",),
        ("region",),
        ("network",),
        ("services", "user-service", "cpu"),
        ("services", "user-service"),
    ]
    assert [read for read in different if before.digest(read) == after.digest(read)] == []
    assert [read for read in same if before.digest(read) != after.digest(read)] == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, 1.0),
        (1, True),
        ("1", 1),
        (("a", "b"), ("a,b",)),
        ({"a": "b"}, {"a": {"b": None}}),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ((), None),
        ("[", ()),
    ],
)
def test_values_that_differ_have_different_texts(one: object, other: object) -> None:
    assert canonical(one) != canonical(other)


def test_a_set_has_one_text_in_any_order() -> None:
    assert canonical(frozenset("abc")) == canonical({"c", "b", "a"}) != canonical(frozenset("ab"))


def test_a_value_of_an_unknown_kind_is_an_error() -> None:
    with pytest.raises(TypeError, match="no canonical text"):
        canonical(object())
