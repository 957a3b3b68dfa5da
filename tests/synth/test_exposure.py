"""What is said of a pod in somebody else's hands: held against the matrix of permissions and the security groups."""

import json
from collections import defaultdict
from pathlib import Path

import pytest

from modules.access.granted import UNLESS
from modules.cli.command_line import main
from modules.reports import keys
from modules.reports.exposure import Exposure
from modules.spec.model import Spec
from tests.support.access_matrix import Matrix
from tests.support.built_files import Built, stack
from tests.support.run_synth import SHIPPED, shipped


@pytest.fixture(scope="module")
def exposure(spec: Spec, built: Built) -> Exposure:
    return Exposure(spec, {name: stack(built, name) for name in json.loads(built["manifest.json"])["stacks"]})


def test_what_a_pod_can_call_is_what_the_matrix_of_every_call_allows(
    exposure: Exposure, spec: Spec, built: Built
) -> None:
    """The matrix asks each action on each resource; the page follows what statements name."""
    stacks = {name: stack(built, name) for name in json.loads(built["manifest.json"])["stacks"]}
    matrix = Matrix(shipped(), stacks)
    counts, cells = matrix.evaluated(list(spec.services))
    assert counts.keys() == spec.services.keys()
    by_role: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for cell in cells:
        by_role[cell.row].add((matrix.columns[cell.column].resource, cell.action))
    for service in spec.services:
        called = {(target, action) for target, ways in exposure.calls(service).items() for action in ways}
        assert by_role[service], f"the matrix has nothing of {service}"
        missing = {one for one in by_role[service] if not _is_said(one, called)}
        assert missing == set(), f"{service} may do this, and the page does not say it"
        resources = {resource for resource, _ in by_role[service]}
        # Without those under a condition, such as that a statement is one's own, which the matrix asks of `*`.
        always = {
            (target, action)
            for target, actions in exposure.calls(service).items()
            for action, ways in actions.items()
            if any(all(test.startswith(UNLESS) for test, _, _ in way) for way in ways)
        }
        more = {(target, action) for target, action in always if target in resources} - by_role[service]
        assert more == set(), f"the page says that {service} may do this, and the matrix does not"


def _is_said(call: tuple[str, str], called: set[tuple[str, str]]) -> bool:
    """By the resource, or by a pattern of what is inside of it."""
    resource, action = call
    return any(action == one and _covers(target, resource) for target, one in called)


def _covers(target: str, resource: str) -> bool:
    return target in (resource, "*") or (target.endswith("*") and resource.startswith(target[:-1]))


def test_resources_that_are_said_to_be_out_of_reach_have_no_call(exposure: Exposure, spec: Spec) -> None:
    """Every store of another service that is not named is listed, and nothing that can be called."""
    out = exposure.untouched("order-service")
    assert "aws_secretsmanager_secret.payment_service" in out["payment-service"]
    assert "aws_s3_bucket.user_service" in out["user-service"]
    assert "aws_sqs_queue.order_service_queue" not in out.get("order-service", [])
    for service in spec.services:
        own = set(exposure.untouched(service).get(service, []))
        assert f"aws_iam_role.{service.replace('-', '_')}" in own, "it could change itself"


def test_what_is_closed_is_what_no_connection_leads_to(exposure: Exposure) -> None:
    closed = exposure.unreached("order-service")
    assert {"Aurora", "Redis", "payment-service"} <= set(closed)
    assert not set(closed) & {edge.target for edge in exposure.reached("order-service")}


def test_a_page_that_differs_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["exposure", f"--file={SHIPPED}", f"--out={tmp_path}"]
    assert main(words) == main([*words, "--check"]) == 0
    (tmp_path / "exposure.md").write_text("nothing\n")
    capsys.readouterr()
    assert main([*words, "--check"]) == 1
    assert capsys.readouterr().out.split() == ["exposure.md"]


def test_an_environment_does_not_overwrite_the_pages_of_the_base(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "services.yaml"
    file.write_text("project: shop\nregion: eu-west-1\nenvironments: {dev: {}}\nservices: {a: {}}\n")
    assert main(["exposure", f"--file={file}", "--env=dev"]) == 1
    assert "Name another folder (--out)" in capsys.readouterr().err


def test_the_keys_say_what_they_encrypt_and_for_whom(exposure: Exposure, built: Built) -> None:
    text = keys.page({name: stack(built, name) for name in json.loads(built["manifest.json"])["stacks"]})
    rows = {line.split("|")[1].strip(): line for line in text.splitlines() if line.startswith("| `")}
    orders = rows["`order_service_stores` in `order-service`"]
    assert "`aws_sqs_queue.order_service_queue` in `order-service`" in orders
    assert "`shop-order-service`" in orders
    assert "shop-payment-service" not in orders
