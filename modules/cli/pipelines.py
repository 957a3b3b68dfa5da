"""`main.py pipelines`: files by which an engine plans pull requests and applies what is merged."""

import argparse

from modules import terminal
from modules.cli import committed_texts
from modules.cli.reported import add_json_option
from modules.cli.services_file import add_file_option, count, load_checked
from modules.cli.synth import add_out_option
from modules.deploy import environments
from modules.errors import CommandError
from modules.naming import DEPLOYER
from modules.pipelines import engines
from modules.spec.model import Spec
from modules.state import applied_stacks


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `pipelines`."""
    add_file_option(parser)
    add_out_option(parser)
    add_json_option(parser)
    parser.add_argument("--engine", choices=sorted(engines.FILES), required=True, help="which one applies")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 and name the files that differ")


def run(options: argparse.Namespace) -> int:
    """Returns the exit code.

    Raises CommandError where the states are files of one machine, or a file can't be read or written.
    """
    checked = load_checked(options.file, options.reported)
    if checked.spec is None:
        return 1
    if checked.spec.state is None:
        what = "The Terraform states are files on one machine, and a pipeline runs on another one each time."
        raise CommandError("pipelines", what, "Run make bootstrap first: it moves them to a bucket in S3.")
    root = options.file.parent
    files = {root / path: text for path, text in _files(options, checked.specs).items()}
    changed = committed_texts.differing(files)
    committed_texts.write(files, () if options.check else changed, "Make the file writable, and run this again.")
    names = [file.relative_to(root).as_posix() for file in changed]
    options.reported.data["different" if options.check else "changed"] = names
    for name in names:
        print(name)
    if options.check:
        _say(f"{count(len(changed), 'file')} would change; make pipelines ENGINE={options.engine} writes them.")
        return bool(changed)
    _say(f"{count(len(files), 'file')} for {options.engine}; {count(len(changed), 'file')} changed.")
    for line in _next_steps(checked.spec, options.engine):
        _say(line)
    return 0


def _files(options: argparse.Namespace, specs: list[Spec]) -> dict[str, str]:
    stacks = applied_stacks.read(options.out)
    for spec in specs:
        stacks = environments.without_deployer(spec.names, stacks)
    return engines.files(options.engine, specs, stacks)


def _next_steps(spec: Spec, engine: str) -> list[str]:
    """What is to be set up outside of the repository."""
    steps = ["docs/operations/pipelines.md says which roles and variables it needs."]
    if spec.deployer:
        stack = spec.names.stack(DEPLOYER)
        steps.append(f"Stack {stack} has the roles: its outputs plan_role_arn and apply_role_arn are their ARNs.")
    if not spec.runner and engine != "atlantis" and not spec.cluster.public_access:
        steps.append(
            "The Kubernetes API is reachable from the VPC only, and a hosted runner is outside of it: name runners of "
            "your own in the VPC under `runner:`."
        )
    return steps


def _say(text: str) -> None:
    terminal.say(text)
