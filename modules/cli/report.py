"""`main.py report`: the system as one HTML page, which a browser opens without a server or a network."""

import argparse
import webbrowser
from datetime import UTC, datetime
from pathlib import Path

from modules import terminal
from modules.cli.reported import add_json_option
from modules.cli.services_at_commit import load_at
from modules.cli.services_file import add_environment_option, add_file_option, load_checked
from modules.deploy import environments
from modules.errors import CommandError
from modules.paths import ROOT
from modules.spec.model import Spec

DEFAULT = ROOT / "report.html"


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `report`."""
    add_file_option(parser)
    add_environment_option(parser)
    add_json_option(parser)
    parser.add_argument("--base", metavar="COMMIT", help="show what changed against services.yaml in this commit")
    of_dev = DEFAULT.with_stem(f"{DEFAULT.stem}-dev").name
    parser.add_argument("--output", type=Path, help=f"what to write (default: {DEFAULT.name}; of dev {of_dev})")
    parser.add_argument("--open", action="store_true", help="open it in a browser")


def run(options: argparse.Namespace) -> int:
    """Returns the exit code; raises CommandError where the base can't be read, or the page can't be written."""
    checked = load_checked(options.file, options.reported)
    if checked.spec is None:
        return 1
    spec = environments.named(checked, options.env)
    today = datetime.now(UTC).date()
    before = load_at(options.file, options.base, today, options.env) if options.base else None

    from modules.page.contents import Base, contents
    from modules.page.render import render
    from modules.page.system import System

    if options.output is None:
        name = spec.names.environment
        options.output = DEFAULT if name is None else DEFAULT.with_stem(f"{DEFAULT.stem}-{name}")
    with terminal.Waiting(f"Writing {options.output.name}"):
        base = Base(options.base, System(before, _build(before))) if before else None
        page = render(contents(checked, System(spec, _build(spec)), today, base))
    try:
        options.output.write_text(page, encoding="utf-8", newline="\n")
    except OSError as problem:
        what = f"It can't be written: {problem}."
        raise CommandError(str(options.output), what, "Name a file that can (--output), and run this again.") from None
    options.reported.data["written"] = str(options.output)
    print(options.output)
    _say(f"{len(page.encode()) // 1024} KiB; open it in a browser, it needs no network.")
    if options.open:
        webbrowser.open(options.output.resolve().as_uri())
    return 0


def _build(spec: Spec) -> dict[str, bytes]:
    """The files of the spec; what generated/ holds may be older than services.yaml."""
    from modules.synth.build import build

    return build(spec, cached=True)


def _say(text: str) -> None:
    terminal.say(text)
