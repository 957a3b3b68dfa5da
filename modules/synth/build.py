"""From a spec to the files of generated/: CDKTF renders the stacks, and what it leaves in them is taken out."""

import json
import tempfile
from pathlib import Path
from typing import Any

from modules.bindings.cdktf import App
from modules.design import charts, state_location
from modules.facts import terraform
from modules.spec.model import Spec
from modules.stacks import build as build_stacks

MANIFEST = "manifest.json"
# Not in the JSON: checkov takes the argument there for a syntax error, and then checks nothing.
_VERSIONS = f'terraform {{\n  required_version = "{terraform.REQUIRED_VERSION}"\n}}\n'


def build(spec: Spec, out: Path = Path("generated")) -> dict[str, bytes]:
    """Path below the output folder -> content, the same for the same spec on every machine.

    Nothing is written to `out`; where it is decides where local states are.
    """
    with tempfile.TemporaryDirectory(prefix="synth-") as folder:
        app = App(outdir=folder, context={state_location.CONTEXT: state_location.state_folder(out)})
        stacks = {stack.node.id: stack for stack in build_stacks(app, spec)}
        app.synth()
        manifest = json.loads((Path(folder) / MANIFEST).read_text())
        files = {MANIFEST: _render(manifest), **charts.files()}
        for name, stack in stacks.items():
            path = manifest["stacks"][name]["synthesizedStackPath"]
            content = _plain(json.loads((Path(folder) / path).read_text()))
            _all_have_addresses(name, content, sorted(address for _, address in stack.addresses))
            files[path] = _render(content)
            beside = {"versions.tf": _VERSIONS, **stack.files}
            files |= {str(Path(path).with_name(file)): text.encode() for file, text in beside.items()}
    return files


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
