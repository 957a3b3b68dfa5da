"""Turns services.yaml into Terraform JSON under generated/."""

import atexit
import gc
import os
import signal
import sys
import time
from types import ModuleType
from typing import Any

began = time.time_ns()
# A run makes many objects and keeps them all: collecting garbage would cost a tenth of its second and find none.
gc.disable()
# pydantic would read the metadata of all that is installed, in search of plugins that could change what it makes. This
# stands for its module that would (pydantic/plugin/_loader.py), and which takes a fiftieth of a second to import.
no_plugins = ModuleType("pydantic.plugin._loader")
no_plugins.__dict__["get_plugins"] = tuple
sys.modules[no_plugins.__name__] = no_plugins


def _end(number: int, _: Any) -> None:
    """Ends as ctrl-C does, so that no temporary file stays; jsii's program would outlive a plain end for a moment."""
    raise KeyboardInterrupt(number)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _end)
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # as nohup sets it
        signal.signal(signal.SIGHUP, _end)
    try:
        from modules.synth import foreseen

        exit_code = 0
        if not foreseen.is_done(sys.argv[1:], began):
            from modules.cli.command_line import main

            exit_code = main()
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read what is printed has ended, as `| head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        exit_code = 128 + signal.SIGPIPE
    except KeyboardInterrupt as interrupt:
        from modules import terminal

        terminal.hide()
        terminal.say("Interrupted; what is half done, the next run finishes.")
        exit_code = 128 + (interrupt.args[0] if interrupt.args else signal.SIGINT)
    # The rest is short, and is to be done whole.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    # All that an exit does, but for freeing those objects one by one, which would cost another tenth.
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(exit_code)
