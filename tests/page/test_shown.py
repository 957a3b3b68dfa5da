"""The command that draws what is to be looked at."""

from pathlib import Path

import pytest

from tests.support import shown


@pytest.mark.nightly(minutes=1)
def test_every_picture_and_screenshot_is_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["shown", str(tmp_path / "shown")])
    assert shown.main() == 0
    overviews = {f"overview-{count}-{theme}.png" for count in (1, 5, 20, 60) for theme in ("light", "dark")}
    others = {f"{page}-{theme}.png" for page in ("network", "service-order-service") for theme in ("light", "dark")}
    parts = {"report-top-1280.png", "report-top-400.png", "report-permissions-1280.png", "report-cost-1280.png"}
    named = [Path(line) for line in capsys.readouterr().out.splitlines()]
    assert {file.name for file in named} == overviews | others | parts | {"report.html"}
    assert set(named) == set((tmp_path / "shown").iterdir())
    assert all(file.read_bytes().startswith(b"\x89PNG") for file in named if file.suffix == ".png")
