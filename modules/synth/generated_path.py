"""Which paths below generated/ the generator may write and remove."""

from collections.abc import Iterable
from pathlib import Path

RECORD = ".files"  # what the generator wrote, a path a line; nothing that it does not name is ever removed
STAGING = ".staging"  # new files beside the old ones: dropped by the next run
JOURNAL = ".journal"  # the same folder once it is committed: finished by the next run
TERRAFORM = (".terraform", ".terraform.lock.hcl")


def is_safe(path: str) -> bool:
    """Whether the path is below generated/ and is neither Terraform's nor one that the writer keeps for itself."""
    parts = path.split("/")
    if {"", ".", "..", *TERRAFORM} & {*parts} or parts[0] in (RECORD, STAGING, JOURNAL):
        return False
    return path.isprintable() and "\\" not in path


def folders_above(paths: Iterable[str]) -> set[str]:
    """All folders that lead to these paths."""
    folders = set()
    for path in paths:
        folder = path.rpartition("/")[0]
        while folder and folder not in folders:
            folders.add(folder)
            folder = folder.rpartition("/")[0]
    return folders


def leads_through_link(path: str, into: Path) -> bool:
    """Whether a folder on the way to the path is a symbolic link, so that the path may be outside of `into`."""
    return any((into / folder).is_symlink() for folder in folders_above([path]))
