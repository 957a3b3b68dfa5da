"""The first of the two applies that delete a store: its protection is switched off, and nothing else changes."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from modules.deploy import terraform_cli
from modules.design.retirement import APPLIED_AS, FILE


def allow(folder: Path, addresses: Sequence[str], *, auto_approve: bool) -> int:
    """Applies the blocks of these stores; returns Terraform's exit code. They are not in the folder afterwards."""
    clear(folder)
    shutil.copyfile(folder / FILE, folder / APPLIED_AS)
    try:
        return apply_only(folder, addresses, auto_approve=auto_approve)
    finally:
        clear(folder)


def apply_only(folder: Path, addresses: Sequence[str], *, auto_approve: bool) -> int:
    """Applies these addresses, and what they need; what is no longer declared stays. Returns Terraform's exit code."""
    approved = ["-auto-approve"] if auto_approve else []
    return terraform_cli.run(folder, "apply", *approved, *(f"-target={one}" for one in addresses))


def clear(folder: Path) -> None:
    """Removes what a killed run left."""
    (folder / APPLIED_AS).unlink(missing_ok=True)
