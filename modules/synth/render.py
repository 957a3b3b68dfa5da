"""CDKTF renders stacks, and what it leaves in them is taken out."""

import json
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from modules.bindings import temporary_folder
from modules.bindings.cdktf import TerraformStack
from modules.bindings.hcl_blocks import block_paths
from modules.bindings.loader.unwaited import running_on
from modules.constructs.app import SystemApp
from modules.constructs.stack import Stack
from modules.design import retirement
from modules.design.retirement import by_address, by_type
from modules.facts import terraform
from modules.stacks import build
from modules.synth import hcl, transitions
from modules.synth.rendered import HCL, MANIFEST, METADATA, Rendered, Wanted, as_json


def _required_version(constraint: str) -> str:
    return f'terraform {{\n  required_version = "{constraint}"\n}}\n'


# Not in the JSON: checkov takes the argument there for a syntax error, and then checks nothing.
# OpenTofu reads versions.tofu instead of versions.tf: https://opentofu.org/docs/language/files/#file-extension.
_VERSIONS = {
    "versions.tf": _required_version(terraform.REQUIRED_VERSION),
    "versions.tofu": _required_version(terraform.OPENTOFU_REQUIRED_VERSION),
}


def render(wanted: Iterable[Wanted], state_folder: str, *, as_hcl: bool) -> Iterator[Rendered]:
    """Each of these stacks, in JSON or in HCL; `state_folder` is the relative path from a stack to local states.

    Each has an app of its own, so that Node writes one while the one before is read here.
    """
    with tempfile.TemporaryDirectory(prefix="synth-", dir=temporary_folder()) as folder:
        before: _Written | None = None
        for number, one in enumerate(wanted):
            outdir = Path(folder, str(number))
            app = SystemApp(str(outdir), state_folder)
            stack = build(app, one.spec, one.part, one.types)
            if before:
                before.wait()
            with running_on("synth"):
                app.synth()
            if before:
                yield before.read(as_hcl=as_hcl)
            before = _Written(one, app, stack, outdir)
        if before:
            before.wait()
            yield before.read(as_hcl=as_hcl)


class _Written(NamedTuple):
    """A stack that CDKTF has been told to write into a folder."""

    one: Wanted
    app: SystemApp
    stack: Stack
    folder: Path

    def wait(self) -> None:
        """Until it is there: an answer comes after all that was asked before."""
        _ = self.app.outdir

    def read(self, *, as_hcl: bool) -> Rendered:
        manifest = json.loads((self.folder / MANIFEST).read_text())
        entry = manifest["stacks"][self.one.name]
        entry["dependencies"] = [self.stack.names.stack(upstream) for upstream in self.stack.upstream]
        content = json.loads((self.folder / entry["synthesizedStackPath"]).read_text())
        files = _files(self.one, self.stack, entry, _plain(content), as_hcl=as_hcl)
        return Rendered(entry, manifest["version"], files)


def _files(
    one: Wanted, stack: Stack, entry: dict[str, Any], content: dict[str, Any], *, as_hcl: bool
) -> dict[str, bytes]:
    """The files of a stack; puts their names into its entry of the manifest, where CDKTF's are others."""
    path = Path(entry["synthesizedStackPath"])
    _all_have_addresses(one.name, content, sorted(address for _, address in stack.addresses))
    if as_hcl:
        beside = _hcl(stack, content)
        entry["synthesizedStackPath"] = str(path.with_name(HCL))
        entry["stackMetadataPath"] = str(path.with_name(METADATA))
    else:
        beside = {path.name: as_json(content)}
    declared = by_address(content.get("resource", {}))
    retired = retirement.of(stack.spec, stack.part, one.before, declared)
    beside |= transitions.files([*stack.transitions, *retired.kept], as_hcl=as_hcl)
    if retired.switched:
        beside[retirement.FILE] = as_json({"resource": by_type(retired.switched)})
    beside |= {file: text.encode() for file, text in {**_VERSIONS, **stack.files}.items()}
    return {str(path.with_name(file)): data for file, data in beside.items()}


def _hcl(stack: TerraformStack, content: dict[str, Any]) -> dict[str, bytes]:
    text = hcl.render({name: section for name, section in content.items() if name != "//"}, block_paths(stack))
    return {HCL: text.encode(), METADATA: as_json(content)}


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
