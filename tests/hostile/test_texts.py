"""Text that others would run comes out of Terraform and Helm as it was written, in what Kubernetes gets."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from modules.checks.check import check
from modules.synth.build import build
from tests.hostile.corpus import KEPT, PWNED, TEXTS
from tests.support import helm
from tests.support.go_tools import binary
from tests.support.random_specs import System
from tests.synth.conftest import Built, spec_of
from tests.synth.test_hcl import terraform
from tests.unit.conftest import TODAY

yaml = YAML(typ="safe", pure=True)


def _system() -> System:
    """With each text wherever a service takes any."""
    texts = list(TEXTS)
    return {
        "project": "shop",
        "region": "eu-west-1",
        "services": {
            "web": {
                "image": "v1",
                "command": texts,
                "args": texts,
                "env": {f"TEXT_{number}": text for number, text in enumerate(texts)},
                "annotations": {f"example.com/text-{number}": text for number, text in enumerate(texts)},
                "health": {"command": texts},
            }
        },
    }


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What Helm renders from the values that Terraform reads."""
    folder = tmp_path_factory.mktemp("texts")
    built: Built = build(spec_of(_system(), folder))
    (folder / "values.yaml").write_bytes(built["stacks/web/values.yaml"])
    names = json.loads(built["stacks/web/cdk.tf.json"])["locals"]["values"]
    known = {name: "sg-0123456789abcdef0" if name.startswith("pods") else "sg-1" for name in names}
    local = {"values": known, "file": '${templatefile("${path.module}/values.yaml", local.values)}'}
    (folder / "locals.tf.json").write_text(json.dumps({"locals": local}))
    values = json.loads(json.loads(terraform("console", folder=folder, text="jsonencode(local.file)\n")))
    (folder / "read.yaml").write_text(values, encoding="utf-8")
    options = ["--skip-schema-validation", f"--values={folder / 'read.yaml'}"]
    command: list[str | Path] = [binary("helm"), "template", "web", helm.CHARTS / helm.PODS, *options]
    made = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
    found: dict[str, Any] = next(one for one in yaml.load_all(made) if one and one["kind"] == "Deployment")
    return found


def test_a_container_gets_the_texts_as_they_were_written(deployment: dict[str, Any]) -> None:
    pod = deployment["spec"]["template"]
    (container,) = pod["spec"]["containers"]
    assert container["command"] == list(TEXTS)
    assert container["args"] == list(TEXTS)
    env = {one["name"]: one.get("value") for one in container["env"]}
    assert [env[f"TEXT_{number}"] for number in range(len(TEXTS))] == list(TEXTS)
    assert container["readinessProbe"]["exec"]["command"] == list(TEXTS)
    annotations = pod["metadata"]["annotations"]
    assert [annotations[f"example.com/text-{number}"] for number in range(len(TEXTS))] == list(TEXTS)
    assert not Path(PWNED).exists()


@pytest.mark.parametrize("name", KEPT)
def test_what_only_looks_like_a_way_out_is_kept(name: str, tmp_path: Path) -> None:
    content, stack, words = KEPT[name]
    (tmp_path / "services.yaml").write_text(content)
    spec = check(tmp_path / "services.yaml", TODAY).spec
    assert spec is not None
    built = build(spec)
    assert words in built[f"stacks/{stack}/cdk.tf.json"].decode()
    assert all(".." not in Path(path).parts and not Path(path).is_absolute() for path in built)
