"""What became of each stack of a deployment: for the end of a run, as JSON, and as Markdown."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from modules import terminal
from modules.deploy.captured import INTERRUPTED, plain

Status = Literal["applied", "unchanged", "destroyed", "failed", "interrupted", "skipped"]
MOST_LINES, WIDEST = 12, 200  # of an error; Terraform quotes whole lines of files
_DONE = re.compile(r"^(?:Apply|Destroy) complete! Resources: (.*)\.$", re.MULTILINE)
_ERROR = re.compile(r"^[╷│╵\s]*(?:Error: |error: )")
_FRAME = re.compile(r"^[╷│╵] ?")


@dataclass
class Outcome:
    """Of one stack, of all its passes together; `because` is the stack that failed before it."""

    stack: str
    status: Status = "unchanged"
    seconds: float = 0.0
    code: int = 0
    error: tuple[str, ...] = field(default=())
    because: str = ""

    @property
    def is_done(self) -> bool:
        """Whether all that was to be done of it was."""
        return self.status in ("applied", "unchanged", "destroyed")

    def ended(self, command: str, code: int, text: str, seconds: float) -> None:
        """Adds a pass: its exit code, and what was said of it."""
        self.seconds += seconds
        if code:
            self.code, self.status = code, "interrupted" if code == INTERRUPTED else "failed"
            self.error = _last_error(text)
        elif command == "destroy":
            self.status = "destroyed"
        elif _changed(text):
            self.status = "applied"

    def skipped(self, because: str) -> None:
        """It was not begun, or not finished, because of another stack."""
        if self.is_done:
            self.status, self.because = "skipped", because

    @property
    def words(self) -> str:
        """Its status in words."""
        if self.status == "skipped":
            return f"skipped, because of {self.because}"
        return f"failed (exit code {self.code})" if self.status == "failed" else self.status

    def json(self) -> dict[str, Any]:
        """In values of JSON."""
        return {
            "stack": self.stack,
            "status": self.status,
            "seconds": round(self.seconds, 1),
            "exit_code": self.code,
            "because": self.because or None,
            "error": list(self.error),
        }


def _changed(text: str) -> bool:
    """Whether an apply changed something; where it does not say, it may have."""
    found = _DONE.findall(plain(text))
    return not found or any(re.search(r"[1-9]", one) for one in found)


def _last_error(text: str) -> tuple[str, ...]:
    """From the first line that is an error; without one, the last lines."""
    lines = [line.rstrip() for line in plain(text).splitlines() if _FRAME.sub("", line).strip()]
    first = next((number for number, line in enumerate(lines) if _ERROR.match(line)), None)
    found = lines[-MOST_LINES:] if first is None else lines[first : first + MOST_LINES]
    return tuple(_FRAME.sub("", line)[:WIDEST] for line in found)


def lines(command: str, outcomes: Sequence[Outcome]) -> Iterator[str]:
    """A table: a stack in a line, and its error below it."""
    yield f"{command}: what became of each stack"
    width = max((len(one.stack) for one in outcomes), default=0)
    for one in outcomes:
        taken = f"  {terminal.duration(one.seconds)}" if one.seconds else ""
        yield f"  {one.stack:<{width}}  {one.words}{taken}"
        for line in one.error:
            yield f"      {line}"


def markdown(outcomes: Sequence[Outcome]) -> str:
    """The same for a comment on a pull request."""
    rows = [f"| {one.stack} | {one.words} | {terminal.duration(one.seconds)} |" for one in outcomes]
    errors = [
        "\n".join((f"**{one.stack}**", "", *(f"    {line}" for line in one.error))) for one in outcomes if one.error
    ]
    return "\n\n".join(["\n".join(["| stack | what became of it | time |", "| --- | --- | --- |", *rows]), *errors])
