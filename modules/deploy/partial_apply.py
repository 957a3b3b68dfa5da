"""Applies of a stack before its last one: of some addresses, with a file that is in its folder for so long only."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from modules.deploy import overlap, terraform_cli
from modules.design.retirement import APPLIED_AS, FILE


def allow(folder: Path, addresses: Sequence[str], *, auto_approve: bool) -> int:
    """Switches off the protection of these stores, and changes nothing else; returns Terraform's exit code."""
    clear(folder)
    shutil.copyfile(folder / FILE, folder / APPLIED_AS)
    try:
        return apply_only(folder, addresses, auto_approve=auto_approve)
    finally:
        clear(folder)


def overlapping(folder: Path, addresses: Sequence[str], text: str, *, auto_approve: bool) -> int:
    """Applies these addresses with `text` merged into the configuration; returns Terraform's exit code."""
    clear(folder)
    (folder / overlap.FILE).write_text(text, encoding="utf-8")
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
    for name in (APPLIED_AS, overlap.FILE):
        (folder / name).unlink(missing_ok=True)
