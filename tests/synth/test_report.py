"""What the page of `make report` says is what generated/ says, and no text of services.yaml is more than text there."""

import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given

from modules.checks.check import Checked, check
from modules.cli.command_line import main
from modules.doctor.quotas import QUOTAS
from modules.facts import fargate
from modules.page.contents import Base, Contents, contents
from modules.page.reach import rules
from modules.page.render import render
from modules.page.system import System
from modules.paths import ROOT
from modules.reports import inventory
from modules.synth.build import build
from tests.support import every_permission, random_specs, run_synth
from tests.support.hostile_text import TEXTS, hostile
from tests.support.run_synth import SHIPPED
from tests.support.tiers import sampled
from tests.synth.conftest import Built, Json, stack
from tests.unit.conftest import TODAY

VOID = {"meta", "input", "br"}
Made = tuple[Checked, System]
Make = Callable[[random_specs.System], Made]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Checks and builds a system."""

    def run(system: random_specs.System) -> Made:
        file = tmp_path / "services.yaml"
        file.write_text(random_specs.render(system), encoding="utf-8")
        return _made(file)

    return run


def _made(file: Path) -> Made:
    checked = check(file, TODAY)
    assert checked.spec is not None, [checked.render(problem) for problem in checked.mistakes]
    return checked, System(checked.spec, build(checked.spec))


@pytest.fixture(scope="module")
def shipped(built: Built) -> Made:
    checked = check(SHIPPED, TODAY)
    assert checked.spec
    return checked, System(checked.spec, built)


@pytest.fixture(scope="module")
def said(shipped: Made) -> Contents:
    """What the page of the shipped system says."""
    return contents(*shipped, TODAY, None)


class Page(HTMLParser):
    """Elements of a page with their attributes, its text, and the text of its scripts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.scripts: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        (self.scripts if self.open[-1:] == ["script"] else self.texts).append(data)


def every_kind() -> random_specs.System:
    """With a path: without one, the load balancer's rules for the pods allow nothing."""
    system = every_permission.every_kind()
    system["services"]["subscribers"]["path"] = "/"
    return system


# Every kind of permission with its readers, an own statement, all options of the platform, calls.
SYSTEMS = {
    "every kind": every_kind(),
    "all endpoints": every_kind() | {"network": {"endpoints": "auto"}},
    "private": {
        "project": "own",
        "region": "cn-north-1",
        "load_balancer": {"private": True},
        "cluster": {"api_access": ["10.8.0.0/16", "8.8.8.8/32"]},
        "services": {"web": {"path": "/", "calls": ["worker"]}, "worker": {"port": 9090, "aws": ["rds", "redis"]}},
    },
    "nothing optional": {
        "project": "own",
        "region": "eu-west-1",
        "database": "none",
        "cache": "none",
        "load_balancer": "none",
        "network": {"flow_logs": False},
        "services": {"web": {"calls": ["worker"]}, "worker": {"aws": ["sqs"]}},
    },
    "no load balancer": {"project": "own", "region": "eu-west-1", "load_balancer": "none", "services": {"web": {}}},
}


@pytest.mark.parametrize("system", SYSTEMS.values(), ids=SYSTEMS.keys())
def test_every_connection_has_its_rules_and_every_rule_a_connection(make: Make, system: random_specs.System) -> None:
    checked, made = make(system)
    found = contents(checked, made, TODAY, None).connections
    # EKS makes the cluster's group, whose egress is open, so that only ingress to the pods is a rule of ours.
    assert [one for one in found if not one.rules] == []
    behind = {(rule.stack, rule.address) for one in found for rule in one.rules}
    assert {(rule.stack, rule.address) for rule in rules(made)} - behind == set()


