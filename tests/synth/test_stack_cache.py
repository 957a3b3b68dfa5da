"""What an earlier run rendered is taken only where it would be rendered again, byte for byte."""

import copy
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from modules import generator, user_cache
from modules.bindings import SWITCH
from modules.checks.check import check
from modules.design import retirement
from modules.design.retirement import Before
from modules.paths import ROOT
from modules.spec.model import Spec
from modules.synth import render
from modules.synth.build import build
from modules.synth.rendered import Rendered
from tests.support import random_specs, run_synth
from tests.support.random_specs import System
from tests.support.run_synth import shipped
from tests.support.tiers import sampled

TODAY = date(2026, 11, 22)


class Renders:
    """The names of stacks that were rendered since it was asked last."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._names: list[str] = []
        rendering = render.render

        def counting(*arguments: Any, **options: Any) -> Iterator[Rendered]:
            for one in rendering(*arguments, **options):
                self._names.append(one.entry["name"])
                yield one

        monkeypatch.setattr(render, "render", counting)

    def names(self) -> list[str]:
        found, self._names = self._names, []
        return found


@pytest.fixture
def renders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Renders:
    """A cache of this test's own, and what is rendered."""
    monkeypatch.setenv(user_cache.VARIABLE, str(tmp_path / "cache"))
    return Renders(monkeypatch)


def _spec(system: System, folder: Path) -> Spec | None:
    file = folder / "services.yaml"
    file.write_text(random_specs.render(system), encoding="utf-8")
    return check(file, TODAY).spec


def _built(system: System, folder: Path, **options: Any) -> dict[str, bytes]:
    spec = _spec(system, folder)
    assert spec is not None
    return build(spec, folder / "generated", cached=True, **options)


def test_only_the_stack_of_an_edited_service_is_rendered(renders: Renders, tmp_path: Path) -> None:
    system = shipped()
    first = _built(system, tmp_path)
    assert len(renders.names()) == 10
    assert _built(system, tmp_path) == first
    assert renders.names() == []
    system["services"]["user-service"] |= {"cpu": 1, "memory": "2GB"}
    edited = _built(system, tmp_path)
    assert renders.names() == ["user-service"]
    assert [path for path in edited if edited[path] != first[path]] == ["stacks/user-service/values.yaml"]


def test_who_goes_back_finds_what_was_there(renders: Renders, tmp_path: Path) -> None:
    """As between two branches; of a stack, the last four are kept."""
    made = {}
    for memory in (3, 4, 5, 6, 7):
        system = shipped()
        system["services"]["user-service"] |= {"cpu": 1, "memory": f"{memory}GB"}
        made[memory] = system, _built(system, tmp_path)
    renders.names()
    for memory in (7, 6, 5, 4):
        system, files = made[memory]
        assert _built(system, tmp_path) == files
    assert renders.names() == []
    _built(made[3][0], tmp_path)
    assert renders.names() == ["user-service"]
    assert len([*(tmp_path / "cache" / "stacks").glob("user-service-*")]) == 4


def test_a_new_service_changes_no_stack_of_another(renders: Renders, tmp_path: Path) -> None:
    system = shipped()
    system["services"]["user-service"]["priority"] = 7
    _built(system, tmp_path)
    renders.names()
    system["services"]["billing-service"] = {"aws": ["sqs"]}
    _built(system, tmp_path)
    assert set(renders.names()) == {"billing-service", "cluster", "platform"}


