"""Turns services.yaml into Terraform JSON under generated/."""

import atexit
import gc
import os
import sys

# A run makes many objects and keeps them all: collecting garbage would cost a tenth of its second and find none.
gc.disable()

if __name__ == "__main__":
    try:
        from modules.cli.command_line import main

        exit_code = main()
    except KeyboardInterrupt:
        print("Interrupted; what is half done, the next run finishes.", file=sys.stderr)
        exit_code = 130
    # All that an exit does, but for freeing those objects one by one, which would cost another tenth.
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(exit_code)
