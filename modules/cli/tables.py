"""How commands print tables: as wide as the terminal, and of one width elsewhere."""

import sys

from rich.console import Console

from modules import terminal

_WIDTH = 110  # of a pipe or a file


def console() -> Console:
    """For stdout; rich knows of colours what modules/terminal.py does."""
    width = terminal.columns(sys.stdout) if terminal.is_terminal(sys.stdout) else _WIDTH
    return Console(width=width, highlight=False)