def test_the_deployers_stack_is_rendered_again_where_the_others_have_another_type(
    renders: Renders, tmp_path: Path
) -> None:
    system = shipped() | {"deployer": random_specs.DEPLOYERS[0]}
    del system["services"]["analytics-service"]
    first = _built(system, tmp_path)
    assert len(renders.names()) == 10
    system["services"]["user-service"]["pods"] = 2
    assert _built(system, tmp_path)["stacks/deployer/cdk.tf.json"] == first["stacks/deployer/cdk.tf.json"]
    assert renders.names() == ["user-service"]
    system["services"]["user-service"]["aws"] = [*system["services"]["user-service"]["aws"], "athena"]
    spec = _spec(system, tmp_path)
    assert spec is not None
    found = _built(system, tmp_path)
    assert "deployer" in renders.names()
    assert found == build(spec, tmp_path / "generated")
    assert b"athena:CreateWorkGroup" in found["stacks/deployer/cdk.tf.json"]
    assert b"athena:CreateWorkGroup" not in first["stacks/deployer/cdk.tf.json"]


def _places(system: System) -> list[tuple[str, ...]]:
    """Its keys, and those of its services."""
    own = [(key,) for key in system if key not in ("project", "services")]
    services = [("services", name) for name in system["services"]]
    of_services = [("services", name, key) for name, one in system["services"].items() for key in one or {}]
    return [*own, *services, *of_services]


@st.composite
def _edited(draw: st.DrawFn) -> tuple[System, System]:
    """A system, and the same with up to three keys or services as another has them, or without them."""
    system, other = draw(random_specs.valid()), draw(random_specs.valid())
    edited = copy.deepcopy(system)
    places = sorted({*_places(system), *_places(other)})
    for place in draw(st.lists(st.sampled_from(places), min_size=1, max_size=3, unique=True)) if places else ():
        *above, key = place
        of, value = edited, other
        for part in above:
            of, value = of.get(part) or {}, value.get(part) or {}
        of.pop(key, None)
        if key in value:
            of[key] = value[key]
    return system, edited


@sampled(gate=10, nightly=300, minutes=15)
@given(_edited())
def test_with_any_edit_what_is_taken_is_what_would_be_rendered(systems: tuple[System, System]) -> None:
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patches:
        folder = Path(name)
        patches.setenv(user_cache.VARIABLE, f"{name}/cache")
        before, after = (_spec(system, folder) for system in systems)
        assume(before is not None)
        assume(after is not None)
        assert before is not None
        assert after is not None
        out = folder / "generated"
        build(before, out, cached=True)
        assert build(after, out, cached=True) == build(after, out)
        assert build(before, out, cached=True) == build(before, out)


def test_what_stacks_declared_before_is_compared_too(renders: Renders, tmp_path: Path) -> None:
    system = shipped()
    system["services"].pop("analytics-service")
    system["retired"] = {"analytics-service": "destroy"}
    _built(system, tmp_path)
    renders.names()
    bucket = {"aws_s3_bucket.analytics_service": {"bucket": "one", "force_destroy": False}}
    changed = _built(system, tmp_path, before={"analytics-service": Before(bucket)})
    assert renders.names() == ["analytics-service"]
    assert f"stacks/analytics-service/{retirement.FILE}" in changed


@pytest.mark.parametrize("damage", [b"", b"x", None])
def test_a_damaged_stack_is_rendered_again(renders: Renders, tmp_path: Path, damage: bytes | None) -> None:
    first = _built(shipped(), tmp_path)
    renders.names()
    (file,) = (tmp_path / "cache" / "stacks").glob("network-*")
    file.write_bytes(file.read_bytes()[:-1] if damage is None else damage)
    assert _built(shipped(), tmp_path) == first
    assert renders.names() == ["network"]
    assert _built(shipped(), tmp_path) == first
    assert renders.names() == []


def test_json_and_hcl_and_other_folders_are_kept_apart(renders: Renders, tmp_path: Path) -> None:
    as_json = _built(shipped(), tmp_path)
    as_hcl = _built(shipped(), tmp_path, as_hcl=True)
    assert len(renders.names()) == 20
    assert (_built(shipped(), tmp_path), _built(shipped(), tmp_path, as_hcl=True)) == (as_json, as_hcl)
    assert renders.names() == []
    (tmp_path / "elsewhere").mkdir()
    _built(shipped(), tmp_path / "elsewhere")
    assert len(renders.names()) == 10


