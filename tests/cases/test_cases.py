"""Public systems as they are, each from its services.yaml alone: what each needs, and what in the output meets it.

docs/reference/public-systems.md counts them.
"""

import re
from importlib import import_module

import pytest

from tests.cases.needs.common import calls
from tests.cases.system import NAMES, Needs, references, system

NEEDS: dict[str, Needs] = {name: import_module(f"tests.cases.needs.{name.replace('-', '_')}").NEEDS for name in NAMES}


@pytest.mark.parametrize(
    ("name", "need"), [(name, need) for name, needs in NEEDS.items() for need in needs], ids=lambda text: text
)
def test_a_need_of_a_public_system_is_met(name: str, need: str) -> None:
    NEEDS[name][need](system(name))


@pytest.mark.parametrize("name", NAMES)
def test_a_public_system_has_no_warning_but_those_of_any_new_one(name: str) -> None:
    """What its file accepts besides has its reason: a program that listens on port 80."""
    case = system(name)
    assert case.warnings <= {"local-state"}
    assert case.stacks >= set(case.spec.services)


@pytest.mark.parametrize("name", NAMES)
def test_every_variable_in_a_value_is_one_that_the_pods_have(name: str) -> None:
    case = system(name)
    for service in case.spec.services:
        known = {*case.env(service), *case.secret_variables(service), "HOME"}
        missing = {name for value in case.env(service).values() for name in references(value)} - known
        assert missing == set(), service


# Of a service, an alias, or a host elsewhere.
ADDRESS = re.compile(r"(?:^|//|@|\()([a-z][a-z0-9.-]*):(\d+)\b")


@pytest.mark.parametrize("name", NAMES)
def test_every_address_that_a_program_is_given_can_be_reached(name: str) -> None:
    """By a name that its pods know, and through the groups on both sides."""
    case = system(name)
    for service in case.spec.services:
        for variable, value in case.env(service).items():
            for host, port in ADDRESS.findall(value):
                where = f"{service}: {variable} is {value}"
                if host in case.spec.services and host != service:
                    calls(case, service, host, int(port))
                elif host in case.spec.services[service].aliases or host.endswith(".example.com"):
                    assert int(port) in {first for _, first, _ in case.egress(service)}, where
