"""The costs of systems as they are generated, and the command that tells them."""

import json
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from modules.cli.command_line import main
from modules.paths import ROOT
from modules.reports import cost
from modules.reports.unpriced import BY_USE, BY_USE_TOO, FREE
from modules.reports.usage import PRICED
from modules.spec.model import Spec
from modules.spec.pod_size import billed, render_gb
from tests.support.random_specs import System, render
from tests.synth.conftest import Built
from tests.unit.conftest import TODAY

OWN: System = {
    "project": "own",
    "region": "eu-west-1",
    "zones": ["a", "b"],
    "accept": ["http-only", "private-api"],
    "services": {"one": {"path": "/", "pods": 2}},
}


@pytest.fixture(scope="module")
def stacks(built: Built) -> cost.Stacks:
    """The shipped system's resources."""
    return {path.split("/")[1]: json.loads(built[path])["resource"] for path in built if path.endswith("cdk.tf.json")}


def _generated_types() -> set[str]:
    """Types of resources of all examples."""
    files = [*ROOT.glob("tests/golden/*/generated/stacks/*/cdk.tf.json")]
    assert len(files) > 20
    return {kind for file in files for kind in json.loads(file.read_text(encoding="utf-8")).get("resource", {})}


def test_every_type_that_is_generated_is_priced_or_free_or_by_use(stacks: cost.Stacks) -> None:
    types = _generated_types() | {kind for held in stacks.values() for kind in held}
    tables: tuple[Mapping[str, Any], ...] = (PRICED, BY_USE, FREE)
    places = {kind: sum(kind in table for table in tables) for kind in types}
    wrong = sorted(kind for kind, number in places.items() if number != 1)
    assert wrong == [], "each belongs into one table: PRICED of modules/reports/usage.py, BY_USE or FREE of unpriced.py"


def test_the_tables_have_no_type_that_is_never_generated() -> None:
    assert (PRICED.keys() | BY_USE.keys() | FREE.keys()) - _generated_types() == set()
    assert set(BY_USE_TOO) <= set(PRICED)


def test_what_the_shipped_system_is_billed_by_the_hour(stacks: cost.Stacks, spec: Spec) -> None:
    lines = {line.what: line for line in cost.by_what(cost.bill(stacks, spec, TODAY, "eu-west-1").lines)}
    # vCPU of user, order, payment, notification and analytics, and six pods of the platform; likewise GB. Times three.
    assert (lines["Fargate pods, vCPU"].at_rest, lines["Fargate pods, vCPU"].at_most) == (
        3 * 0.5 + 2 * 1 + 2 * 0.5 + 2 * 0.25 + 2 * 2 + 6 * 0.25,
        9 * 0.5 + 6 * 1 + 6 * 0.5 + 6 * 0.25 + 6 * 2 + 6 * 0.25,
    )
    assert (lines["Fargate pods, GB of memory"].at_rest, lines["Fargate pods, GB of memory"].at_most) == (
        3 * 1 + 2 * 2 + 2 * 1 + 2 * 0.5 + 2 * 4 + 6 * 0.5,
        9 * 1 + 6 * 2 + 6 * 1 + 6 * 0.5 + 6 * 4 + 6 * 0.5,
    )
    by_the_hour = {
        "NAT gateways": 105.12,  # 3 x 730 x 0.048
        "Private endpoints, in each zone": 144.54,  # 6 x 3 x 730 x 0.011
        "Public IPv4 addresses": 21.90,  # (3 of NAT + 3 of the load balancer) x 730 x 0.005
        "Aurora capacity (ACU)": 204.40,  # 2 x 1 x 730 x 0.14
        "Redis nodes, cache.t4g.small": 49.64,  # 2 x 730 x 0.034
        "EKS control plane, standard support": 73.00,
    }
    assert {what: lines[what].usd(lines[what].at_rest) for what in by_the_hour} == pytest.approx(by_the_hour)


def test_pods_are_billed_as_the_comments_of_their_values_say(built: Built, spec: Spec) -> None:
    for name, service in spec.services.items():
        comment = built[f"stacks/{name}/values.yaml"].decode().splitlines()[0]
        said = re.search(r"Fargate bills (?P<cpu>\S+) vCPU and (?P<memory>\S+) a pod", comment)
        assert said, comment
        cpu, gb = billed(service.cpu, service.request_mib)
        assert (said["cpu"], said["memory"]) == (f"{cpu:g}", render_gb(gb))


def _cost(capsys: pytest.CaptureFixture[str], *options: str) -> str:
    assert main(["cost", *options]) == 0
    return capsys.readouterr().out


