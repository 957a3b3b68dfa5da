"""Importing this package, or a module in it, makes the Terraform provider packages load in a second, not in a minute.

The classes come from `modules.bindings.aws`, `.kubernetes`, `.helm` and `.cdktf`.
"""

import sys
from pathlib import Path

from modules.bindings.loader import cache, kernel_process, node, preload, skip_type_checks, struct_lists, submodules


def _load_fast() -> None:
    """Makes jsii load a trimmed copy of each provider's assembly; where there is none, the assembly itself."""
    problems: list[Exception] = []

    def load(name: str, version: str, path: str) -> None:
        package = name.replace("@cdktf/provider-", "cdktf_cdktf_provider_")
        if package in submodules.PACKAGES:
            try:
                path = str(cache.trimmed(Path(path), name, version, submodules.listed(package)))
            except Exception as problem:
                if not problems:
                    _say_slow(problem)
                problems.append(problem)
        load_whole(name, version, path)

    try:
        from jsii._runtime import kernel

        load_whole = kernel.load
        preload.load_in_background(kernel)
        kernel.load = load  # type: ignore[assignment]
    except (ImportError, AttributeError) as problem:
        _say_slow(problem)


def _say_slow(problem: Exception) -> None:
    print(f"Starting slowly, with the same result: {problem}", file=sys.stderr)
    if isinstance(problem, OSError | RuntimeError):
        print(f"{cache.VARIABLE} can name a folder that you can write, to keep what makes it fast.", file=sys.stderr)


node.use_installed()
submodules.load_only_listed()
struct_lists.convert_dicts_in_lists()
skip_type_checks.skip_runtime_checks()
cache.let_jsii_unpack_here()
kernel_process.start_directly()
_load_fast()
