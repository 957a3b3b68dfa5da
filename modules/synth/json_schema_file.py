"""services.schema.json beside services.yaml, for editors; it follows the model."""

import json
from pathlib import Path

from modules.spec.json_schema import FILE_NAME, schema


def differences(root: Path) -> list[str]:
    """The file's name where it does not hold the schema of the model."""
    file = root / FILE_NAME
    return [] if file.is_file() and file.read_text(encoding="utf-8") == _text() else [FILE_NAME]


def write(root: Path) -> list[str]:
    """Brings the file up to date; returns its name if it had to."""
    changed = differences(root)
    if changed:
        (root / FILE_NAME).write_text(_text(), encoding="utf-8")
    return changed


def _text() -> str:
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"
