"""Lets Terraform validate the stacks of generated/ on a copy, without state or credentials."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from modules import terminal
from modules.doctor import tools
from modules.errors import CommandError
from modules.state import applied_stacks

SECONDS = 600
COMMANDS = (("init", "-backend=false", "-input=false", "-no-color"), ("validate", "-no-color"))


def every_stack(generated: Path) -> None:
    """Validates each stack in turn; raises CommandError where one fails, with what Terraform said.

    Providers come as Terraform's CLI configuration says; where that names no plugin cache, all stacks share one.
    """
    tools.require_terraform()
    stacks = applied_stacks.read(generated)
    with tempfile.TemporaryDirectory(prefix="validate-") as folder:
        copy, plugins = Path(folder, "generated"), Path(folder, "plugins")
        plugins.mkdir()
        shutil.copytree(generated, copy, ignore=shutil.ignore_patterns(".terraform", "*.tfstate*"))
        environment = {"TF_PLUGIN_CACHE_DIR": str(plugins), "TF_IN_AUTOMATION": "1", **os.environ}
        for number, (name, stack) in enumerate(stacks.items(), 1):
            terminal.say(f"validate {name} ({number} of {len(stacks)})")
            for command in COMMANDS:
                with terminal.Waiting(f"terraform {command[0]} of {name}"):
                    _terraform(name, copy / stack.folder.relative_to(generated), command, environment)


def _terraform(name: str, folder: Path, command: tuple[str, ...], environment: dict[str, str]) -> None:
    line = ["terraform", *command]
    try:
        done = subprocess.run(
            line, cwd=folder, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        what = f"terraform {command[0]} did not end within {SECONDS} seconds."
        raise CommandError(f"validate {name}", what, "Check the network, the proxy and the registry.") from None
    if done.returncode:
        said = (done.stdout + done.stderr).strip().replace("\n", "\n  ")
        what = f"terraform {command[0]} failed:\n  {said}"
        step = f"Run terraform -chdir=generated/stacks/{name} {command[0]} to see it alone."
        raise CommandError(f"validate {name}", what, step)