# Without shrinking: each example is a build.
@sampled(
    gate=3,
    nightly=50,
    minutes=2,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(random_specs.valid())
def test_any_system_has_a_page_with_a_rule_behind_each_connection(make: Make, system: random_specs.System) -> None:
    said = contents(*make(system), TODAY, None)
    assert [one for one in said.connections if not one.rules] == []
    assert Page(render(said)).open == []


def test_the_shipped_systems_connections_have_rules_on_both_sides(said: Contents) -> None:
    by_ends = {(one.source, one.target): one for one in said.connections}
    aurora = by_ends["user-service", "Aurora"]
    assert [(rule.direction, rule.stack, rule.address) for rule in aurora.rules] == [
        ("out", "user-service", "aws_vpc_security_group_egress_rule.user_service_aurora"),
        ("in", "user-service", "aws_vpc_security_group_ingress_rule.user_service_aurora"),
    ]
    assert by_ends["internet", "load balancer"].rules[0].description == "HTTP from the internet"
    assert {rule.direction for rule in by_ends["load balancer", "order-service"].rules} == {"in", "out"}


def with_secret_values() -> random_specs.System:
    system = every_kind()
    system["services"]["readers"]["secrets"] = {"A": {"of": "orders"}, "B": "shared/sentry"}
    system["services"]["subscribers"]["secrets"] = {"C": "shared/sentry"}
    return system


@pytest.mark.parametrize(
    "system", [SYSTEMS["every kind"], with_secret_values()], ids=["every kind", "with secret values"]
)
def test_the_grants_are_the_statements_of_the_generated_roles(make: Make, system: random_specs.System) -> None:
    checked, made = make(system)
    said = contents(checked, made, TODAY, None)
    for one in said.services:
        document = stack(dict(made.files), one.name)["data"]["aws_iam_policy_document"]
        generated = document[f"{one.name}_permissions"]["statement"]
        shown = [statement for grant in one.grants for statement in grant.statements]
        assert [statement.sid for statement in shown] == [each["sid"] for each in generated]
        for statement, each in zip(shown, generated, strict=True):
            assert list(statement.actions) == each["actions"]
            assert list(statement.resources) == [made.text(one.name, arn) for arn in each["resources"]]
            assert "${data." not in "".join(statement.resources)
            assert [condition.variable for condition in statement.conditions] == [
                condition["variable"] for condition in each.get("condition", [])
            ]


def test_arns_have_the_names_that_aws_will_know(said: Contents) -> None:
    grants = {(one.name, grant.word): grant for one in said.services for grant in one.grants}
    queue, key = grants["order-service", "sqs"].statements
    assert queue.resources == ("arn:aws:sqs:eu-west-1:<account>:shop-order-service",)
    assert key.resources == ("arn:aws:kms:eu-west-1:<account>:key/<key id>",)
    assert grants["user-service", "s3"].statements[1].resources == (
        "arn:aws:s3:::shop-user-service-<account>-eu-west-1/*",
    )
    assert grants["notification-service", "sqs"].short == "own, from order-service"


def test_sizes_are_what_fargate_bills(said: Contents) -> None:
    sizes = {size.service: size for size in said.sizes}
    order = sizes["order-service"]
    assert (order.requested, order.billed, order.vcpu_at_rest) == ("1 vCPU, 1792 MiB", "1 vCPU, 2GB", 2)
    assert sizes["kube-system"].pods == 6
    assert sizes["kube-system"].billed == "0.25 vCPU, 512MB"


def test_routes_come_in_the_order_of_their_priorities_and_are_what_is_generated(said: Contents, built: Built) -> None:
    priorities = [route.priority for route in said.routes]
    assert priorities == sorted(priorities)
    for route in said.routes:
        kind, name = route.address.split(".")
        rule: Json = stack(built, route.service)["resource"][kind][name]
        assert rule["priority"] == route.priority
        assert tuple(rule["condition"][0]["path_pattern"]["values"]) == route.patterns


def test_the_architectures_counts_stand_beside_what_is_generated(said: Contents) -> None:
    verdicts = {count.what: count.verdict for count in said.counts}
    assert verdicts.pop("Security Groups") == "6 more"
    assert set(verdicts.values()) == {"as in the architecture"}
    assert next(iter(verdicts)) == "VPC"
    assert [row.architecture for row in inventory.ROWS[-2:]] == ["10+", "60+"]


def test_a_smaller_system_says_how_many_fewer(make: Make) -> None:
    said = contents(*make(SYSTEMS["no load balancer"]), TODAY, None)
    verdicts = {count.what: count.verdict for count in said.counts}
    assert (verdicts["ALB"], verdicts["IRSA Roles"]) == ("1 fewer", "4 fewer")
    assert said.routes == []


def test_every_quota_that_the_doctor_compares_is_there_as_a_number(said: Contents) -> None:
    codes = {quota.code for quota in said.quotas}
    assert {quota.code for quota in QUOTAS} | {fargate.VCPU_QUOTA} <= codes
    needed = {quota.title: quota.needed for quota in said.quotas}
    assert needed["Elastic IP addresses"] == 3
    assert needed["Fargate profiles of the cluster"] == 7
    assert needed["Fargate vCPU while a rollout replaces all pods"] == 19.5
    assert {"IAM roles", "Redshift Serverless workgroups"} <= needed.keys()
    exceeded = [quota.title for quota in said.quotas if quota.is_exceeded]
    assert exceeded == [
        f"Fargate vCPU {when}"
        for when in ("at rest", "while a rollout replaces all pods", "likewise with the most pods")
    ]


def test_accepted_warnings_are_said_with_their_places(said: Contents) -> None:
    accepted = {notice.code: notice for notice in said.notices}
    assert all(notice.is_accepted for notice in said.notices)
    assert accepted["http-only"].cases[0].next_step == "Add `domain:` with `hosted_zone:`, or `certificate_arn:`."
    assert re.fullmatch(r"services.yaml:\d+ services", accepted["fargate-vcpu-quota"].cases[0].where)
    assert [day.what for day in said.days if not day.is_past][-1].startswith("All support of Kubernetes 1.36")


def test_every_resource_has_its_address_in_its_stack(said: Contents, built: Built) -> None:
    shown = {(one.name, resource.address) for one in said.stacks for resource in one.resources}
    generated = {
        (path.split("/")[1], f"{kind}.{name}")
        for path in built
        if path.endswith("cdk.tf.json")
        for kind, named in stack(built, path.split("/")[1])["resource"].items()
        for name in named
    }
    assert shown == generated
    names = {resource.address: resource.name for one in said.stacks for resource in one.resources}
    assert names["aws_sqs_queue.order_service_queue"] == "shop-order-service"


def test_a_base_shows_what_changed_and_what_that_costs(shipped: Made, make: Make) -> None:
    services = {name: one for name, one in run_synth.shipped()["services"].items() if name != "order-service"}
    services["notification-service"] = {**services["notification-service"], "aws": ["sns"]}
    before = make(run_synth.shipped() | {"services": services})[1]
    said = contents(*shipped, TODAY, Base("main", before))
    by_stack = {change.stack: change for change in said.changes}
    assert by_stack["order-service"].is_new
    assert "aws_sqs_queue.order_service_queue" in by_stack["order-service"].added
    assert "aws_security_group.order_service" in by_stack["cluster"].added
    assert said.costs.changes[-1][0] == "in all"
    assert said.costs.changes[-1][4].startswith("+")
    page = render(said)
    assert "Changes since main" in page
    assert "Changes since" not in render(replace(said, base=None))


def test_the_page_is_well_formed_asks_for_nothing_and_names_no_id_twice(said: Contents) -> None:
    page = Page(render(said))
    assert page.open == []
    assert {tag for tag, _ in page.elements} & {"link", "iframe", "img", "object", "embed", "base", "form"} == set()
    addresses = [
        value for _, given in page.elements for name, value in given.items() if name in ("src", "href", "action")
    ]
    assert [one for one in addresses if not (one or "").startswith("#")] == []
    ids = [given["id"] for _, given in page.elements if "id" in given]
    assert sorted(set(ids), key=str) == sorted(ids, key=str)
    assert {(one or "#")[1:] for one in addresses} - set(ids) == set()
    references = re.findall(r"url\(#([^)]+)\)", render(said))
    assert set(references) <= set(ids)
    policy = next(
        given["content"] for _, given in page.elements if given.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy


def test_the_same_system_makes_the_same_bytes(said: Contents, shipped: Made) -> None:
    checked, system = shipped
    again = contents(checked, System(system.spec, dict(reversed(list(system.files.items())))), TODAY, None)
    assert render(again) == render(said)


def test_no_text_of_the_file_is_more_than_text(make: Make, said: Contents) -> None:
    checked, system = make(hostile())
    page = Page(render(contents(checked, system, TODAY, Base(TEXTS[0], system))))
    assert page.scripts == Page(render(said)).scripts
    tags = {tag for tag, _ in page.elements}
    assert tags <= {tag for tag, _ in Page(render(said)).elements}
    attributes = {name for _, given in page.elements for name in given}
    assert [name for name in attributes if name.startswith("on")] == []
    texts = "\n".join(page.texts)
    for text in TEXTS:
        # In the command, its arguments, among the variables, in the ARN of a statement, and in its condition.
        assert texts.count(text) >= 5, text
    assert f"Changes since {TEXTS[0]}" in texts


def test_an_asset_that_would_end_its_element_is_refused(
    said: Contents, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bad.js").write_text('"</script>"', encoding="utf-8")
    monkeypatch.setattr("modules.page.render._ASSETS", tmp_path)
    with pytest.raises(ValueError, match=re.escape("bad.js can't be put into a page: it has </ or <!-- in it")):
        render(said)


def test_the_command_writes_one_file_and_says_which(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "page.html"
    assert main(["report", "--file", str(SHIPPED), "--output", str(out)]) == 0
    said, told = capsys.readouterr()
    assert said == f"{out}\n"
    assert re.search(r"^\d+ KiB; open it in a browser, it needs no network\.$", told, re.MULTILINE)
    assert out.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert [file.name for file in tmp_path.iterdir()] == ["page.html"]


def test_a_mistake_writes_no_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "services.yaml"
    file.write_text("project: shop\nregion: eu-west-1\nservices: {web: {aws: [sqss]}}\n", encoding="utf-8")
    assert main(["report", "--file", str(file), "--output", str(tmp_path / "page.html")]) == 1
    assert 'Did you mean "sqs"?' in capsys.readouterr().err
    assert not (tmp_path / "page.html").exists()


def test_a_file_that_can_not_be_written_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "none" / "page.html"
    assert main(["report", "--file", str(SHIPPED), "--output", str(out)]) == 1
    assert "Name a file that can (--output), and run this again." in capsys.readouterr().err


def test_a_base_that_git_does_not_know_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "page.html"
    assert main(["report", "--file", str(SHIPPED), "--base", "no-such", "--output", str(out)]) == 1
    assert "BASE=no-such" in capsys.readouterr().err
    assert not out.exists()


def test_the_page_is_opened_in_a_browser_where_that_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    out = tmp_path / "page.html"
    assert main(["report", "--file", str(SHIPPED), "--output", str(out), "--open"]) == 0
    assert opened == [out.as_uri()]


def test_git_ignores_the_page_that_is_written_by_default() -> None:
    done = subprocess.run(["git", "check-ignore", "report.html"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout == "report.html\n"
