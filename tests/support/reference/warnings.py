"""The table of warnings: each code, what it is about, and why that matters."""

from modules.checks import environments
from modules.checks.warnings import WARNINGS
from modules.spec.warning_codes import WARNING_CODES
from tests.support.reference.table import code, table


def _rows() -> list[list[str]]:
    return [
        [code(name), about, ((WARNINGS | environments.WARNINGS)[name].__doc__ or "").strip()]
        for name, about in WARNING_CODES.items()
    ]


PARTS = {"codes": lambda: table(["code", "warning", "reason"], _rows())}
