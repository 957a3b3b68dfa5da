"""Where the local Terraform states of an output folder are."""

import os
from pathlib import Path

# Name of the value in CDKTF's context by which the stacks learn it.
CONTEXT = "state-folder"
BESIDE_GENERATED = "../../../state"
BELOW_OUTPUT = "../../state"


def state_folder(out: Path) -> str:
    """Relative path to the states from a stack's folder, `out`/stacks/<stack>.

    `generated` has them beside itself, as applied systems do. Any other folder has them below itself, so that a second
    system in one checkout is never planned against the state of the first.
    """
    names = {os.path.basename(os.path.abspath(out)), out.resolve().name}  # noqa: PTH100, PTH119 keeps links
    return BESIDE_GENERATED if "generated" in names else BELOW_OUTPUT
