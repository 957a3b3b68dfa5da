"""What a scanner found, and how much it looked at: one that looked at nothing has failed, whatever its exit code."""

from dataclasses import dataclass

from modules.gate.finding import Finding


class NothingChecked(RuntimeError):
    """A scanner ended well without having looked at what it was given; the message says which and where."""


@dataclass(frozen=True)
class Scan:
    tool: str
    mode: str  # what it read
    checked: int  # checks that it made, which passed or failed
    findings: tuple[Finding, ...]
    warnings: tuple[Finding, ...] = ()  # what is said, and does not fail

    def __post_init__(self) -> None:
        if self.checked <= len(self.findings):
            raise NothingChecked(
                f"{self.tool} ({self.mode}) made {self.checked} checks, of which none passed: it read nothing."
            )
