"""The system in HCL: as `terraform fmt` would lay it out, and with the values that the JSON has."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from modules.checks.check import check
from modules.spec.model import Spec
from modules.synth import hcl
from modules.synth.build import build
from tests.support.clean_environment import without_accounts
from tests.support.tool_missing import ToolMissing
from tests.synth.conftest import Built
from tests.synth.test_golden import CASES
from tests.unit.conftest import TODAY

# What the text of a string, or a key, may be: for HCL, for templates in it, and for CDKTF's own writer of HCL.
TEXTS = [
    *(
        "",
        '"',
        "\\",
        "\\n",
        "a\nb\n",
        "\t\r",
        "\x01\x7f",
        "é \u2028 \U0001f600",
        "<<EOF\nEOF",
        "{",
        "[1",
        '"a"',
        "1",
        "007",
    ),
    *("$", "$$", "$${a}", "$$${a}", "%%{a}", "100%", "$\\{", "true", "null", "for", "a.b", "a b", "1a", "a-b"),
    *(
        '${upper("a")}',
        '${upper("a\\"b")} "c" \\',
        'a ${upper("${lower("B")} }")} {"c"',
        '${jsonencode({"a" = [{"b" = "}{"}], "c" = {}})}',
    ),
    *('x ${jsonencode({"a" = 1})} \\d', '%{if true}a"%{else}b%{endif}', "${1 + 2}", '${{"a" = "b"}["a"]}'),
]
VALUES: list[object] = [
    True,
    False,
    None,
    0,
    -1,
    0.25,
    10**15,
    [],
    {},
    [[]],
    [{}],
    [{"a": 1}, "b", [1, 2]],
    {"a": {"long": [1]}, "b": "c"},
]


def terraform(*arguments: str, folder: Path, text: str = "") -> str:
    if not shutil.which("terraform"):
        raise ToolMissing("terraform is not on PATH: install 1.11 or newer")
    environment = without_accounts() | {"CHECKPOINT_DISABLE": "1"}
    environment.pop("TF_CLI_CONFIG_FILE", None)
    done = subprocess.run(
        ["terraform", *arguments],
        cwd=folder,
        env=environment,
        input=text,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def write(files: Built, folder: Path) -> None:
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)


@pytest.fixture(scope="module")
def built_hcl(spec: Spec) -> Built:
    return build(spec, as_hcl=True)


def test_terraform_fmt_leaves_every_file_alone(built_hcl: Built, tmp_path: Path) -> None:
    write(built_hcl, tmp_path / "shipped")
    for case, file in CASES.items():
        golden = check(file, TODAY).spec
        assert golden is not None
        write(build(golden, as_hcl=True), tmp_path / case)
    assert len(list(tmp_path.rglob("cdk.tf"))) > 10
    assert terraform("fmt", "-check", "-diff", "-recursive", folder=tmp_path) == ""


def test_the_same_spec_makes_the_same_bytes(spec: Spec, built_hcl: Built) -> None:
    assert build(spec, as_hcl=True) == built_hcl


def test_hcl_stands_where_json_did_and_all_other_files_are_the_same(built: Built, built_hcl: Built) -> None:
    def others(files: Built) -> Built:
        return {
            path: data for path, data in files.items() if not path.endswith(("cdk.tf", "metadata.json", ".tf.json"))
        }

    assert others(built_hcl) | {"manifest.json": b""} == others(built) | {"manifest.json": b""}
    assert {path for path in built if path.endswith("cdk.tf.json")} == {
        f"{path}.json" for path in built_hcl if path.endswith("cdk.tf")
    }


def test_the_manifest_names_the_hcl_and_the_same_in_json_for_cdktf_cli(built: Built, built_hcl: Built) -> None:
    for name, stack in json.loads(built_hcl["manifest.json"])["stacks"].items():
        assert stack["synthesizedStackPath"] == f"stacks/{name}/cdk.tf"
        assert stack["synthesizedStackPath"] in built_hcl
        assert built_hcl[stack["stackMetadataPath"]] == built[f"stacks/{name}/cdk.tf.json"]


def test_every_resource_has_its_block(built: Built, built_hcl: Built) -> None:
    for path, data in built.items():
        if not path.endswith("cdk.tf.json"):
            continue
        stack = json.loads(data)
        heads = [
            line
            for line in built_hcl[path.removesuffix(".json")].decode().splitlines()
            if not line.startswith((" ", "}"))
        ]
        expected = [
            f'{section} "{kind}" "{address}"'
            for section in ("data", "resource")
            for kind, resources in sorted(stack.get(section, {}).items())
            for address in sorted(resources)
        ]
        assert [head.partition(" {")[0] for head in heads if head.startswith(("data", "resource"))] == expected


def test_terraform_reads_every_value_as_it_does_in_json(tmp_path: Path) -> None:
    values = {f"v{number}": value for number, value in enumerate([*TEXTS, *VALUES])}
    keys = {text: number for number, text in enumerate(TEXTS) if " = " not in text}
    locals_: dict[str, Any] = {**values, "keys": keys, "all": TEXTS}
    text = hcl.render({"locals": {f"hcl_{name}": value for name, value in locals_.items()}}, frozenset())
    (tmp_path / "main.tf").write_text(text)
    content = {"locals": {f"json_{name}": value for name, value in locals_.items()}}
    (tmp_path / "other.tf.json").write_text(json.dumps(content))
    same = ", ".join(f"{name} = jsonencode(local.hcl_{name}) == jsonencode(local.json_{name})" for name in locals_)
    answer = terraform("console", folder=tmp_path, text=f"jsonencode({{ {same} }})\n")
    assert json.loads(json.loads(answer)) == dict.fromkeys(locals_, True)
    assert terraform("fmt", "-check", "-diff", folder=tmp_path) == ""


def test_terraforms_own_arguments_are_references_and_blocks() -> None:
    content = {
        "resource": {
            "aws_sqs_queue": {
                "orders": {
                    "name": "orders",
                    "for_each": '${toset(["a"])}',
                    "depends_on": ["aws_vpc.main"],
                    "lifecycle": {"ignore_changes": ["tags"], "prevent_destroy": True},
                }
            }
        },
        "moved": [{"from": "aws_sqs_queue.a", "to": "aws_sqs_queue.orders"}],
        "removed": [{"from": "aws_sqs_queue.b", "lifecycle": {"destroy": False}}],
        "import": [{"id": "${local.id}", "to": "aws_sqs_queue.orders"}],
    }
    assert hcl.render(content, frozenset()) == (
        "moved {\n  from = aws_sqs_queue.a\n  to   = aws_sqs_queue.orders\n}\n\n"
        "removed {\n  from = aws_sqs_queue.b\n\n  lifecycle {\n    destroy = false\n  }\n}\n\n"
        "import {\n  id = local.id\n  to = aws_sqs_queue.orders\n}\n\n"
        'resource "aws_sqs_queue" "orders" {\n  for_each = toset(["a"])\n  name     = "orders"\n'
        "  depends_on = [\n    aws_vpc.main,\n  ]\n\n"
        "  lifecycle {\n    ignore_changes = [\n      tags,\n    ]\n    prevent_destroy = true\n  }\n}\n"
    )


def test_hcp_terraform_and_the_login_of_its_runs_are_blocks() -> None:
    content = {
        "terraform": {"cloud": {"organization": "acme", "workspaces": {"name": "shop-platform"}}},
        "ephemeral": {"aws_eks_cluster_auth": {"cluster": {"name": "shop"}}},
    }
    assert hcl.render(content, frozenset()) == (
        'terraform {\n  cloud {\n    organization = "acme"\n\n'
        '    workspaces {\n      name = "shop-platform"\n    }\n  }\n}\n\n'
        'ephemeral "aws_eks_cluster_auth" "cluster" {\n  name = "shop"\n}\n'
    )


def test_a_section_that_nobody_taught_the_writer_is_refused() -> None:
    with pytest.raises(AssertionError, match=r"hcl\.py can't write these sections of a stack yet: check"):
        hcl.render({"check": {}}, frozenset())


@pytest.mark.parametrize("text", ["${a", '${"a}', "%{ if a", "${ {a} "])
def test_a_template_without_an_end_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="of Terraform does not end"):
        hcl.render({"locals": {"a": text}}, frozenset())
