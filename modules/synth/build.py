"""From a spec to the files of generated/: CDKTF renders the stacks, and what it leaves in them is taken out."""

import json
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from modules.bindings import temporary_folder
from modules.bindings.cdktf import App, TerraformStack
from modules.bindings.hcl_blocks import block_paths
from modules.design import charts, lifelong_keys, retirement, state_location
from modules.design.retirement import Before, by_address, by_type
from modules.facts import terraform
from modules.spec.model import Spec
from modules.stacks import build as build_stacks
from modules.synth import hcl, transitions

MANIFEST = "manifest.json"
# For Terraform, and the same in JSON for programs: cdktf-cli reads no HCL, and asks for the second file by its path.
HCL, METADATA = "cdk.tf", "metadata.json"

NOTHING: Mapping[str, Before] = MappingProxyType({})


def _required_version(constraint: str) -> str:
    return f'terraform {{\n  required_version = "{constraint}"\n}}\n'


# Not in the JSON: checkov takes the argument there for a syntax error, and then checks nothing.
# OpenTofu reads versions.tofu instead of versions.tf: https://opentofu.org/docs/language/files/#file-extension.
_VERSIONS = {
    "versions.tf": _required_version(terraform.REQUIRED_VERSION),
    "versions.tofu": _required_version(terraform.OPENTOFU_REQUIRED_VERSION),
}


def build(
    spec: Spec,
    out: Path = Path("generated"),
    before: Mapping[str, Before] = NOTHING,
    *,
    further: Iterable[Spec] = (),
    as_hcl: bool = False,
) -> dict[str, bytes]:
    """Path below the output folder -> content, the same for the same spec on every machine; stacks in JSON or in HCL.

    `further` are environments besides this one. Nothing is written to `out`; where it is decides where local states
    are. `before` is what the stacks declared, by name, of which `retired:` needs what services.yaml no longer has.
    """
    specs = [spec, *further]
    with tempfile.TemporaryDirectory(prefix="synth-", dir=temporary_folder()) as folder:
        app = App(outdir=folder, context={state_location.CONTEXT: state_location.state_folder(out)})
        stacks = {stack.node.id: stack for stack in build_stacks(app, specs)}
        _each_has_its_state([stack.names.state(stack.part) for stack in stacks.values()])
        app.synth()
        manifest = json.loads((Path(folder) / MANIFEST).read_text())
        files = dict(charts.files())
        for one in specs:
            files[lifelong_keys.file(one.names)] = _render({"values": lifelong_keys.recorded(one)})
        for name, stack in stacks.items():
            entry = manifest["stacks"][name]
            path = entry["synthesizedStackPath"]
            content = _plain(json.loads((Path(folder) / path).read_text()))
            _all_have_addresses(name, content, sorted(address for _, address in stack.addresses))
            if as_hcl:
                beside = _hcl(stack, content)
                entry["synthesizedStackPath"] = str(Path(path).with_name(HCL))
                entry["stackMetadataPath"] = str(Path(path).with_name(METADATA))
            else:
                beside = {Path(path).name: _render(content)}
            declared = by_address(content.get("resource", {}))
            retired = retirement.of(stack.spec, stack.part, before.get(name, Before({})), declared)
            beside |= transitions.files([*stack.transitions, *retired.kept], as_hcl=as_hcl)
            if retired.switched:
                beside[retirement.FILE] = _render({"resource": by_type(retired.switched)})
            beside |= {file: text.encode() for file, text in {**_VERSIONS, **stack.files}.items()}
            files |= {str(Path(path).with_name(file)): data for file, data in beside.items()}
    return {MANIFEST: _render(manifest), **files}


def _each_has_its_state(called: list[str]) -> None:
    if len({*called}) < len(called):
        raise AssertionError(f"two stacks have one state: {sorted(called)}")


def _hcl(stack: TerraformStack, content: dict[str, Any]) -> dict[str, bytes]:
    text = hcl.render({name: section for name, section in content.items() if name != "//"}, block_paths(stack))
    return {HCL: text.encode(), METADATA: _render(content)}


def _plain(content: dict[str, Any]) -> dict[str, Any]:
    """The stack without CDKTF's notes on each resource; those on the stack stay, `cdktf output` reads them."""
    for section in ("resource", "data"):
        for resources in content.get(section, {}).values():
            for resource in resources.values():
                resource.pop("//", None)
    return content


def _all_have_addresses(name: str, content: dict[str, Any], claimed: list[str]) -> None:
    sections = [content.get("resource", {}), {**content.get("data", {}), "terraform_remote_state": {}}]
    found = sorted(address for section in sections for resources in section.values() for address in resources)
    if found != claimed:
        raise AssertionError(f"stack {name}: rendered without an address from naming.py: {set(found) ^ set(claimed)}")


def _render(value: Any) -> bytes:
    return (json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()