def _write(folder: Path, system: System) -> Path:
    file = folder / "services.yaml"
    file.write_text(render(system), encoding="utf-8")
    return file


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return _write(tmp_path, OWN)


@pytest.fixture
def committed(tmp_path: Path, file: Path) -> Path:
    """The same, committed to a repository of its own."""
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
    for command in (["init", "--quiet"], ["add", "services.yaml"], [*identity, "commit", "--quiet", "-m", "first"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True, capture_output=True)
    return file


def test_the_report_has_stacks_parts_savings_and_what_it_leaves_out(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = _cost(capsys, "--file", str(file))
    assert text.startswith("own in eu-west-1: a month of 730 hours in US dollars, list prices.\nAt rest: `pods`")
    rows = [re.split(r" {2,}", line.strip()) for line in text.splitlines()]
    assert ["NAT gateways", "2", "0.048 an hour", "70.08", "70.08"] in rows
    stacks = [row[0] for row in rows[rows.index(["stack", "at rest", "at most"]) :]]
    order = ["network", "cluster", "data", "edge", "platform", "all of the platform", "one", "all services", "in all"]
    assert [name for name in stacks if name in order] == order
    (saved,) = [float(row[1]) for row in rows if row[0] == "network: {nat_gateways: single}"]
    assert 38.69 <= saved < 39.5  # 730 x (0.048 + 0.005), and the alarms of the gateway
    assert "\n  NAT gateways: bytes in both directions, and those that leave for the internet\n" in text
    assert "After 2027-08-02, the control plane of Kubernetes 1.36 costs 438.00 a month." in text
    assert "Ask \nhttps://calculator.aws before" in text


def test_what_a_change_adds_is_told_against_a_commit(committed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    services = {"one": {"path": "/", "pods": 3}, "two": {"pods": 1, "aws": ["secrets"]}}
    _write(committed.parent, {**OWN, "services": services})
    found = json.loads(_cost(capsys, "--file", str(committed), "--base", "HEAD", "--json"))["base"]
    changes = {(one["after"]["stack"], one["after"]["what"]): one for one in found["changes"]}
    pods = changes["one", "Fargate pods, vCPU"]
    assert (pods["before"]["number"]["at_rest"], pods["after"]["number"]["at_rest"]) == (0.5, 0.75)
    assert changes["two", "Secrets"]["before"]["number"] == {"at_rest": 0, "at_most": 0}
    assert changes["two", "Secrets"]["after"]["usd"]["at_rest"] == 0.4
    assert {stack for stack, _ in changes} >= {"one", "two"}
    assert "network" not in {stack for stack, _ in changes}
    text = _cost(capsys, "--file", str(committed), "--base", "HEAD")
    assert re.search(r"\n +two +Secrets +0 +1 +\+0\.40 +\+0\.40 *\n", text)
    assert re.search(rf"\n +in all +\+{found['adds']['at_rest']:.2f} +\+{found['adds']['at_most']:.2f} *\n", text)


def test_a_file_as_committed_adds_nothing(committed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = _cost(capsys, "--file", str(committed), "--base", "HEAD")
    assert "What is billed by time is the same as in services.yaml at HEAD." in text


def _refused(file: Path, base: str, capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["cost", "--file", str(file), f"--base={base}"]) == 1
    return capsys.readouterr().err


@pytest.mark.parametrize("base", ["nowhere", "--output=x", "HEAD:services.yaml"])
def test_a_commit_that_there_is_not_is_named(base: str, committed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = _refused(committed, base, capsys)
    assert f"BASE={base}\n  error: git finds no such commit in the repository of {committed}.\n  Name a commit" in said


def test_a_file_without_a_repository_is_answered(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "git finds no such commit" in _refused(file, "HEAD", capsys)


def test_a_commit_without_the_file_is_answered(committed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = committed.rename(committed.with_name("other.yaml"))
    assert "BASE=HEAD\n  error: That commit has no other.yaml." in _refused(other, "HEAD", capsys)


def test_a_base_with_mistakes_is_answered_with_them(committed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = committed.read_text()
    committed.write_text(text.replace("project: own", "project: Own!"))
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
    subprocess.run(["git", *identity, "commit", "-qam", "bad"], cwd=committed.parent, check=True)
    committed.write_text(text)
    said = _refused(committed, "HEAD", capsys)
    assert "services.yaml of that commit has mistakes, as this version of the generator reads it:\n" in said
    assert "services.yaml:4 project" in said
    assert said.endswith("Name a commit whose file has none.\n")


def test_a_mistake_is_answered_as_by_every_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = _write(tmp_path, {**OWN, "project": "Own!"})
    assert main(["cost", "--file", str(file)]) == 1
    assert "1 mistake in services.yaml; nothing was changed." in capsys.readouterr().err
