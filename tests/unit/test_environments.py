"""Environments of one file: what is merged, where each value is from, and what is refused."""

from collections.abc import Callable
from contextlib import redirect_stdout
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from modules.checks.check import Checked, check
from modules.cli import command_line
from modules.cli.services_file import say_problems
from modules.spec.document import Document
from modules.spec.environments import layered
from modules.spec.json_schema import schema
from modules.spec.yaml_text import parse
from tests.support.random_specs import render, valid

TODAY = date(2026, 11, 26)
BASE = """\
project: shop
region: eu-west-1
environment: prod
accept: [fargate-vcpu-quota, nat-traffic, http-only, private-api, local-state, unused-resource, overlapping-networks]
services:
  orders:
    path: /orders
    pods: 2
    cpu: 1
    memory: 2GB
    env: {LOG_LEVEL: info, DEBUG: "no"}
    aws: [sqs, sns]
  web:
    path: /
    calls: [orders]
"""
Read = Callable[..., Checked]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def read(environments: str, base: str = BASE, **files: str) -> Checked:
        for name, text in files.items():
            (tmp_path / f"{name}.yaml").write_text(text)
        file = tmp_path / "services.yaml"
        file.write_text(f"{base}{environments}")
        return check(file, TODAY)

    return read


def said(checked: Checked) -> list[str]:
    return [checked.render(one).replace("\n  ", " | ") for one in (*checked.mistakes, *checked.warnings)]


DEV = """\
environments:
  dev:
    protection: false
    without: [services.web.calls, services.orders.env.DEBUG]
    services:
      orders:
        pods: 1
        env: {LOG_LEVEL: debug, VERSION: 1.10}
        aws: [s3]
      tools: {cpu: 0.5, memory: 1GB}
"""


def test_mappings_are_merged_and_all_else_is_replaced(read: Read) -> None:
    checked = read(DEV)
    assert said(checked) == []
    dev = checked.further["dev"]
    orders = dev.services["orders"]
    assert (orders.pods, orders.cpu, orders.path) == (1, 1, ("/orders",))
    assert orders.env == {"LOG_LEVEL": "debug", "VERSION": "1.10"}
    assert list(orders.permissions) == ["s3", "sqs", "sns"]
    assert dev.services["web"].calls == ()
    assert [*dev.services] == ["orders", "web", "tools"]
    assert not dev.protection


def test_the_base_is_what_it_is_without_environments(read: Read) -> None:
    alone, with_dev = read("").spec, read(DEV).spec
    assert alone
    assert with_dev
    assert with_dev.services == alone.services
    assert with_dev.model_copy(update={"environments": {}}) == alone
    assert [*with_dev.services] == ["orders", "web"]


def test_names_carry_the_environment_and_those_of_the_base_stay(read: Read) -> None:
    checked = read(DEV)
    prod, dev = checked.specs
    assert (prod.environment_name, prod.names.stack("web"), prod.names.role("web")) == ("prod", "web", "shop-web")
    assert (dev.environment_name, dev.names.stack("web"), dev.names.role("web")) == ("dev", "dev-web", "shop-dev-web")
    assert [prod.names.part(one) for one in ("web", "dev-web")] == ["web", None]
    assert [dev.names.part(one) for one in ("web", "dev-web")] == [None, "web"]


def test_an_environment_can_be_a_file_of_its_own(read: Read) -> None:
    checked = read("environments: {dev: dev.yaml}\n", dev="services:\n  orders:\n    cpu: 0.5\n")
    assert checked.further["dev"].services["orders"].cpu == 0.5
    (line,) = said(read("environments: {dev: dev.yaml}\n", dev="services:\n  orders:\n    cpu: 3\n"))
    assert line.startswith("dev.yaml:3 services.orders.cpu | Fargate offers no pod of 3 vCPU")


