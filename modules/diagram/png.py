"""Pages as PNG, for places that show no SVG: by Chromium where there is one, else by resvg."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

from modules.diagram import svg
from modules.diagram.scene import Page
from modules.diagram.theme import Theme

_BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
_SECONDS = 120


def draw(page: Page, folder: Path) -> Iterator[Path]:
    """Writes the page into the folder, light and dark; each file. Raises OSError where one can't be written."""
    for theme in get_args(Theme):
        file = folder / f"{page.key}-{theme}.png"
        content = svg.render(page, theme)
        if not _by_chromium(content, page, file):
            _by_resvg(content, file)
        yield file


def _by_chromium(content: str, page: Page, file: Path) -> bool:
    """Whether there is a browser that drew it."""
    browser = next((found for name in _BROWSERS if (found := shutil.which(name))), None)
    if browser is None:
        return False
    with tempfile.TemporaryDirectory() as folder:
        source, drawn = Path(folder, "page.svg"), Path(folder, "page.png")
        source.write_text(content, encoding="utf-8")
        command = [browser, "--headless", "--disable-gpu", "--hide-scrollbars", f"--user-data-dir={folder}/profile"]
        # Chromium refuses its sandbox to root.
        command += ["--no-sandbox"] if os.geteuid() == 0 else []
        command += [f"--window-size={page.width},{page.height}", f"--screenshot={drawn}", source.as_uri()]
        try:
            subprocess.run(command, capture_output=True, timeout=_SECONDS, check=True)
        except (subprocess.SubprocessError, OSError):
            return False
        if not drawn.exists():
            return False
        shutil.copyfile(drawn, file)
    return True


def _by_resvg(content: str, file: Path) -> None:
    import resvg_py

    file.write_bytes(bytes(resvg_py.svg_to_bytes(svg_string=content)))
