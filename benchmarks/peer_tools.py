"""CDKTF and its fork, each in Python and TypeScript, ready to run a program of benchmarks/peers."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from benchmarks import measure, peer_data
from benchmarks.measure import NODE, Taken
from modules import user_cache
from modules.paths import ROOT
from tests.support import fork_packages

PEERS = ROOT / "benchmarks" / "peers"
PROVIDERS = ("aws", "helm", "kubernetes")
PYTHON = "in Python"  # which takes half a minute
NAMES = {"cdktf": "CDKTF", "cdktn": "cdktn"}
Measure = Callable[[], Taken]


@dataclass(frozen=True)
class Core:
    """A library with its provider packages: `site` has the wheels, `node` what npm has of them."""

    name: str
    site: Path
    node: Path
    wheels: Mapping[str, Path]  # as npm has them, for each provider


def core(name: str) -> Core:
    """`cdktf` as the product has it, or `cdktn` by its own lock; installs what is missing."""
    site = Path(sysconfig.get_path("purelib")) if name == "cdktf" else fork_packages.site()
    wheels = {one: _packed(site / _wheel(name, one)) for one in PROVIDERS}
    return Core(name, site, _node(name, site), wheels)


def measures(of: Core, generated: Path, folder: Path, *, python: bool) -> dict[str, Measure]:
    """Each way to run the programs on what `generated` declares; each writes to `folder`/peer and is checked."""
    data = peer_data.read(generated, of.wheels)
    file, out = folder / f"{of.name}.json", folder / "peer"
    file.write_text(json.dumps(data), encoding="utf-8")
    (of.node / "classes.ts").write_text(peer_data.classes(data, of.name), encoding="utf-8")

    def checked(*commands: list[str | Path], cwd: Path, **environment: str) -> Measure:
        def run() -> Taken:
            shutil.rmtree(out, ignore_errors=True)
            taken = [measure.run(one, cwd, environment) for one in commands]
            same(generated, out)
            seconds, computed, megabytes = zip(*taken, strict=True)
            return Taken(sum(seconds), sum(computed), max(megabytes))

        return run

    tsc: list[str | Path] = [NODE, "node_modules/typescript/bin/tsc", "-p", "."]
    compiled: list[str | Path] = [NODE, "compiled/program.js", file, out]
    with_tsx: list[str | Path] = [NODE, "node_modules/tsx/dist/cli.mjs", "program.ts", file, out]
    with_ts_node: list[str | Path] = [NODE, "node_modules/ts-node/dist/bin.js", "program.ts", file, out]
    measure.run(tsc, of.node)
    name = NAMES[of.name]
    found = {
        f"{name} in TypeScript, compiled before": checked(compiled, cwd=of.node),
        f"{name} in TypeScript, tsc and then node": checked(tsc, compiled, cwd=of.node),
        f"{name} in TypeScript, tsx": checked(with_tsx, cwd=of.node),
        f"{name} in TypeScript, ts-node": checked(with_ts_node, cwd=of.node),
    }
    if python:
        program: list[str | Path] = [sys.executable, PEERS / "program.py", file, out, of.name]
        jsii = {"JSII_NODE": str(NODE), "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(folder / "jsii")}
        found[f"{name} {PYTHON}"] = checked(program, cwd=folder, PYTHONPATH=str(of.site), **jsii)
    return found


def same(ours: Path, peer: Path) -> None:
    """Ends this program unless the peer made the same resources; what it calls them is its own."""
    for file in ours.glob("stacks/*/cdk.tf.json"):
        mine, others = (_resources(one) for one in (file, peer / file.relative_to(ours)))
        if mine != others:
            first = next((pair for pair in zip(mine, others, strict=False) if pair[0] != pair[1]), "fewer or more")
            sys.exit(f"{file.parent.name}: the peer made other resources: {first}")


def _resources(file: Path) -> list[str]:
    declared: Mapping[str, Mapping[str, Any]] = json.loads(file.read_bytes()).get("resource", {})
    return sorted(
        json.dumps([kind, {key: _one(value) for key, value in one.items() if key != "//"}], sort_keys=True)
        for kind, named in declared.items()
        for one in named.values()
    )


def _one(value: Any) -> Any:
    """Without the list around a single block, which is the same to Terraform: the fork's classes write one."""
    return value[0] if isinstance(value, list) and len(value) == 1 and isinstance(value[0], dict) else value


def _node(name: str, site: Path) -> Path:
    """A folder with TypeScript's tools by their lock, and with the library, whose wheels hold what npm has of it."""
    wheels = {"constructs": "constructs", name: name} | {
        _wheel(name, one): f"@{name}/provider-{one}" for one in PROVIDERS
    }
    packed = {package: _packed(site / wheel) for wheel, package in wheels.items()}
    digest = sha256((PEERS / "package-lock.json").read_bytes() + "".join(map(str, packed.values())).encode())
    folder = user_cache.folder() / f"peers-{digest.hexdigest()[:16]}"
    folder.mkdir(parents=True, exist_ok=True)
    for file in PEERS.glob("*.*s*"):
        shutil.copy(file, folder)
    if not (folder / "ready").exists():
        npm: list[str | Path] = [
            NODE,
            NODE.parents[1] / "lib/node_modules/npm/bin/npm-cli.js",
            "ci",
            "--no-audit",
            "--no-fund",
            "--loglevel=error",
        ]
        path = f"{NODE.parent}{os.pathsep}{os.environ['PATH']}"
        subprocess.run(npm, cwd=folder, check=True, timeout=600, env={**os.environ, "PATH": path})
        for package, file in packed.items():
            with tarfile.open(file) as archive:
                archive.extractall(folder / "unpacked", filter="data")
            (folder / "node_modules" / package).parent.mkdir(exist_ok=True)
            (folder / "unpacked" / "package").rename(folder / "node_modules" / package)
        (folder / "ready").touch()
    return folder


def _wheel(name: str, provider: str) -> str:
    return {"cdktf": "cdktf_cdktf_provider_", "cdktn": "cdktn_provider_"}[name] + provider


def _packed(package: Path) -> Path:
    (file,) = (package / "_jsii").glob("*.tgz")
    return file
