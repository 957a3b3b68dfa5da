"""Rules of our own over the JSON of generated/, by name: what no scanner knows of this system.

Each takes a Tree and gives the places where it is broken, with words.
"""

from collections.abc import Callable, Iterator

from modules.gate.finding import Finding
from modules.gate.rules.encryption import unencrypted
from modules.gate.rules.logs import short_logs
from modules.gate.rules.principals import strangers
from modules.gate.rules.protection import unprotected
from modules.gate.rules.public import public
from modules.gate.rules.secrets import secrets_in_state
from modules.gate.rules.statements import unbounded
from modules.gate.rules.tls import plain_text
from modules.gate.tree import Tree

RULES: dict[str, Callable[[Tree], Iterator[tuple[str, str]]]] = {
    "public": public,
    "encryption": unencrypted,
    "tls": plain_text,
    "secrets": secrets_in_state,
    "logs": short_logs,
    "statements": unbounded,
    "principals": strangers,
    "protection": unprotected,
}


def findings(tree: Tree) -> list[Finding]:
    """What breaks a rule."""
    return sorted(Finding("rules", name, place, said) for name, rule in RULES.items() for place, said in rule(tree))
