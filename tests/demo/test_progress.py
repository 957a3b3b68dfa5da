"""The demo says what is being done: a line at the begin and the end of each step, and one now and then between them."""

import io
import re

import pytest
from rich.console import Console

from demo import progress
from demo.progress import Progress


def test_a_long_step_is_spoken_of_now_and_then_where_there_is_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    said = io.StringIO()
    with Progress(Console(file=said, width=80)) as shown:
        shown.begin("cluster", "cdktf deploy")
        shown.change("cluster", "1 of 9 resources")
        monkeypatch.setattr(progress, "EVERY", -1.0)
        shown.change("cluster", "2 of 9 resources")
        shown.end("cluster", "9 resources")
    lines = [re.sub(r"^ *\d+ s  ", "", line) for line in said.getvalue().splitlines()]
    assert lines == ["cluster: cdktf deploy", "cluster: 2 of 9 resources", "cluster: 9 resources (0 s)"]
