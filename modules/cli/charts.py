"""`main.py charts`: puts the charts that others publish into the folder of `chart_mirror:`, each by its digest."""

import argparse
from pathlib import Path

from modules import terminal
from modules.cli.services_file import add_environment_option, add_file_option, load
from modules.deploy import published_charts
from modules.design import platform_images
from modules.errors import CommandError
from modules.spec.model import Spec


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `charts`."""
    add_file_option(parser)
    add_environment_option(parser)
    parser.add_argument("--list", action="store_true", help="print addresses and SHA-256 instead, and fetch nothing")


def run(options: argparse.Namespace) -> int:
    """Returns the exit code; raises CommandError where a chart can't be had, or is another one."""
    spec = load(options.file, options.reported, options.env)
    if spec is None:
        return 1
    needed = [chart for chart, _ in platform_images.installed(spec)]
    if options.list:
        for chart in needed:
            print(f"{chart.archive} {chart.sha256}")
        return 0
    folder = _folder(spec, options.file)
    for chart in needed:
        terminal.say(f"{chart.file}: {'fetched' if published_charts.fetch(chart, folder) else 'is there'}")
    terminal.say(f"Commit {spec.chart_mirror}/: a plan refuses a chart with another digest.")
    return 0


def _folder(spec: Spec, file: Path) -> Path:
    """Where Terraform looks for them: beside the file."""
    if spec.chart_mirror is None or spec.chart_mirror.startswith("oci://"):
        raise CommandError(
            str(file),
            "`chart_mirror:` names no folder to put the charts into.",
            "Write `chart_mirror: mirror/charts`, or see what to copy by `main.py charts --list`.",
        )
    return file.resolve().parent / spec.chart_mirror
