"""OpenTofu in place of Terraform, on a copy of a workspace beside the same states."""

import copy
import json
import os
import shutil
import tempfile
from pathlib import Path

from tests.support.go_tools import binary
from tests.support.terraform_workspace import Workspace

REGISTRY = "registry.opentofu.org"


def opentofu_twin(initialised: Workspace, folder: Path) -> Workspace:
    """The workspace once more, for OpenTofu to initialise; `folder` takes its settings."""
    twin = copy.copy(initialised)
    twin.program = str(binary("tofu"))
    twin.generated = Path(tempfile.mkdtemp(prefix="opentofu-", dir=initialised.generated.parent))
    # Terraform's lock files stay: a user who changes over has them too.
    shutil.copytree(
        initialised.generated, twin.generated, ignore=shutil.ignore_patterns(".terraform"), dirs_exist_ok=True
    )
    settings = folder / "opentofu.rc"
    settings.write_text(_settings(folder))
    twin.environment = initialised.environment | {"TF_CLI_CONFIG_FILE": str(settings)}
    return twin


def _settings(folder: Path) -> str:
    """Providers from TF_PLUGIN_MIRROR under the name of OpenTofu's registry; without it from the registry itself."""
    if not (mirror := os.environ.get("TF_PLUGIN_MIRROR")):
        (folder / "plugins").mkdir()
        return f"plugin_cache_dir = {json.dumps(str(folder / 'plugins'))}\n"
    links, packages = folder / "mirror", Path(mirror).absolute() / "registry.terraform.io"
    # Of the folders, the search follows only links to packages: namespace/type/version/platform, or a packed one.
    for package in (*packages.glob("*/*/*/*"), *packages.glob("*/*/*.zip")):
        link = links / REGISTRY / package.relative_to(packages)
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(package)
    return f"provider_installation {{\n  filesystem_mirror {{ path = {json.dumps(str(links))} }}\n}}\n"
