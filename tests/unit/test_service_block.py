"""A new service in the text of a services.yaml: in its place and in the file's style, with all other text as it was."""

from textwrap import dedent, indent
from typing import Any

import pytest
from hypothesis import given
from ruamel.yaml import YAML

from modules.scaffold import service_block, services_text
from modules.spec.model import Service
from tests.support import random_specs, run_synth
from tests.unit.conftest import HEAD, Check

SHIPPED = run_synth.SHIPPED.read_text(encoding="utf-8")


def _values(text: str) -> dict[str, Any]:
    return dict(YAML(typ="safe", pure=True).load(text))


def _added(text: str, name: str = "billing", path: str | None = "/billing") -> str:
    services = services_text.find(text)
    return services_text.add(text, services, service_block.new(name, path, services.step))


def _inserted(before: str, after: str) -> str:
    """What was put in; all else must be the same text."""
    start = next((at for at, (one, other) in enumerate(zip(before, after, strict=False)) if one != other), len(before))
    put = after[start : len(after) - (len(before) - start)]
    assert before[:start] + put + before[start:] == after
    return put


def test_it_comes_last_with_a_comment_for_each_key() -> None:
    assert _inserted(SHIPPED, _added(SHIPPED, path="/api/billing")).strip("\n") == indent(
        dedent("""\
        billing:
          path: /api/billing              # what the load balancer routes here; without one it is internal
          pods: 2                         # at rest; max_pods is three times that unless you say otherwise
          cpu: 0.25                       # vCPU and memory are what Fargate bills: docs/fargate.md has the sizes
          memory: 512MB
          # aws: [s3, rds, sqs]           # each makes the resource, and allows this service exactly that
          # calls: [other-service]        # services that it calls inside the cluster
          # image: v1                     # a tag in its own repository; until then a placeholder answers"""),
        "  ",
    )


@given(random_specs.valid())
def test_any_file_keeps_its_text_and_its_values(system: random_specs.System) -> None:
    text = random_specs.render(system)
    values = _values(text)
    try:
        after = _added(text, "one-more", None)
    except services_text.NotEditableError:
        assert "services: {" in text
        return
    if values["services"]:
        _inserted(text, after)
    changed = _values(after)
    assert changed["services"].pop("one-more") == {"pods": 2, "cpu": 0.25, "memory": "512MB"}
    assert changed == values | {"services": values["services"] or {}}


