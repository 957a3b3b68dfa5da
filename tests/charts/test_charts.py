"""Both charts as packages: helm accepts them, and their own suites pass."""

import re
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from tests.support import helm
from tests.support.go_tools import binary


@pytest.mark.parametrize("chart", helm.ALL)
def test_helm_finds_nothing_to_say_about_a_chart(chart: str) -> None:
    done = helm.run("lint", chart, None, "--strict", "--quiet")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("chart", helm.ALL)
def test_the_suite_of_a_chart_passes(chart: str, tmp_path: Path) -> None:
    copy = shutil.copytree(helm.CHARTS / chart, tmp_path / chart)  # helm-unittest makes a folder beside its suites
    done = subprocess.run([binary("helm-unittest"), "--strict", copy], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"Tests: +[1-9]", done.stdout), done.stdout


@pytest.mark.parametrize("chart", helm.ALL)
def test_a_cluster_older_than_those_of_the_tests_is_refused(chart: str) -> None:
    assert "chart requires kubeVersion: >=1.31.0-0" in helm.refusal(chart, {}, version="1.30")


@pytest.mark.parametrize("chart", helm.ALL)
def test_the_package_of_a_chart_holds_no_tests(chart: str, tmp_path: Path) -> None:
    command: list[str | Path] = [binary("helm"), "package", helm.CHARTS / chart, "--destination", tmp_path]
    subprocess.run(command, capture_output=True, check=True)
    with tarfile.open(next(tmp_path.iterdir())) as archive:
        names = archive.getnames()
    assert f"{chart}/Chart.yaml" in names
    assert not any("/tests/" in name for name in names)
