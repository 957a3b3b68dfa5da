"""Commands that edit a file of services write generated/ with it, or leave both as they were."""

import argparse
import sys
from contextlib import redirect_stdout
from pathlib import Path

from modules import terminal
from modules.cli import synth
from modules.cli.services_edit import replace
from modules.errors import CommandError


def write(edited: Path, text: str, original: bytes, options: argparse.Namespace, *, quietly: bool = False) -> int:
    """Writes both, or neither; a ctrl-C between them leaves the new file, and `make synth` writes the rest.

    `edited` is the file of `options`, or one that it names. Returns the exit code of synth; with `quietly`, what that
    prints to stdout goes to stderr.
    """
    if edited.read_bytes() != original:
        what = "The file was changed while this command ran; nothing was written."
        raise CommandError(str(edited), what, "Save it, and run this again.")
    replace(edited, text.encode("utf-8"))
    parser = argparse.ArgumentParser()
    synth.configure(parser)
    try:
        arguments = parser.parse_args(["--file", str(options.file), "--out", str(options.out)])
        arguments.reported = options.reported
        with redirect_stdout(sys.stderr if quietly else sys.stdout):
            code = synth.run(arguments)
    except Exception:
        replace(edited, original)
        raise
    if code:
        replace(edited, original)
        terminal.say(f"{edited.name} is as it was.")
    return code
