"""How many connections Aurora takes, and how many of them one service may hold."""

from modules.facts import aurora
from modules.permissions.rds import RdsOptions
from modules.spec.model import Database

# So that no service alone can use up what the others need.
_SHARE = 10


def max_connections(database: Database) -> float:
    """Connections that an instance takes at `max_acu`, about: the default of max_connections grows with it."""
    most = aurora.MAX_CONNECTIONS if database.min_acu >= 1 else aurora.MAX_CONNECTIONS_FROM_HALF
    return min(aurora.CONNECTIONS_PER_ACU * database.max_acu, most)


def connections(database: Database, options: RdsOptions) -> int:
    """Connections that the user of one service may hold at a time."""
    return options.connections or int(max_connections(database) // _SHARE)