@pytest.mark.parametrize("changed", ["modules/new.py", "charts/microservice/Chart.yaml"])
def test_another_generator_renders_all(
    renders: Renders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, changed: str
) -> None:
    request.addfinalizer(generator.digest.cache_clear)  # the digest of the copy is not that of the next test
    first = _built(shipped(), tmp_path)
    renders.names()
    for name in ("modules", "charts"):
        shutil.copytree(ROOT / name, tmp_path / "copy" / name, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(generator, "ROOT", tmp_path / "copy")
    generator.digest.cache_clear()
    _built(shipped(), tmp_path)
    assert renders.names() == []
    with (tmp_path / "copy" / changed).open("a") as file:
        file.write("# changed\n")
    generator.digest.cache_clear()
    assert _built(shipped(), tmp_path) == first
    assert len(renders.names()) == 10


@pytest.mark.parametrize(
    ("where", "value"),
    [("CDKTF_CONTEXT_JSON", "{}"), (SWITCH, "1")],
)
def test_what_cdktf_reads_of_the_environment_counts(
    renders: Renders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str, value: str
) -> None:
    _built(shipped(), tmp_path)
    renders.names()
    monkeypatch.setenv(where, value)
    _built(shipped(), tmp_path)
    assert len(renders.names()) == 10


def test_what_was_not_used_for_a_week_is_removed(renders: Renders, tmp_path: Path) -> None:
    system = shipped()
    _built(system, tmp_path)
    folder = tmp_path / "cache" / "stacks"
    (network,) = folder.glob("network-*")
    unused = network.rename(network.with_name("unused.0123"))
    for file in folder.iterdir():
        os.utime(file, (0, 0))
    system["services"]["user-service"]["memory"] = "2GB"
    renders.names()
    _built(system, tmp_path)
    assert renders.names() == ["network", "user-service"]
    assert unused.exists(), "it was looked for today"
    os.utime(tmp_path / "cache" / "looked", (0, 0))
    system["services"]["user-service"]["memory"] = "3GB"
    _built(system, tmp_path)
    assert not unused.exists()
    assert len([*folder.iterdir()]) == 11


def test_a_folder_that_others_can_write_to_is_not_used(
    renders: Renders, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "cache" / "stacks"
    folder.mkdir(parents=True)
    folder.chmod(0o777)
    first = _built(shipped(), tmp_path)
    assert "can be written to by other users, and is not used" in capsys.readouterr().err
    assert _built(shipped(), tmp_path) == first
    assert (len(renders.names()), [*folder.iterdir()]) == (20, [])


def test_a_user_without_a_home_builds_every_stack(
    renders: Renders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv(user_cache.VARIABLE)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(Path, "home", homeless)
    _built(shipped(), tmp_path)
    assert len(renders.names()) == 10
    said = capsys.readouterr().err
    assert "Building every stack, with the same result: Could not determine home directory." in said
    assert f"{user_cache.VARIABLE} can name a folder that you can write" in said


def test_without_a_change_neither_cdktf_nor_node_is_started(tmp_path: Path) -> None:
    """Where Node can't be started, a run that needs it fails."""
    command = run_synth.command(shipped(), tmp_path)
    caches = os.environ | {user_cache.VARIABLE: str(tmp_path / "cache")}
    without_node = caches | {"JSII_NODE": "/dev/null/node"}

    def run(*options: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
        whole = [*command, *options]
        return subprocess.run(whole, env=environment, capture_output=True, text=True, check=False, timeout=300)

    first = run(environment=caches)
    assert first.returncode == 0, first.stderr
    for options in (), ("--never-applied", "network"):  # with which no run ends before it begins
        second = run(*options, environment=without_node)
        assert (second.returncode, second.stdout) == (0, ""), second.stderr
        assert "10 stacks, 318 resources; 0 files changed." in second.stderr
    assert run("--rebuild", environment=without_node).returncode != 0
