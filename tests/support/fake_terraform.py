"""A small script in place of terraform that takes its time, and generated stacks for it; it notes when what ran."""

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import NamedTuple

# A line for each begin and end: command, stack, +1 or -1. Shells append short lines whole.
SCRIPT = """#!/bin/sh
stack=$(basename "$PWD")
note() {{ echo "$1 $stack $2" >>{folder}/ran; }}
case $1 in
  version) echo '{{"terraform_version": "1.11.4"}}'; exit ;;
  show) echo '{{"resource_changes": [], "output_changes": {{}}}}'; exit ;;
esac
note $1 +1
trap 'kill $!; note $1 -1; echo Interrupted; exit 1' INT
sleep $(cat {folder}/seconds/$1 2>/dev/null || echo 0) &
wait $!
code=0
if [ -e {folder}/broken/$1-$stack ]; then cat {folder}/broken/$1-$stack >&2; code=1; fi
if [ $code$1 = 0apply ]; then cat {folder}/said; cp {folder}/applied {folder}/state/$stack.tfstate; fi
if [ $code$1 = 0destroy ]; then echo '{{"version": 4, "resources": []}}' >{folder}/state/$stack.tfstate; fi
note $1 -1
exit $code
"""
NOTHING = "No changes. Your infrastructure matches.\nApply complete! Resources: 0 added, 0 changed, 0 destroyed.\n"
DONE = "Apply complete! Resources: 2 added, 0 changed, 0 destroyed.\n"


class Ran(NamedTuple):
    command: str
    stack: str
    begins: bool


class FakeTerraform:
    """In `folder`/bin, which has to be on PATH."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("bin", "seconds", "broken", "state"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        resource = {"mode": "managed", "type": "aws_vpc", "name": "main", "instances": [{}]}
        (folder / "applied").write_text(json.dumps({"version": 4, "resources": [resource]}))
        self.says(DONE)
        program = folder / "bin" / "terraform"
        program.write_text(SCRIPT.format(folder=folder))
        program.chmod(0o755)

    def says(self, text: str) -> None:
        """What an apply prints."""
        (self.folder / "said").write_text(text)

    def takes(self, seconds: float, command: str) -> None:
        (self.folder / "seconds" / command).write_text(str(seconds))

    def fails(self, command: str, stack: str, text: str = "Error: it is broken\n") -> None:
        (self.folder / "broken" / f"{command}-{stack}").write_text(text)

    def repair(self) -> None:
        for file in (self.folder / "broken").iterdir():
            file.unlink()

    @property
    def ran(self) -> list[Ran]:
        file = self.folder / "ran"
        lines = [line.split() for line in file.read_text().splitlines()] if file.exists() else []
        return [Ran(command, stack, sign == "+1") for command, stack, sign in lines]

    def stacks(self, command: str) -> list[str]:
        """Those that it was begun in, in this order."""
        return [one.stack for one in self.ran if one.begins and one.command == command]

    def most(self, command: str) -> int:
        """How many ran at once, at most."""
        running = most = 0
        for one in self.ran:
            if one.command == command:
                running += 1 if one.begins else -1
                most = max(most, running)
        return most

    def before(self, command: str, first: str, second: str) -> bool:
        """Whether the one ended before the other was begun."""
        return self.ran.index(Ran(command, first, False)) < self.ran.index(Ran(command, second, True))


def generate(out: Path, graph: Mapping[str, Collection[str]]) -> None:
    """A generated tree of these stacks, each with one resource and a state of its own on this machine."""
    for name in graph:
        folder = out / "stacks" / name
        folder.mkdir(parents=True)
        backend = {"local": {"path": f"../../../state/{name}.tfstate"}}
        content = {"terraform": {"backend": backend}, "resource": {"terraform_data": {"main": {"input": name}}}}
        (folder / "cdk.tf.json").write_text(json.dumps(content))
    stacks = {name: {"dependencies": [*before]} for name, before in graph.items()}
    (out / "manifest.json").write_text(json.dumps({"stacks": stacks}))
