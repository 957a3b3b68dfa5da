"""`main.py sbom`: prints what the generator and the system are made of, as CycloneDX JSON."""

import argparse
import json

from modules.cli.services_file import add_environment_option, add_file_option, load
from modules.errors import CommandError
from modules.paths import ROOT
from modules.reports import sbom


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `sbom`."""
    add_file_option(parser)
    add_environment_option(parser)


def run(options: argparse.Namespace) -> int:
    """Returns the exit code; raises CommandError where a lock file can't be read."""
    spec = load(options.file, options.reported, options.env)
    if spec is None:
        return 1
    try:
        print(json.dumps(sbom.document(spec, ROOT), indent=2, ensure_ascii=False))
    except OSError as problem:
        raise CommandError("sbom", f"A lock file can't be read: {problem}.", "Restore it from git.") from None
    return 0
