"""The table of the findings that are accepted."""

from modules.gate.accepted import ACCEPTED, Accepted
from tests.support.reference.table import code, table

HEAD = ["tool", "check", "where", "why it is no fault", "accepted by"]


def _rows() -> list[list[str]]:
    return [[row.tool, code(row.check), code(row.place), row.reason, _by(row)] for row in ACCEPTED]


def _by(row: Accepted) -> str:
    return f"the system's owner, with {code(row.owner)} in `services.yaml`" if row.owner else "the generator"


PARTS = {"accepted": lambda: table(HEAD, _rows())}
