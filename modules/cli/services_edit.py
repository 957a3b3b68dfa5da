"""How commands change services.yaml: the new text is checked first, and the file is replaced at once or not at all."""

import os
import shutil
import tempfile
from datetime import date
from pathlib import Path

from modules.checks.check import Checked, check
from modules.errors import CommandError
from modules.spec.document import Reader
from modules.spec.text_file import beside


def check_content(content: bytes, file: Path, today: date, reader: Reader | None = None) -> Checked:
    """The content, checked as if it were that of `file`; `reader` reads the files that it names, from elsewhere."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, file.name)
        copy.write_bytes(content)
        return check(copy, today, reader or beside(file.parent))


def replace(file: Path, content: bytes) -> None:
    """Puts a new file in the place of one, at once; a link stays a link. Raises CommandError where it can't."""
    target = file.resolve()
    try:
        with tempfile.NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}.", delete=False) as staged:
            try:
                staged.write(content)
                staged.flush()
                os.fsync(staged.fileno())
                shutil.copymode(target, staged.name)
                Path(staged.name).replace(target)
            except BaseException:
                Path(staged.name).unlink(missing_ok=True)
                raise
    except OSError as problem:
        what = f"It can't be written: {problem.strerror}."
        raise CommandError(str(file), what, "Make the file and its folder writable, and run this again.") from None
