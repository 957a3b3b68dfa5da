"""`main.py exposure`: what each service's pods can do, and the keys, as pages; `--check` compares those committed."""

import argparse
import json
from pathlib import Path

from modules import terminal
from modules.cli.services_file import add_environment_option, add_file_option, count, load
from modules.errors import CommandError
from modules.operate.pods import require_service
from modules.paths import ROOT
from modules.reports import keys
from modules.reports.exposure import Exposure
from modules.spec.model import Spec
from modules.synth.build import build

FOLDER = ROOT / "docs" / "security"
SERVICES, KEYS = "services", "keys.md"


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `exposure`."""
    add_file_option(parser)
    add_environment_option(parser)
    parser.add_argument("--service", help="print the page of this service, and write nothing")
    parser.add_argument("--out", type=Path, default=FOLDER, help="where to write (default: docs/security)")
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit 1 and name the pages that would change"
    )


def run(options: argparse.Namespace) -> int:
    """Returns the exit code; raises CommandError where there is no such service, or a page can't be written."""
    spec = load(options.file, options.reported, options.env)
    if spec is None:
        return 1
    if options.service is not None:
        require_service(spec, options.service, "exposure")
    with terminal.Waiting("Evaluating the policies"):
        stacks = _stacks(spec)
        exposure = Exposure(spec, stacks)
        wanted = [options.service] if options.service is not None else list(spec.services)
        pages = {options.out / SERVICES / f"{name}.md": exposure.page(name) for name in wanted}
    if options.service is not None:
        print(*pages.values(), end="")
        return 0
    pages[options.out / KEYS] = keys.page(stacks)
    return _settle(pages, options.out, check=options.check)


def _stacks(spec: Spec) -> dict[str, dict[str, object]]:
    files = build(spec, cached=True)
    listed = json.loads(files["manifest.json"])["stacks"]
    return {name: json.loads(files[one["synthesizedStackPath"]]) for name, one in listed.items()}


def _settle(pages: dict[Path, str], folder: Path, *, check: bool) -> int:
    changed = [file for file, text in pages.items() if not file.is_file() or file.read_text(encoding="utf-8") != text]
    left = sorted({*(folder / SERVICES).glob("*.md")} - pages.keys())
    for file in (*changed, *left):
        print(file.relative_to(folder).as_posix())
    if check:
        if changed or left:
            terminal.say(
                f"{count(len(changed) + len(left), 'page')} would change. Run main.py exposure, and commit it."
            )
            return 1
        terminal.say(f"{count(len(pages), 'page')} as committed.")
        return 0
    try:
        for file in changed:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(pages[file], encoding="utf-8")
        for file in left:
            file.unlink()
    except OSError as problem:
        what = f"It can't be written: {problem}."
        raise CommandError(str(folder), what, "Name a folder that can (--out), and run this again.") from None
    terminal.say(f"{count(len(pages), 'page')}; {count(len(changed) + len(left), 'file')} changed.")
    return 0
