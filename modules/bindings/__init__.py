"""The Terraform provider packages, loaded in a second instead of a minute.

The classes come from `modules.bindings.aws`, `.kubernetes`, `.helm` and `.cdktf`; each of them calls `install()` before
its first class. Importing this package alone changes nothing.
"""

import functools
import os
from pathlib import Path

from modules import terminal, user_cache
from modules.bindings.loader import cache, node, run_folder, struct_lists, submodules
from modules.bindings.loader.patches import Patches

# With "1", the packages load as jsii ships them: slowly, with the same result.
SWITCH = "EKS_FARGATE_TERRAFORM_STOCK"


@functools.cache
def install() -> None:
    """Prepares the loading of the classes, once in a process: all changes of jsii, or none where one is impossible.

    Where jsii is another than the one that the changes were made for, one line on stderr says so, and the run is slow.
    """
    node.use_installed()
    struct_lists.convert_dicts_in_lists()
    if os.environ.get(SWITCH) == "1":
        return
    patches = Patches()
    try:
        _patch(patches)
    # Whatever another version of jsii may raise here, it works without these changes.
    except Exception as problem:
        patches.undo()
        _say_slow(problem)


def temporary_folder() -> Path:
    """Where this run keeps temporary files: removed when it ends, or by the next run if it was killed."""
    return run_folder.path()


def _patch(patches: Patches) -> None:
    # These import jsii's internals, any of which may be missing.
    from modules.bindings.loader import kernel_process, lean_python, on_call, preload, references, structs

    run_folder.path()
    lean_python.load_lean(patches)
    on_call.load_on_call(patches)
    submodules.load_only_listed(patches)
    structs.send_what_was_set(patches)
    references.answer_what_is_known(patches)
    cache.let_jsii_unpack_here()
    kernel_process.start_directly(patches, _say_slow)
    _load_trimmed(patches)
    # The last, because it starts the process.
    preload.load_in_background(patches)


def _load_trimmed(patches: Patches) -> None:
    """Makes jsii load a trimmed copy of each provider's assembly; where there is none, the assembly itself."""
    from jsii._runtime import kernel

    load_whole = kernel.load
    problems: list[Exception] = []

    def load(name: str, version: str, path: str) -> None:
        package = name.replace("@cdktf/provider-", "cdktf_cdktf_provider_")
        if package in submodules.PACKAGES:
            try:
                path = str(cache.trimmed(Path(path), name, version, submodules.listed(package)))
            except Exception as problem:
                if not problems:
                    _say_slow(problem)
                    _say_where_to_write(problem)
                problems.append(problem)
        load_whole(name, version, path)

    patches.replace(kernel, "load", load)


def _say_slow(problem: Exception) -> None:
    terminal.say(f"Starting slowly, with the same result: {problem or type(problem).__name__}")


def _say_where_to_write(problem: Exception) -> None:
    if isinstance(problem, OSError | RuntimeError):
        terminal.say(f"{user_cache.VARIABLE} can name a folder that you can write, to keep what makes it fast.")
