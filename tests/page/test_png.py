"""The picture as PNG, by the Chromium of this machine."""

import shutil
import struct
from pathlib import Path

import pytest

from modules.checks.check import check
from modules.diagram import overview, png
from tests.support.run_synth import SHIPPED
from tests.support.tool_missing import ToolMissing
from tests.unit.conftest import TODAY


def _no_resvg(*_: object) -> None:
    raise AssertionError("resvg drew it")


def test_the_chromium_of_this_machine_draws_the_overview_light_and_dark(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not any(shutil.which(name) for name in png._BROWSERS):
        raise ToolMissing("Chromium is not installed. On Debian: apt install chromium")
    monkeypatch.setattr(png, "_by_resvg", _no_resvg)
    spec = check(SHIPPED, TODAY).spec
    assert spec is not None
    page = overview.page(spec)
    light, dark = png.draw(page, tmp_path)
    for file in (light, dark):
        # Of a PNG, bytes 16 to 24 are width and height: https://www.w3.org/TR/png-3/#11IHDR.
        assert struct.unpack(">II", file.read_bytes()[16:24]) == (page.width, page.height)
    assert light.read_bytes() != dark.read_bytes()
