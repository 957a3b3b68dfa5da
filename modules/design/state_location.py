"""Where the Terraform states of an output folder are: in local files, in S3, or in HCP Terraform."""

import os
from pathlib import Path

from modules.spec.model import S3State, Spec

BESIDE_GENERATED = "../../../state"
BELOW_OUTPUT = "../../state"


def state_folder(out: Path) -> str:
    """Relative path to the states from a stack's folder, `out`/stacks/<stack>.

    `generated` has them beside itself, as applied systems do. Any other folder has them below itself, so that a second
    system in one checkout is never planned against the state of the first.
    """
    names = {os.path.basename(os.path.abspath(out)), out.resolve().name}  # noqa: PTH100, PTH119 keeps links
    return BESIDE_GENERATED if "generated" in names else BELOW_OUTPUT


def local_path(folder: str, stack: str) -> str:
    """Path of a stack's state, with `folder` as `state_folder` says it."""
    return f"{folder}/{stack}.tfstate"


def s3_key(spec: Spec, s3: S3State, stack: str) -> str:
    """Key of a stack's state in the bucket."""
    return f"{s3.prefix or spec.project}/{stack}.tfstate"


def s3_region(spec: Spec, s3: S3State) -> str:
    """Region of the bucket."""
    return s3.region or spec.region


def hcp_workspace(spec: Spec, stack: str) -> str:
    """Name of the workspace of a stack's state, which is unique in its organization."""
    return f"{spec.project}-{stack}"