@pytest.mark.parametrize(
    ("body", "following"),
    [
        ("  web:\n    path: /\n", ""),
        ("  web:\n    path: /", ""),  # no line break at the end
        ("  web: {path: /}\n", ""),
        ("  web:\n", ""),
        ("  web: # nothing yet\n    # pods: 3\n", ""),
        ("  web:\n    path: /\n    # aws: [s3]\n", "# the end\n"),
        ("  web:\n    path: /\n", "\n  # later:\n  #   pods: 1\n"),
        ("  web:\n    path: /\n", "\n# Logs\nlog_days: 7\n"),
        ("  web:\n    path: /\n\n    # aws: [s3]\n\n    # pods: 3\n", "\nlog_days: 7\n"),
        ("  web:\n    path: / # a\ttab\t\n    # \t\n", "...\n# after the document\n"),
        ("  web:\n    env: {A: x,\n  B: y\n}\n", "# none\n"),
        ("  web: # \N{ROCKET}\n    path: /\n", "log_days: 7 # \N{ROCKET}\n"),
        ("  web:\n    path: /\n", "   "),
        (
            "    web:\n        path: /\n        env:\n            A: |\n                # not a comment\n\n",
            "log_days: 7\n",
        ),
        ("  web:\n    env: {A: 'a # b',\n      B: c}   # both\n", "tags: {a: b}\n"),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_it_comes_after_the_last_service_and_before_what_is_not_its(body: str, following: str, newline: str) -> None:
    before = f"{HEAD}services:\n{body}{following}".replace("\n", newline)
    after = _added(before)
    assert after.endswith(following.replace("\n", newline))
    assert after.startswith(f"{HEAD}services:\n{body}".rstrip("\n").replace("\n", newline))
    assert "\n" not in after.replace("\r\n", "") if newline == "\r\n" else "\r" not in after
    values = _values(after)
    assert list(values["services"]) == ["web", "billing"]
    assert values["services"].pop("billing") == {"path": "/billing", "pods": 2, "cpu": 0.25, "memory": "512MB"}
    assert values == _values(before)


def test_it_is_indented_and_spaced_as_the_others_are() -> None:
    close = f"{HEAD}services:\n   a:\n      pods: 1\n   b:\n      pods: 1\n"
    put = _inserted(close, _added(close)).splitlines()
    assert put[:3] == ["   billing:", put[1], put[2]]
    assert put[2].startswith("      pods: 2  ")
    apart = close.replace("   b:", "\n   # The second.\n   b:")
    assert _inserted(apart, _added(apart)).startswith("\n   billing:\n")


def test_the_first_service_takes_the_place_of_the_braces() -> None:
    after = _added(f"{HEAD}services: {{}} # none yet\nlog_days: 7\n")
    assert "services: # none yet\n  billing:\n    path: /billing " in after
    assert list(_values(after)["services"]) == ["billing"]
    assert _values(after)["log_days"] == 7


@pytest.mark.parametrize("services", [" # none yet\n  {}\n", " &none {} # none yet\n"])
def test_comments_around_the_braces_of_no_services_stay(services: str) -> None:
    after = _added(f"{HEAD}services:{services}log_days: 7\n")
    assert "services: # none yet\n  billing:\n" in after
    assert after.endswith("answers\nlog_days: 7\n")


@pytest.mark.parametrize(
    ("services", "why"),
    [
        ("{web: {path: /}}", "They are written in braces."),
        ("\n  ? web\n  : {path: /}", '"web" does not start its line.'),
        ("{ # none yet\n}", "Their braces hold a comment."),
    ],
)
def test_services_to_which_no_line_can_be_added_are_refused(services: str, why: str) -> None:
    with pytest.raises(services_text.NotEditableError, match=why):
        _added(f"{HEAD}services: {services}\n")


def _copied(body: str, path: str | None, service: Service) -> dict[str, Any]:
    text = f"{HEAD}services:\n  first: {{}}\n  web:{body}\n  last: {{}}\n"
    services = services_text.find(text)
    lines = service_block.copy(text, services.entries["web"], service, "shop", path)
    after = services_text.add(text, services, lines)
    _inserted(text, after)
    assert "# As web is: see whether it needs the same pods, size and permissions.\n  shop:" in after
    return dict(_values(after)["services"]["shop"])


@pytest.mark.parametrize(
    "body",
    [
        "\n    path: /a # where\n    priority: 7\n    image: v1\n    aws: [s3]\n    env: {A: b}",
        "\n    priority: 7 # first\n    path:\n      - /a\n      - /b\n    aws: [s3]\n    image: v1\n    env: {A: b}",
        " {path: [/a, /b], priority: 7, renamed_from: old, image: v1, aws: [s3], env: {A: b}}",
        " {aws: [s3], env: {A: b}, path: /a, image: v1, priority: 7}",
    ],
)
def test_a_copy_has_all_but_what_belongs_to_one_service_alone(body: str) -> None:
    assert _copied(body, "/shop", Service(image="v1")) == {"path": "/shop", "aws": ["s3"], "env": {"A": "b"}}


def test_a_copy_keeps_an_image_from_elsewhere_and_drops_a_path_that_is_taken() -> None:
    image = "example.com/web:v1"
    copied = _copied(f"\n    path: /a\n    image: {image}", None, Service(image=image))
    assert copied == {"image": image}


def test_comments_of_a_copy_stay_in_their_column() -> None:
    services = services_text.find(SHIPPED)
    entry = services.entries["user-service"]
    lines = service_block.copy(SHIPPED, entry, Service(), "shop", "/api/shop")
    assert (
        lines[2]
        == "  path: /api/shop                 # what the load balancer routes here; without one, a service is internal"
    )
    assert lines[3:] == [line[2:] for line in SHIPPED[entry.start : entry.end].splitlines()[2:]]


def test_a_path_is_like_that_of_the_others_and_free(system: Check) -> None:
    spec = system("a: {path: [/api/a, /b]}").spec
    assert spec is not None
    assert service_block.free_path(spec, "billing-service") == "/api/billing"
    assert service_block.free_path(spec, "a") is None
    other = system("a: {path: /b}").spec
    assert other is not None
    assert service_block.free_path(other, "billing-service") == "/billing"
    workers = system("a: {}", "load_balancer: none\n").spec
    assert workers is not None
    assert service_block.free_path(workers, "billing-service") is None
