"""`main.py diagram`: the pictures of the system below docs/; with --check whether they are what services.yaml says."""

import argparse
from pathlib import Path

from modules import terminal
from modules.cli import committed_texts
from modules.cli.reported import add_json_option
from modules.cli.services_file import add_environment_option, add_file_option, count, load
from modules.diagram import pages, png
from modules.errors import CommandError
from modules.paths import ROOT
from modules.spec.model import Spec

_NEXT_STEP = "Name a folder that can (--out), and run this again."


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `diagram`."""
    add_file_option(parser)
    add_environment_option(parser)
    add_json_option(parser)
    parser.add_argument("--out", type=Path, help="where to write (default: docs; of dev docs/environments/dev)")
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit 1 and name the files that would change"
    )
    parser.add_argument(
        "--png", choices=("none", "overview", "all"), default="none", help="pages to draw as PNG too (default: none)"
    )


def run(options: argparse.Namespace) -> int:
    """Returns the exit code; raises CommandError where the folder can't be written."""
    spec = load(options.file, options.reported, options.env)
    if spec is None:
        return 1
    options.out = options.out or _folder(spec)
    with terminal.Waiting("Drawing the pages"):
        files = {options.out / name: content for name, content in pages.files(spec).items()}
    changed = committed_texts.differing(files)
    left = _left_over(options.out, set(files))
    names = [file.relative_to(options.out).as_posix() for file in (*changed, *left)]
    options.reported.data["different" if options.check else "changed"] = names
    for name in names:
        print(name)
    if options.check:
        return _compared(len(files), len(changed) + len(left))
    committed_texts.write(files, changed, _NEXT_STEP)
    try:
        for file in left:
            file.unlink()
        _draw(spec, options.out / pages.FOLDER, options.png)
    except OSError as problem:
        what = f"It can't be written: {problem}."
        raise CommandError(str(options.out), what, _NEXT_STEP) from None
    _say(f"{count(len(files) - 1, 'page')}; {count(len(changed) + len(left), 'file')} changed.")
    return 0


def _folder(spec: Spec) -> Path:
    name = spec.names.environment
    return ROOT / "docs" if name is None else ROOT / "docs" / "environments" / name


def _left_over(out: Path, files: set[Path]) -> list[Path]:
    """Pages of services that there are no longer."""
    return sorted(set((out / pages.FOLDER).glob(f"{pages.SERVICE}*.svg")) - files)


def _compared(files: int, different: int) -> int:
    if different:
        _say(f"{count(different, 'picture')} would change. Run `make diagram`, and commit what it writes.")
        return 1
    _say(f"{count(files, 'picture')} as committed.")
    return 0


def _draw(spec: Spec, folder: Path, which: str) -> None:
    for page in pages.pages(spec) if which != "none" else ():
        if which in ("all", page.key):
            for file in terminal.watched(png.draw(page, folder), f"Drawing {page.key}"):
                _say(str(file.relative_to(folder.parent)))


def _say(text: str) -> None:
    terminal.say(text)
