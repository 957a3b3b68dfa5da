"""The table of public systems: what their services.yaml says, the pods that come of it, and what it can't say."""

import re
from importlib import import_module
from typing import Any

from ruamel.yaml import YAML

from tests.cases.system import FOLDER, NAMES, System, system
from tests.support.reference.table import code, codes, table

HEAD = ["system", "services", "pods at rest", "needs met", "what runs elsewhere", "what can't be expressed"]
KEYS_HEAD = ["system", "keys of its services", "keys of the system"]


def _needs(name: str) -> Any:
    return import_module(f"tests.cases.needs.{name.replace('-', '_')}")


def _elsewhere(case: System) -> set[str]:
    """Hosts outside that its programs are told of."""
    texts = [value for service in case.spec.services for value in case.env(service).values()]
    hosts = {host for text in texts for host in re.findall(r"[\w.-]+\.example\.com", text)}
    return hosts | {host for one in case.spec.services.values() for host in one.aliases.values()}


def _row(name: str) -> list[str]:
    case, needs = system(name), _needs(name)
    services = case.spec.services.values()
    left = needs.LEFT
    return [
        code(name),
        str(len(services)),
        str(sum(one.pods for one in services)),
        f"{len(needs.NEEDS)} of {len(needs.NEEDS) + len(left)}",
        codes(sorted(_elsewhere(case))) if _elsewhere(case) else "nothing",
        "; ".join(left) or "nothing",
    ]


def _total() -> list[str]:
    met, left = (sum(len(getattr(_needs(name), what)) for name in NAMES) for what in ("NEEDS", "LEFT"))
    services = [one for name in NAMES for one in system(name).spec.services.values()]
    pods = sum(one.pods for one in services)
    return ["**all**", str(len(services)), str(pods), f"{met} of {met + left}", "", str(left)]


def _keys(name: str) -> list[str]:
    written = YAML(typ="safe", pure=True).load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    of_services = {key for one in written["services"].values() for key in one}
    return [code(name), codes(sorted(of_services)), codes(sorted(set(written) - {"services"}))]


def _list() -> str:
    """Each need by its name, as its test has it."""
    return "".join(f"- {code(name)}: {'; '.join(_needs(name).NEEDS)}\n" for name in NAMES)


PARTS = {
    "systems": lambda: table(HEAD, [*map(_row, NAMES), _total()]),
    "system-keys": lambda: table(KEYS_HEAD, map(_keys, NAMES)),
    "needs": _list,
}