MISTAKES = {
    "a value": (
        "environments:\n  dev:\n    services:\n      orders: {memory: 512MB}\n",
        "(see line 19)",
        "Fargate offers no pod of 1 vCPU with 512MB.",
    ),
    "a value of the base that no longer fits": (
        "environments:\n  dev:\n    services:\n      orders: {cpu: 4}\n",
        "environments.dev.services.orders",
        "Fargate offers no pod of 4 vCPU with 2GB.",
    ),
    "an unknown key": (
        "environments:\n  dev:\n    services:\n      orders: {podss: 1}\n",
        "services.yaml:19 environments.dev.services.orders.podss",
        '"podss" is not a valid key.',
    ),
    "a project": (
        "environments:\n  dev:\n    project: other\n",
        "services.yaml:18 environments.dev.project",
        '"project" is one for all environments.',
    ),
    "what is not there": (
        "environments:\n  dev:\n    without: [services.orders.env.DEBIG]\n",
        "services.yaml:18 environments.dev.without[0]",
        'Did you mean "services.orders.env.DEBUG"?',
    ),
    "no mapping": (
        "environments:\n  dev: 3\n",
        "services.yaml:17 environments.dev",
        "3 is not what differs in an environment.",
    ),
    "a name": ("environments:\n  Dev: {}\n", "environments.Dev", '"Dev" is not the name of an environment'),
    "a reserved name": ("environments:\n  data: {}\n", "services.yaml:17 environments.data", "it is reserved"),
    "the base's name": ("environments:\n  prod: {}\n", "environments.prod", "is what this file itself is called"),
    "a file": ("environments: {dev: nowhere.yaml}\n", "environments.dev", "nowhere.yaml can't be read"),
    "a call of what is not there": (
        "environments:\n  dev:\n    without: [services.orders]\n",
        "services.yaml:15 services.web.calls[0]",
        "In the environment dev: ",
    ),
}


@pytest.mark.parametrize(("text", "where", "words"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_names_the_line_of_the_value_that_counts(read: Read, text: str, where: str, words: str) -> None:
    checked = read(text)
    assert checked.spec is None
    (line,) = said(checked)
    assert where in line
    assert words in line


def test_what_is_wrong_in_the_base_is_said_once(read: Read) -> None:
    checked = read(DEV, BASE.replace("/orders", "orders"))
    assert len(said(checked)) == 1


def test_a_stack_is_of_one_environment(read: Read) -> None:
    base = BASE.replace("  web:", "  dev-web:")
    (line,) = said(read("environments:\n  dev: {}\n", base))
    assert 'Its stack "dev-web" would be taken for one of the environment dev.' in line


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ("domain: shop.example.com\nhosted_zone: Z0123456789ABC\n", "shop.example.com is the domain of"),
        ("", "no-reply@example.com is the sender of"),
    ],
)
def test_what_is_one_in_the_world_is_one_environments(read: Read, keys: str, words: str) -> None:
    base = BASE if keys else BASE.replace("[sqs, sns]", "{ses: {from: no-reply@example.com}}")
    line = next(one for one in said(read("environments:\n  dev: {}\n", base + keys)))
    assert f"{words} the environment prod already." in line


def test_what_is_adopted_is_one_environments(read: Read) -> None:
    base = BASE.replace("[sqs, sns]", "{s3: {adopt: {name: old-files}}}")
    (line,) = said(read("environments:\n  dev: {}\n", base))
    assert "old-files is the adopted s3 of the environment prod already." in line


def test_a_sender_can_be_that_of_another_account_too(read: Read) -> None:
    base = BASE.replace("[sqs, sns]", "{ses: {from: no-reply@example.com}}") + 'account: "111122223333"\n'
    assert said(read('environments:\n  dev: {account: "222233334444"}\n', base)) == []


def test_an_override_that_changes_nothing_is_said(read: Read) -> None:
    (line,) = said(read("environments:\n  dev:\n    services:\n      orders: {pods: 2, cpu: 0.5, memory: 1GB}\n"))
    assert "environments.dev.services.orders.pods" in line
    assert "[unchanged-override]" in line


def test_an_image_is_one_environments_also_where_the_base_has_the_same(read: Read) -> None:
    base = BASE.replace("services:", "services:\n  images: {image: v1}", 1)
    assert said(read("environments:\n  dev:\n    services:\n      images: {image: v1}\n", base)) == []


def test_networks_with_the_same_addresses_are_said(read: Read) -> None:
    base = BASE.replace(", overlapping-networks", "")
    (line,) = said(read("environments:\n  dev: {}\n", base))
    assert "[overlapping-networks]" in line
    assert "The VPCs of prod and dev have the same addresses: 10.0.0.0/16 and 10.0.0.0/16." in line
    dev = "environments:\n  dev: {network: {cidr: 10.1.0.0/16}}\n"
    assert said(read(dev, base)) == []

    further = base + "network: {secondary_cidrs: {100.64.0.0/16: orders}}\n"
    (line,) = said(read(dev, further))
    assert "The VPCs of prod and dev have the same addresses: 100.64.0.0/16 and 100.64.0.0/16." in line
    assert "Write `without: [network.secondary_cidrs]` for dev, and other ranges." in line
    apart = dev.replace("dev: {", "dev: {without: [network.secondary_cidrs], ")
    assert said(read(apart, further)) == []


