"""Turns services.yaml into Terraform JSON under generated/."""

import sys

from modules.cli import main

if __name__ == "__main__":
    sys.exit(main())
