"""A page as a reader has it: Debian's Chromium, driven by playwright-core through tests/support/browser.mjs."""

import json
import queue
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from modules.paths import ROOT
from tests.support import child_process
from tests.support.tool_missing import ToolMissing

MODULES = ROOT / "node_modules"
NODE = ROOT / ".venv" / "bin" / "node"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SECONDS = 120

Scheme = Literal["light", "dark"]


class Browser:
    """One page at a time.

    Raises BrowserError where the page can't do what is asked, or the browser does not answer within SECONDS.
    """

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self._answers: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def open(self, file: Path, *, width: int = 1280, height: int = 900, scheme: Scheme = "light") -> None:
        """Opens a file in a new context."""
        self._ask("open", url=file.resolve().as_uri(), width=width, height=height, scheme=scheme)

    def visit(self, address: str, *, width: int, height: int) -> None:
        """Opens what a server on this machine has, in a new context."""
        self._ask("open", url=address, width=width, height=height, scheme="light")

    def evaluate(self, script: str) -> Any:
        """The value of an expression of JavaScript in the page; promises are awaited."""
        return self._ask("evaluate", script=script)

    def until(self, script: str) -> None:
        """Waits until an expression is true: what follows a link or a print comes a moment later."""
        self._ask("until", script=script, seconds=SECONDS / 2)

    def press(self, *keys: str) -> None:
        """Presses keys one after another, by playwright's names, such as `Tab` or `Shift+Tab`."""
        for key in keys:
            self._ask("press", key=key)

    def type(self, text: str) -> None:
        """Types into what has the focus."""
        self._ask("type", text=text)

    def hover(self, selector: str, seconds: int = 30) -> None:
        """Points at the first element, which it brings into view."""
        self._ask("hover", selector=selector, timeout=seconds * 1000)

    def click(self, selector: str) -> None:
        """Clicks at the only such element."""
        self._ask("click", selector=selector)

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Presses the pointer at one point of the window and lets it go at another, in pixels."""
        self._ask("drag", **{"from": start, "to": end})

    def violations(self) -> list[str]:
        """What axe-core finds with all of its rules, a line each."""
        return list(self._ask("axe"))

    def screenshot(self, file: Path, *, full: bool = False) -> None:
        """The window as PNG, or the whole page."""
        self._ask("screenshot", file=str(file), full=full)

    def pdf(self, file: Path) -> None:
        """The page as it is printed on A4."""
        self._ask("pdf", file=str(file))

    @property
    def errors(self) -> list[str]:
        """Errors and warnings of the console since the page was opened, exceptions, and dialogs."""
        return list(self._ask("seen")["errors"])

    @property
    def requests(self) -> list[str]:
        """Addresses that the page asked for, besides its own."""
        return list(self._ask("seen")["requests"])

    def _ask(self, command: str, **given: Any) -> Any:
        assert self._process.stdin
        self._process.stdin.write(json.dumps({"command": command, **given}) + "\n")
        self._process.stdin.flush()
        try:
            line = self._answers.get(timeout=SECONDS)
        except queue.Empty:
            raise BrowserError(f"{command}: no answer within {SECONDS} s") from None
        if not line:
            raise BrowserError(f"The browser ended at {command}.")
        answer = json.loads(line)
        if "error" in answer:
            raise BrowserError(f"{command}: {answer['error']}")
        return answer.get("value")

    def _read(self) -> None:
        """The last line is empty."""
        assert self._process.stdout
        for line in self._process.stdout:
            self._answers.put(line)
        self._answers.put("")


class BrowserError(Exception):
    """What the browser answered instead of a value."""


@contextmanager
def browser() -> Iterator[Browser]:
    """A browser that ends with the block. Raises ToolMissing where it is not installed."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        raise ToolMissing("Chromium is not installed. On Debian: apt install chromium")
    if not (MODULES / "playwright-core").is_dir():
        raise ToolMissing("playwright-core is not installed: run make cdktf.")
    command = [str(NODE), str(Path(__file__).with_suffix(".mjs")), str(MODULES), found]
    with child_process.running(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        yield Browser(process)
