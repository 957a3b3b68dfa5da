"""Writes `priority:` into services.yaml where two listener rules would get the same one."""

from collections.abc import Callable, Collection
from datetime import UTC, datetime
from pathlib import Path

from modules import terminal
from modules.checks.check import Checked
from modules.checks.priorities import settled
from modules.checks.rules import routes
from modules.cli import services_edit
from modules.design import lifelong_keys
from modules.scaffold import service_key
from modules.scaffold.services_text import NotEditableError
from modules.spec.parse import parse
from modules.state import record


def settle(checked: Checked, file: Path, out: Path, vouched: Collection[str]) -> bool:
    """Whether the file had no other mistake, and now has none; raises CommandError where it can't be written."""
    spec, problems = parse(checked.document)
    if problems or checked.document.problems or len(checked.mistakes) != len(list(routes.collisions(spec))):
        return False
    numbers = settled(spec, _standing(out, vouched))
    try:
        text = file.read_bytes().decode()
        for name, number in numbers.items():
            text = service_key.write(text, name, "priority", str(number), after="path")
    except (NotEditableError, OSError):
        return False  # the mistake says what to write
    if services_edit.check_content(text.encode(), file, datetime.now(UTC).date()).spec is None:
        return False
    services_edit.replace(file, text.encode())
    for name, number in numbers.items():
        why = "another service's listener rule would have the same, and one that is there keeps its own"
        terminal.say(f"{file.name}: priority: {number} was written under {name}: {why}.")
    return True


def _standing(out: Path, vouched: Collection[str]) -> Callable[[str], int]:
    """2 for a service whose rules are applied, or may be; 1 for one that generated/ has; 0 for a new one."""
    before = record.read(out, lifelong_keys.FILE, vouched)

    def standing(name: str) -> int:
        if name not in before.stacks:
            return 0
        return 2 if any(address.startswith("aws_lb_listener_rule.") for address in before.bound(name)) else 1

    return standing
