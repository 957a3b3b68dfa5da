"""The tables of commands: make's targets from the Makefile, and the options of main.py from its parsers."""

import argparse
import re
from importlib import import_module

from modules.cli.command_line import COMMANDS
from modules.paths import ROOT
from tests.support.reference.table import code, table

TARGET = re.compile(r"^([a-z-]+):.*?## (.+)$", re.MULTILINE)


def _targets() -> str:
    rows = TARGET.findall((ROOT / "Makefile").read_text(encoding="utf-8"))
    return table(["command", "what it does"], [[code(f"make {name}"), text] for name, text in rows])


def _subcommands() -> str:
    return "\n".join(_subcommand(name) for name in COMMANDS)


def _subcommand(name: str) -> str:
    command = COMMANDS[name]
    parser = argparse.ArgumentParser(prog=f"main.py {name}")
    import_module(f"modules.cli.{command.module}").configure(parser)
    rows = [
        [_name(action), (action.help or "").replace(str(ROOT), "").strip()]
        for action in parser._actions
        if not isinstance(action, argparse._HelpAction)
    ]
    options = table(["option", "meaning"], rows) if rows else "It has no options.\n"
    after = f"\n{parser.epilog}\n" if parser.epilog else ""
    return f"### {name}\n\n{command.help[0].upper()}{command.help[1:]}.\n\n{options}{after}"


def _name(action: argparse.Action) -> str:
    metavar = "" if action.nargs == 0 else str(action.metavar or action.dest.upper())
    return code(" ".join([*action.option_strings[-1:], metavar]).strip())


PARTS = {"make": _targets, "main": _subcommands}
