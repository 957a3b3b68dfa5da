"""`main.py deploy`, `destroy` and `diff`: Terraform by cdktf-cli, one stack or all."""

import argparse

from modules.deploy import run as stacks
from modules.paths import ROOT


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options of all three."""
    parser.add_argument("stacks", nargs="*", metavar="STACK", help="folders of generated/stacks (default: all)")
    parser.add_argument("--auto-approve", action="store_true", help="do not ask before a change")


def run(options: argparse.Namespace) -> int:
    """Returns the exit code; 130 after ctrl-C."""
    return stacks.run(options.command, options.stacks, ROOT, auto_approve=options.auto_approve)
