"""`main.py images`: what to copy into the registry of `image_mirror:`, a line each: source, target."""

import argparse

from modules import terminal
from modules.cli.reported import add_json_option
from modules.cli.services_file import add_environment_option, add_file_option, load
from modules.design import platform_images


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `images`."""
    add_file_option(parser)
    add_environment_option(parser)
    add_json_option(parser)


def run(options: argparse.Namespace) -> int:
    """Returns the exit code."""
    spec = load(options.file, options.reported, options.env)
    if spec is None:
        return 1
    copies = platform_images.copies(spec)
    if spec.image_mirror is None:
        terminal.say("services.yaml has no `image_mirror:`: each comes from its own registry.")
    if options.json:
        targets = copies if spec.image_mirror else dict.fromkeys(copies)
        options.reported.data = {"images": [{"source": one, "target": targets[one]} for one in copies]}
    else:
        for source, target in copies.items():
            print(f"{source} {target}" if spec.image_mirror else source)
    return 0