_KEYS = st.sampled_from(["a", "b", "1", "01", "x.y"])
_VALUES = st.recursive(
    st.one_of(st.integers(0, 3), st.sampled_from(["x", "1"]), st.lists(st.integers(0, 2), max_size=2)),
    lambda inner: st.dictionaries(_KEYS, inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(_KEYS, _VALUES, max_size=3), st.dictionaries(_KEYS, _VALUES, max_size=3))
def test_every_value_has_one_source(base: dict[str, Any], own: dict[str, Any]) -> None:
    """Each leaf of the merged values is the environment's where that has it, and else the base's, by its line."""
    document = Document("services.yaml")
    whole = {"project": "shop", "tags": base, "environments": {"dev": {"tags": own}}}
    lines: list[str] = []
    _dump(whole, lines)
    parse("\n".join(lines), document)
    found, problems = layered(document)
    assert problems == []
    layer = found["dev"]
    for path, value in _leaves(layer.values.get("tags", {}), ("tags",)):
        source = _at(own, path[1:]) if layer.is_own(path) else _at(base, path[1:])
        assert source == value
        line = lines[layer.line(path) - 1]
        assert line.strip().startswith(f'"{path[-1]}":')


def _dump(value: dict[str, Any], lines: list[str], indent: str = "") -> None:
    """A key a line, so that a line tells which one it is."""
    for key, inner in value.items():
        if isinstance(inner, dict) and inner:
            lines.append(f'{indent}"{key}":')
            _dump(inner, lines, f"{indent}  ")
        else:
            text = f'"{inner}"' if isinstance(inner, str) else inner
            lines.append(f'{indent}"{key}": {text}')


def _leaves(value: Any, path: tuple[str, ...]) -> list[tuple[tuple[str, ...], Any]]:
    if not isinstance(value, dict) or not value:
        return [(path, value)]
    return [leaf for key, inner in value.items() for leaf in _leaves(inner, (*path, key))]


def _at(value: Any, path: tuple[str, ...]) -> Any:
    for part in path:
        value = value[part]
    return tuple(value) if isinstance(value, list) else value


@given(valid())
def test_what_show_prints_is_the_same_system(tmp_path_factory: pytest.TempPathFactory, system: Any) -> None:
    folder = tmp_path_factory.mktemp("show")
    file = folder / "services.yaml"
    file.write_text(render(system))
    checked = check(file, TODAY)
    assert checked.spec, [checked.render(one) for one in checked.mistakes]
    again = folder / "again.yaml"
    with again.open("w", encoding="utf-8") as shown_text, redirect_stdout(shown_text):
        assert command_line.main(["show", f"--file={file}"]) == 0
    shown = check(again, TODAY)
    assert shown.spec, [shown.render(one) for one in shown.mistakes]
    assert shown.spec.services == checked.spec.services
    assert shown.spec == checked.spec


@pytest.mark.parametrize(
    ("environment", "fits"),
    [
        ({}, True),
        (None, True),
        ("dev.yaml", True),
        ("/etc/dev.yaml", False),
        (3, False),
        ({"without": ["services.web"], "services": {"web": {"cpu": 0.5, "aws": {"ses": {}, "sqs": None}}}}, True),
        ({"services": {"web": {"priority": 5}}, "state": {"s3": {"prefix": "dev"}}}, True),
        ({"services": {"web": {"podss": 1}}}, False),
        ({"services": {"web": {"cpu": 3.5}}}, False),
        ({"project": "other"}, False),
    ],
)
def test_the_schema_takes_parts_of_a_file_as_an_environment(environment: Any, fits: bool) -> None:
    document = {"project": "shop", "region": "eu-west-1", "services": {}, "environments": {"dev": environment}}
    assert Draft202012Validator(schema()).is_valid(document) is fits


def test_a_further_warning_of_a_kind_names_the_other_file_that_has_it(
    read: Read, capsys: pytest.CaptureFixture[str]
) -> None:
    body = "services:\n  orders: {pods: 2}\n  web: {calls: [orders]}\n"
    say_problems(read("environments: {dev: dev.yaml}\n", dev=body))
    said = capsys.readouterr().err
    assert "dev.yaml:2 services.orders.pods\n" in said
    assert "Likewise: services.web.calls (dev.yaml line 3)." in said
