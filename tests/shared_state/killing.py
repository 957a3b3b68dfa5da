"""`main.py` that kills itself, as `kill -9` does, right before or right after its Nth change, or a named one.

A change is a call to AWS that writes, or a file that is renamed or removed. Give it N or a name, when, a command.
"""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from botocore.client import BaseClient

from modules.cli import command_line

WRITES = ("Put", "Create", "Delete")


def main() -> int:
    last, when, *arguments = sys.argv[1:]
    made = 0

    def changing(what: str, change: Callable[[], Any]) -> Any:
        nonlocal made
        made += 1
        is_last = last in (str(made), what)
        if is_last:
            print(f"killed {when} {what}", flush=True)
        if is_last and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        done = change()
        if is_last:
            os.kill(os.getpid(), signal.SIGKILL)
        return done

    call, rename, replace, unlink = BaseClient._make_api_call, Path.rename, Path.replace, Path.unlink

    def counted_call(self: Any, operation: str, parameters: Any) -> Any:
        if not operation.startswith(WRITES):
            return call(self, operation, parameters)
        return changing(f"{operation} {parameters.get('Key', '')}", lambda: call(self, operation, parameters))

    def counted(name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        return lambda self, *words, **more: changing(f"{name} {self.name}", lambda: method(self, *words, **more))

    BaseClient._make_api_call = counted_call
    Path.rename, Path.replace, Path.unlink = (  # type: ignore[method-assign]
        counted("rename", rename),
        counted("replace", replace),
        counted("unlink", unlink),
    )
    return command_line.main(arguments)


if __name__ == "__main__":
    sys.exit(main())
