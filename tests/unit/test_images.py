"""Images that are not the services' own: each by digest, and all from the mirror where there is one."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from ruamel.yaml import YAML

from modules.checks.check import Checked
from modules.cli.command_line import main
from modules.design import connectivity, helm_values, platform_images
from modules.facts import charts
from modules.spec.model import Spec

SERVICES = """
a: {aws: [rds, sqs], image: v1, path: /a, secrets: {X: own}, scale: {queue: 5}}
b: {}
c: {image: v1, jobs: {j: {schedule: '@daily', command: a}}}
"""
ECR = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/mirror"
System = Callable[..., Checked]


def _spec(system: System, mirror: str | None) -> Spec:
    body = SERVICES.strip()
    spec = system(body, f"image_mirror: {mirror}\n" if mirror else "").spec
    assert isinstance(spec, Spec)
    return spec


def _values(spec: Spec) -> dict[str, Any]:
    texts = {
        "controller": helm_values.controller(spec),
        "users": helm_values.database_users(spec),
        "operator": helm_values.operator(spec),
        "keda": helm_values.keda_release(spec),
        "watcher": helm_values.watcher(spec),
        "placeholder": helm_values.service(spec, "b", {}),
    }
    return {name: YAML(typ="safe").load(text) for name, text in texts.items()}


def _pulled(spec: Spec) -> set[str]:
    """As the charts write them: repository and tag, with a registry before where the chart has it apart."""
    found = _values(spec)
    images = {found[one]["image"] for one in ("users", "watcher", "placeholder")}
    operator = found["operator"]
    apart = [found["controller"]["image"], operator["image"], operator["webhook"]["image"]]
    apart += [operator["certController"]["image"]]
    images |= {f"{one['repository']}:{one['tag']}" for one in apart}
    images |= {f"{one['registry']}/{one['repository']}:{one['tag']}" for one in found["keda"]["image"].values()}
    return images


@pytest.mark.parametrize("mirror", [ECR, "registry.example.com:5000", "registry.example.com/a/b"])
def test_all_come_from_the_mirror_with_their_digest(system: System, mirror: str) -> None:
    spec = _spec(system, mirror)
    assert _pulled(spec) == {f"{mirror}/{source}" for source in platform_images.published(spec)}
    assert len(platform_images.published(spec)) == 7
    assert all(re.search(r"@sha256:[0-9a-f]{64}$", one) for one in _pulled(spec))


def test_without_a_mirror_a_chart_keeps_its_own_repository(system: System) -> None:
    found = _values(_spec(system, None))
    assert list(found["controller"]["image"]) == list(found["operator"]["image"]) == ["tag"]
    assert [list(one) for one in found["keda"]["image"].values()] == [["tag"]] * 3
    assert (found["users"]["image"], found["placeholder"]["image"]) == (charts.AWS_CLI, charts.PLACEHOLDER)


def test_a_placeholder_from_ecr_needs_no_way_to_the_internet(system: System) -> None:
    def reasons(mirror: str | None) -> tuple[str, ...]:
        spec = _spec(system, mirror)
        return connectivity.internet_egress_reasons(spec, spec.services["b"])

    assert reasons(ECR) == ()
    assert reasons("registry.example.com/a") == ("image from registry.example.com",)
    assert reasons(None) == ("image from a public registry (placeholder)",)


def test_the_command_says_what_to_copy_where(tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "services.yaml"
    file.write_text(
        f"project: shop\nregion: eu-west-1\naccept: [http-only]\nimage_mirror: {ECR}\nservices: {{a: {{}}}}\n"
    )
    assert main(["images", f"--file={file}"]) == 0
    lines = [line.split(" ") for line in capsys.readouterr().out.splitlines()]
    assert lines[-1] == [charts.PLACEHOLDER, f"{ECR}/docker.io/hashicorp/http-echo:1.0.0"]
    assert main(["images", f"--file={file}", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)["images"]
    assert [[one["source"], one["target"]] for one in listed] == lines
