"""Turns services.yaml into Terraform JSON under generated/."""

import gc
import sys

# A run makes many objects and keeps them all: collecting garbage would cost a tenth of its second and find none.
gc.disable()

if __name__ == "__main__":
    from modules.cli import main

    sys.exit(main())
