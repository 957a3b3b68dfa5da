"""The peer in Python, as CDKTF's documentation shows it: typed classes of the packages, a stack for each of the data.

`python program.py DATA OUT cdktf` or `cdktn`; DATA is what benchmarks/peer_data.py writes.
"""

import importlib
import json
import sys
from pathlib import Path
from typing import Any

TOKENS = {"list": "as_list", "number": "as_number", "stringMap": "as_string_map", "any": "as_any"}


def value(of: Any, cdk: Any, package: dict[str, str]) -> Any:
    """With structs and tokens in place of what the data names as one."""
    if isinstance(of, list):
        return [value(one, cdk, package) for one in of]
    if not isinstance(of, dict):
        return of
    if "$token" in of:
        return getattr(cdk.Token, TOKENS[of["$token"]])(of["of"])
    if "$struct" not in of:
        return {key: value(one, cdk, package) for key, one in of.items()}
    module, name = of["$struct"]
    fields = {key: value(one, cdk, package) for key, one in of["python"].items()}
    return getattr(importlib.import_module(f"{package[module.split('.')[0]]}.{module.split('.')[1]}"), name)(**fields)


def main(data: str, out: str, core: str) -> None:
    cdk = importlib.import_module(core)
    prefix = {"cdktf": "cdktf_cdktf_provider_", "cdktn": "cdktn_provider_"}[core]
    package = {name: f"{prefix}{name}" for name in ("aws", "helm", "kubernetes")}
    app = cdk.App(outdir=out)
    for of in json.loads(Path(data).read_text()):
        stack = cdk.TerraformStack(app, of["name"])
        cdk.LocalBackend(stack, path=of["backend"])
        for name, path in of["reads"].items():
            cdk.DataTerraformRemoteStateLocal(stack, name, path=path)
        for one in of["constructs"]:
            provider, module = one["module"].split(".")
            kind = getattr(importlib.import_module(f"{package[provider]}.{module}"), one["class"])
            made = kind(stack, one["id"], **value(one["python"], cdk, package))
            for path, over in one["overrides"].items():
                made.add_override(path, over)
        for name, one in of["locals"].items():
            cdk.TerraformLocal(stack, f"local-{name}", one).override_logical_id(name)
        for name, one in of["outputs"].items():
            cdk.TerraformOutput(stack, f"output-{name}", value=one).override_logical_id(name)
    app.synth()


main(*sys.argv[1:])
