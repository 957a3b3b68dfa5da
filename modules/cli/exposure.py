"""`main.py exposure`: what each service's pods can do, and the keys, as pages; `--check` compares those committed."""

import argparse
import json
from pathlib import Path

from modules import terminal
from modules.cli import committed_texts
from modules.cli.services_file import add_environment_option, add_file_option, count, load
from modules.errors import CommandError
from modules.operate.pods import require_service
from modules.paths import ROOT
from modules.reports import keys
from modules.reports.exposure import Exposure
from modules.spec.model import Spec
from modules.synth.build import build

FOLDER = ROOT / "docs" / "security"
PODS, KEYS = "exposure.md", "keys.md"


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `exposure`."""
    add_file_option(parser)
    add_environment_option(parser)
    parser.add_argument("--service", help="print what is said of this service, and write nothing")
    parser.add_argument("--out", type=Path, help="where to write (default: docs/security; of an environment none)")
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit 1 and name the pages that would change"
    )


def run(options: argparse.Namespace) -> int:
    """Returns the exit code; raises CommandError where there is no such service, or a page can't be written."""
    spec = load(options.file, options.reported, options.env)
    if spec is None:
        return 1
    folder = _folder(spec, options)
    with terminal.Waiting("Evaluating the policies"):
        stacks = _stacks(spec)
        exposure = Exposure(spec, stacks)
        if options.service is not None:
            print(exposure.part(options.service))
            return 0
        pages = {folder / PODS: exposure.page(), folder / KEYS: keys.page(stacks)}
    changed = committed_texts.differing(pages)
    for file in changed:
        print(file.name)
    if options.check:
        return _compared(len(pages), len(changed))
    committed_texts.write(pages, changed, "Name a folder that can (--out), and run this again.")
    terminal.say(f"{count(len(pages), 'page')}; {count(len(changed), 'file')} changed.")
    return 0


def _folder(spec: Spec, options: argparse.Namespace) -> Path:
    if options.service is not None:
        require_service(spec, options.service, "exposure")
    elif spec.names.environment and options.out is None:
        what = "The pages in docs/security are those of the base environment."
        raise CommandError("exposure", what, "Name another folder (--out), or print one service (--service).")
    return Path(options.out or FOLDER)


def _stacks(spec: Spec) -> dict[str, dict[str, object]]:
    files = build(spec, cached=True)
    listed = json.loads(files["manifest.json"])["stacks"]
    return {name: json.loads(files[one["synthesizedStackPath"]]) for name, one in listed.items()}


def _compared(pages: int, different: int) -> int:
    if different:
        terminal.say(f"{count(different, 'page')} would change. Run make exposure, and commit what it writes.")
        return 1
    terminal.say(f"{count(pages, 'page')} as committed.")
    return 0
