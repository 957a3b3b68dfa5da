"""`main.py show`: services.yaml as it counts for an environment: merged, with all defaults; to stdout, as YAML."""

import argparse
import sys

from ruamel.yaml import YAML

from modules.cli.effective_values import values
from modules.cli.reported import add_json_option
from modules.cli.services_file import add_environment_option, add_file_option, load_checked
from modules.deploy import environments


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `show`."""
    add_file_option(parser)
    add_environment_option(parser)
    add_json_option(parser)


def run(options: argparse.Namespace) -> int:
    """Returns the exit code; raises CommandError where there is no such environment."""
    checked = load_checked(options.file, options.reported)
    if checked.spec is None:
        return 1
    found = values(checked, environments.named(checked, options.env))
    if options.json:
        options.reported.data["values"] = found
        return 0
    yaml = YAML()
    yaml.default_flow_style = False
    yaml.width = 120
    yaml.representer.add_representer(tuple, type(yaml.representer).represent_list)
    yaml.dump(found, sys.stdout)
    return 0
