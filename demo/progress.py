"""What is being done, and for how long: a table that lives on a terminal, a line per event elsewhere."""

import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

EVERY = 15.0  # seconds without a line elsewhere than on a terminal


@dataclass
class Step:
    state: str
    started: float = field(default_factory=time.monotonic)
    ended: float | None = None

    @property
    def seconds(self) -> float:
        return (self.ended or time.monotonic()) - self.started


class Progress:
    def __init__(self, console: Console) -> None:
        self.console = console
        self.started = self.said = time.monotonic()
        self.steps: dict[str, Step] = {}
        self.live = Live(
            get_renderable=self._table,
            console=console,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )

    def __enter__(self) -> Self:
        if self.console.is_terminal:
            self.live.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.live.stop()

    def begin(self, step: str, state: str) -> None:
        self.steps[step] = Step(state)
        self._line(step)

    def change(self, step: str, state: str) -> None:
        """Too often for a line of its own, but for one now and then."""
        self.steps[step].state = state
        if time.monotonic() - self.said > EVERY:
            self._line(step)

    def end(self, step: str, state: str) -> None:
        self.steps[step].state = state
        self.steps[step].ended = time.monotonic()
        self._line(step)

    def seconds(self, steps: list[str]) -> float:
        """From the first one's begin to the last one's end."""
        chosen = [self.steps[step] for step in steps]
        return max(step.ended or 0 for step in chosen) - min(step.started for step in chosen)

    def say(self, text: str) -> None:
        self.console.print(Text(text), soft_wrap=True)  # as a str, it would need `markup=False`, also for the table

    def _line(self, name: str) -> None:
        if not self.console.is_terminal:
            step = self.steps[name]
            taken = f" ({step.seconds:.0f} s)" if step.ended else ""
            self.said = time.monotonic()
            self.say(f"{time.monotonic() - self.started:4.0f} s  {name}: {step.state}{taken}")

    def _table(self) -> Table:
        table = Table.grid(padding=(0, 2))
        for name, step in list(self.steps.items()):
            mark = "[green]✓[/]" if step.ended else "[yellow]…[/]"
            table.add_row(mark, name, f"{step.seconds:4.0f} s", step.state)
        table.add_row("", "", f"{time.monotonic() - self.started:4.0f} s", "in all")
        return table
