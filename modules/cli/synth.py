"""The command line: services.yaml in, generated/ out; with a mistake, exit code 1 and nothing changed."""

import argparse
import json
import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from modules.checks.check import check
from modules.paths import ROOT
from modules.spec.model import Spec
from modules.spec.problem import did_you_mean
from modules.state import orphaned_stacks
from modules.synth import json_schema_file, writer


def main(arguments: list[str] | None = None) -> int:
    """Runs once; returns the exit code."""
    options = _parser().parse_args(arguments)
    checked = check(options.file, datetime.now(UTC).date())
    for problem in (*checked.mistakes, *checked.warnings):
        print(checked.render(problem), file=sys.stderr)
    if checked.spec is None:
        _say(f"{_count(len(checked.mistakes), 'mistake')} in {options.file.name}; nothing was changed.")
        return 1
    if checked.warnings:
        _say(f"{_count(len(checked.warnings), 'warning')}; list a code under `accept:` once you have dealt with it.")
    if options.check:
        return _compare(_build(checked.spec), options.out)
    files = _build(checked.spec)
    try:
        return _write(files, options.out, options.destroyed)
    except OSError as problem:
        _say(f"{options.out} can't be written: {problem}.\nName a folder that can (--out), and run this again.")
        return 1


def _write(files: Mapping[str, bytes], out: Path, destroyed: list[str]) -> int:
    writer.recover(out)
    stacks = list(json.loads(files["manifest.json"])["stacks"])
    previous = orphaned_stacks.previous_stacks(out)
    for name in destroyed:
        if name not in previous:
            _say(f"--destroyed {name}: {out.name} has no stack of this name. {did_you_mean(name, previous)}")
    held = orphaned_stacks.find_orphaned(previous, stacks, out, destroyed)
    for stack in held:
        print(stack.text, file=sys.stderr)
    if held:
        _say("Nothing was changed.")
        return 1
    changed = writer.write(files, out)
    changed += json_schema_file.write(ROOT)
    for name in changed:
        print(name)
    held_by = f"{_count(len(stacks), 'stack')}, {_count(_resources(files), 'resource')}"
    _say(f"{held_by}; {_count(len(changed), 'file')} changed.")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="main.py", description="Turns services.yaml into Terraform JSON under generated/."
    )
    parser.add_argument(
        "--file", type=Path, default=ROOT / "services.yaml", help="what to read (default: services.yaml)"
    )
    # cdktf sets CDKTF_OUTDIR to the `output` of cdktf.json.
    out = Path(os.environ.get("CDKTF_OUTDIR") or ROOT / "generated")
    parser.add_argument("--out", type=Path, default=out, help="where to write (default: generated)")
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit 1 and name the files that would change"
    )
    parser.add_argument(
        "--destroyed",
        action="append",
        default=[],
        metavar="STACK",
        help="a stack that you have destroyed although its state can't be read here, so that it may leave generated/",
    )
    return parser


def _build(spec: Spec) -> dict[str, bytes]:
    # Loading the providers takes most of a second, and a mistake in the file should not have to wait for it.
    from modules.synth.build import build

    return build(spec)


def _compare(files: Mapping[str, bytes], out: Path) -> int:
    different = [*writer.differences(files, out), *json_schema_file.differences(ROOT)]
    for name in different:
        print(name)
    if different:
        _say(f"{_count(len(different), 'file')} would change. Run `make synth`, and commit what it writes.")
        return 1
    _say(f"{_count(len(files), 'file')} as committed.")
    return 0


def _resources(files: Mapping[str, bytes]) -> int:
    contents = [json.loads(content) for name, content in files.items() if name.endswith("cdk.tf.json")]
    return sum(len(resources) for content in contents for resources in content.get("resource", {}).values())


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _say(text: str) -> None:
    print(text, file=sys.stderr)
