"""Where all copies share the provider plugins, which have up to 700 MB each."""

import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path


def plugin_cache(environment: Mapping[str, str]) -> dict[str, str]:
    """A variable that names Terraform's plugin cache; none where the caller's own settings do.

    What is in it runs as code: a folder that another user owns or can write to is not used.
    """
    if "TF_PLUGIN_CACHE_DIR" in environment or "plugin_cache_dir" in _settings(environment):
        return {}
    home = environment.get("XDG_CACHE_HOME")
    users = (Path(home) if home else Path.home() / ".cache") / "eks-fargate-terraform"
    folder = users / "plugins"
    try:
        users.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError:
        return {}
    safe = stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o022
    return {"TF_PLUGIN_CACHE_DIR": str(folder)} if safe else {}


def _settings(environment: Mapping[str, str]) -> str:
    """Terraform's CLI configuration; empty without one."""
    file = Path(environment.get("TF_CLI_CONFIG_FILE") or Path.home() / ".terraformrc")
    with suppress(OSError, ValueError):
        return file.read_text(encoding="utf-8")
    return ""
