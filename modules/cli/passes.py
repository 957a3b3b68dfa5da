"""`main.py passes`: the applies that `make deploy` would run, as commands for Terraform alone."""

import argparse
import os

from modules.cli import synth
from modules.cli.services_file import add_environment_option, add_file_option, load
from modules.deploy import environments, passes
from modules.deploy.run import change
from modules.state import applied_stacks


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `passes`."""
    add_file_option(parser)
    add_environment_option(parser)
    synth.add_out_option(parser)


def run(options: argparse.Namespace) -> int:
    """Returns the exit code; raises CommandError where a state can't be read."""
    spec = load(options.file, environment=options.env)
    if spec is None:
        return 1
    stacks = environments.of(spec.names, applied_stacks.read(options.out))
    deployed = environments.without_deployer(spec.names, stacks)
    for one in passes.passes(change(stacks, spec, options.out), deployed.values()):
        print(f"# {passes.text(one)}")
        for line in passes.commands(one, os.path.relpath(one.stack.folder)):
            print(line)
    return 0
