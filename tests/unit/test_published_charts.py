"""`make charts`: what others publish, by its digest and never half."""

import functools
import http.server
import threading
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from modules.cli.command_line import main
from modules.deploy.published_charts import fetch
from modules.errors import CommandError
from modules.facts import charts
from modules.facts.charts import Chart

CONTENT = b"a chart"


@pytest.fixture
def chart(tmp_path: Path) -> Iterator[Chart]:
    """A chart that a server publishes below `tmp_path`/published."""
    (tmp_path / "published").mkdir()
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(tmp_path / "published"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        address = f"http://127.0.0.1:{server.server_port}"
        one = Chart("one", address, "1.2.3", f"{address}/one-1.2.3.tgz", sha256(CONTENT).hexdigest())
        (tmp_path / "published" / one.file).write_bytes(CONTENT)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield one
        server.shutdown()
        thread.join()


def test_a_chart_is_fetched_once(chart: Chart, tmp_path: Path) -> None:
    folder = tmp_path / "mirror" / "charts"
    assert fetch(chart, folder)
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == {"one-1.2.3.tgz": CONTENT}
    (tmp_path / "published" / chart.file).unlink()
    assert not fetch(chart, folder)


def test_another_chart_under_the_same_version_is_refused(chart: Chart, tmp_path: Path) -> None:
    (tmp_path / "published" / chart.file).write_bytes(b"another chart")
    with pytest.raises(CommandError, match="what is published has changed"):
        fetch(chart, tmp_path / "mirror")
    assert not (tmp_path / "mirror").exists()


def test_another_file_in_the_folder_is_left_and_said(chart: Chart, tmp_path: Path) -> None:
    file = tmp_path / chart.file
    file.write_bytes(b"of somebody")
    with pytest.raises(CommandError, match="Its SHA-256 is ") as refused:
        fetch(chart, tmp_path)
    assert refused.value.next_step == f"Remove {file}, and run this again."
    assert file.read_bytes() == b"of somebody"


def test_one_that_can_not_be_had_is_said_with_a_way(chart: Chart, tmp_path: Path) -> None:
    (tmp_path / "published" / chart.file).unlink()
    with pytest.raises(CommandError, match=r"HTTP Error 404.*\n.*curl -fsSL --create-dirs -o ") as refused:
        fetch(chart, tmp_path / "mirror")
    assert refused.value.where == chart.archive


SYSTEM = "project: shop\nregion: eu-west-1\nservices: {web: {path: /, secrets: {KEY: own}}}\n"


def test_the_charts_of_the_system_are_listed_with_their_digests(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "services.yaml").write_text(SYSTEM)
    assert main(["charts", "--list", f"--file={tmp_path / 'services.yaml'}"]) == 0
    needed = (charts.CONTROLLER, charts.EXTERNAL_SECRETS)
    assert capsys.readouterr().out.splitlines() == [f"{one.archive} {one.sha256}" for one in needed]


@pytest.mark.parametrize("mirror", ["", "chart_mirror: oci://registry.example.com/charts\n"])
def test_without_a_folder_it_says_what_to_write(
    mirror: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "services.yaml").write_text(SYSTEM + mirror)
    assert main(["charts", f"--file={tmp_path / 'services.yaml'}"]) == 1
    assert "Write `chart_mirror: mirror/charts`" in capsys.readouterr().err


def test_what_is_there_is_taken_from_the_folder_beside_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "services.yaml").write_text("project: shop\nregion: eu-west-1\nchart_mirror: kept\nservices: {}\n")
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / charts.CONTROLLER.file).write_bytes(CONTENT)
    own = charts.CONTROLLER._replace(sha256=sha256(CONTENT).hexdigest())
    monkeypatch.setattr(charts, "CONTROLLER", own)
    assert main(["charts", f"--file={tmp_path / 'services.yaml'}"]) == 0
    assert f"{own.file}: is there" in capsys.readouterr().err


@pytest.mark.parametrize("one", [charts.CONTROLLER, charts.EXTERNAL_SECRETS, charts.KEDA], ids=lambda one: one.name)
def test_an_address_is_of_the_version_and_encrypted(one: Chart) -> None:
    assert one.archive.startswith("https://")
    assert one.archive.endswith(f"/{one.file}")
    assert len(bytes.fromhex(one.sha256)) == 32
