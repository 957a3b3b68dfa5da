"""Several load balancers in services.yaml: what is wrong, what is said, and what is counted for each of them."""

import pytest

from modules.checks.rules import routes
from modules.design import connectivity, hosts, lifelong_keys
from modules.facts import load_balancer
from modules.naming import Names
from modules.plan import unreachable
from modules.plan.change import Change
from modules.reports import matrix
from tests.unit.conftest import Check, mistakes, warnings

INTERNAL = "load_balancers: {internal: {private: true}}\n"
LISTENER = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/shared/50dc6c495c0c9188/f2f7dc8efc522ab2"
EXISTING = f"{{listener_arn: '{LISTENER}'}}"
DOMAIN = "domain: example.com\nhosted_zone: Z1\nhosted_zones: {example.org: Z2}\n"
ADMIN = "a: {path: /, host: a.example.com, load_balancer: internal}"


@pytest.mark.parametrize(
    ("services", "platform", "where", "what", "step"),
    [
        (
            "a: {path: /, host: a.example.com, load_balancer: intern}",
            INTERNAL,
            "services.a.load_balancer",
            '"intern" is none of `load_balancers:`. (see line 4)',
            'Did you mean "internal"?',
        ),
        (
            ADMIN,
            "",
            "services.a.load_balancer",
            '"internal" is none of `load_balancers:`.',
            "Add `load_balancers: {internal: {private: true}}`, or remove this.",
        ),
        (
            "a: {load_balancer: internal}",
            INTERNAL,
            "services.a.load_balancer",
            "a has no path, so no load balancer routes to it.",
            "Add `path: /` with a `host:`, or remove it.",
        ),
        (
            "a: {path: /admin, load_balancer: internal}",
            INTERNAL + DOMAIN,
            "services.a.load_balancer",
            "Paths without a host are for the first load balancer, where clients find them at example.com.",
            "Add `host: …`, a name that leads to internal; or remove `load_balancer`.",
        ),
        (
            "a: {path: /admin, host: example.com, load_balancer: internal}",
            INTERNAL + DOMAIN,
            "services.a.host[0]",
            "example.com leads to the first load balancer already. (see line 5)",
            "Use another host, or the same load balancer.",
        ),
        (
            f"{ADMIN}\nb: {{path: /b, host: a.example.com}}",
            INTERNAL,
            "services.b.host[0]",
            "a.example.com leads to load balancer internal already.",
            "Use another host, or the same load balancer.",
        ),
        (
            "{}",
            f"load_balancer: none\n{INTERNAL}",
            "load_balancers",
            "There is no first load balancer that these could be further ones to. (see line 4)",
            "Write what one of them has under `load_balancer:`, in place of `none`.",
        ),
        (
            "{}",
            f"load_balancers: {{a: {EXISTING}, b: {EXISTING.replace('522ab2', '522ab3')}}}\n",
            "load_balancers.b.listener_arn",
            "This load balancer has another name already.",
            "Name one of its listeners only.",
        ),
        (
            "{}",
            f"load_balancers: {{a: {{listener_arn: '{LISTENER}', private: true}}}}\n",
            "load_balancers.a.private",
            "`private` has no effect: the existing load balancer has its own scheme.",
            "Remove it.",
        ),
        (
            "{}",
            f"load_balancers: {{a: {{listener_arn: '{LISTENER.replace('eu-west-1', 'eu-west-2')}'}}}}\n",
            "load_balancers.a.listener_arn",
            "The listener is in eu-west-2, and the system in eu-west-1 can't use it. (see line 2)",
            "Use a listener in eu-west-1.",
        ),
        (
            "load-balancer-internal: {}",
            INTERNAL,
            "services.load-balancer-internal",
            "AWS names of load-balancer-internal would be those of load balancer internal. (see line 4)",
            "Rename the service, or the load balancer.",
        ),
        (
            "{}",
            "load_balancers: {a--b: {}}\n",
            "load_balancers.a--b",
            (
                '"a--b" is not a name of a load balancer, of at most 20 lower-case letters and digits, with '
                "single hyphens."
            ),
            "Write a value such as internal.",
        ),
        (
            "{}",
            (
                "zones: [a, b]\nload_balancer: {private: true}\nload_balancers: {a: {}}\n"
                "network: {vpc_id: vpc-0a1b2c3d, endpoints: [], "
                "private_subnet_ids: [subnet-0a1b2c3d, subnet-0a1b2c3e]}\n"
            ),
            "network.vpc_id",
            "A load balancer on the internet needs public subnets of the existing VPC. (see line 6)",
            (
                "Add `public_subnet_ids: [subnet-…]`, one in each zone, or write `a: {private: true}` under "
                "`load_balancers:`."
            ),
        ),
    ],
)
def test_a_mistake_about_load_balancers_is_named(
    system: Check, services: str, platform: str, where: str, what: str, step: str
) -> None:
    text = mistakes(system(services, platform=platform))
    assert f" {where}\n  {what}\n  {step}" in text


def test_one_priority_on_two_load_balancers_is_none_too_many(system: Check) -> None:
    services = f"{ADMIN[:-1]}, priority: 7}}\nb: {{path: /b, priority: 7}}"
    assert system(services, platform=INTERNAL).mistakes == []
    assert "both get priority 7" in mistakes(system(services.replace(", load_balancer: internal", "")))
    both = system(f"{services}\nc: {{path: /c, host: c.example.com, load_balancer: internal}}", platform=INTERNAL).spec
    assert both is not None
    assert routes.free_priority(both, "b", 6) == 8
    assert routes.free_priority(both, "c", 7) == 8


def test_a_route_is_hidden_by_those_of_its_own_load_balancer_only(system: Check) -> None:
    services = "a: {path: /a/b, host: a.example.com, load_balancer: internal, priority: 9}\nb: {path: /a, priority: 1}"
    assert system(services, platform=INTERNAL).mistakes == []
    assert "is never reached" in mistakes(system(services.replace(", load_balancer: internal", "")))


def test_each_load_balancer_has_a_hundred_target_groups(system: Check) -> None:
    most = load_balancer.TARGET_GROUPS
    of_first = "\n".join(f"s{n}: {{path: /p{n}}}" for n in range(most))
    of_second = "\n".join(
        f"t{n}: {{path: /, host: h{n}.example.com, load_balancer: internal, priority: {n + 1}}}" for n in range(most)
    )
    assert system(f"{of_first}\n{of_second}", platform=INTERNAL).mistakes == []
    text = mistakes(system(f"{of_first}\n{of_second}\nu: {{path: /u}}", platform=INTERNAL))
    assert "This is service number 101 with a path" in text
    assert "give it another one of `load_balancers:`, and a host." in text


def test_quotas_are_counted_for_each_and_say_which_it_is(system: Check) -> None:
    services = (
        "a: {path: /, host: a.example.com, load_balancer: internal, pods: 1, max_pods: 1001}\n"
        "b: {path: /b, pods: 1, max_pods: 999}"
    )
    (found,) = [one for one in system(services, platform=INTERNAL).warnings if one.code == "load-balancer-targets"]
    assert found.path == ("load_balancers", "internal")
    assert "raise quota L-7E6692B2 to 1001." in found.next_step
    paths = ", ".join(f"/p{n}" for n in range(60))
    half = f"a: {{path: [{paths}], priority: 100}}\nb: {{path: [{paths}], host: b.example.com, priority: 1"
    assert "listener-rules" in warnings(system(f"{half}}}", platform=INTERNAL))
    assert "listener-rules" not in warnings(system(f"{half}, load_balancer: internal}}", platform=INTERNAL))


def test_certificates_are_counted_for_each(system: Check) -> None:
    def of(balancer: str) -> str:
        return "\n".join(
            f"s{n}: {{path: /, host: h{n}.example.org, priority: {n + 1}{balancer if n % 2 else ''}}}"
            for n in range(26)
        )

    assert "26 hosts need" in warnings(system(of(""), platform=INTERNAL + DOMAIN))["listener-certificates"]
    split = warnings(system(of(", load_balancer: internal"), platform=INTERNAL + DOMAIN))
    assert "listener-certificates" not in split


def test_one_that_nobody_uses_is_said_with_its_price(system: Check) -> None:
    (found,) = [
        one for one in system("b: {path: /b}", platform=INTERNAL).warnings if one.path == ("load_balancers", "internal")
    ]
    assert found.what.startswith("No service uses load balancer internal with its firewall: none has `load_balancer:")
    assert "USD a month" in found.what
    assert found.next_step == "Remove it, or accept it if one will."
    first = warnings(system(ADMIN, platform=INTERNAL))["unused-resource"]
    assert "Before the first deploy, write what another has under `load_balancer:`." in first


def test_a_host_on_an_existing_one_has_the_certificate_of_its_owner(system: Check) -> None:
    platform = f"{DOMAIN}load_balancers: {{internal: {{}}, other: {{listener_arn: '{LISTENER}'}}}}\n"
    services = (
        "a: {path: /, host: a.example.org, load_balancer: internal}\n"
        "b: {path: /, host: [b.example.org, b.example.net], load_balancer: other, protocol: grpc}"
    )
    spec = system(services, platform=platform).spec
    assert spec is not None
    assert [one.host for one in hosts.certificates(spec, "a")] == ["a.example.org"]
    assert hosts.certificates(spec, "b") == []
    assert [one.host for one in hosts.records(spec, "b")] == ["b.example.org"]


def test_a_certificate_is_for_a_further_one_where_the_first_is_others(system: Check) -> None:
    certificate = "certificate_arn: 'arn:aws:acm:eu-west-1:111122223333:certificate/a'\n"
    first = f"load_balancer: {{listener_arn: '{LISTENER}'}}\n"
    assert "`certificate_arn` has no effect" in mistakes(system(platform=certificate + first))
    spec = system(f"{ADMIN}\nb: {{path: /b}}", platform=certificate + first + INTERNAL).spec
    assert spec is not None
    into = {(edge.source, edge.target, edge.ports) for edge in connectivity.edges(spec) if "balancer" in edge.target}
    assert into == {("private networks", "load balancer internal", ((port, port),)) for port in (80, 443)}


def test_the_matrix_has_each_with_those_whom_it_routes_to(system: Check) -> None:
    spec = system(f"{ADMIN}\nb: {{path: /b}}", platform=INTERNAL).spec
    assert spec is not None
    found = {row[:2] for row in matrix.connections(spec) if "balancer" in f"{row[0]} {row[1]}"}
    assert found == {
        ("internet", "load balancer"),
        ("private networks", "load balancer internal"),
        ("load balancer", "b"),
        ("load balancer internal", "a"),
    }


def test_its_kind_binds_for_life_as_that_of_the_first(system: Check) -> None:
    before = system(platform=INTERNAL).spec
    after = system(platform=INTERNAL.replace("true", "false")).spec
    assert before is not None
    assert after is not None
    record = lifelong_keys.recorded(before)
    assert record["load_balancers.internal.private"] is True
    (found,) = lifelong_keys.changed(lambda stack, kind: (record, []), [record], after)
    assert found.path == ("load_balancers", "internal", "private")
    assert found.what.startswith("It is false, and was true when it was deployed. It would be replaced")
    assert found.next_step.endswith("Or add another under `load_balancers:`, and let the services name it.")
    assert list(lifelong_keys.changed(lambda stack, kind: (record, []), [record], before)) == []


def test_names_differ_and_fit_what_aws_takes() -> None:
    names = Names("twenty-letters-long1", "twelve-chars")
    assert names.load_balancer(None).startswith("twenty-letters-long1-")
    further = [names.load_balancer(one) for one in ("internal", "internal-2")]
    assert len({*further, names.load_balancer(None)}) == 3
    assert {len(one) for one in further} == {32}
    assert Names("shop").load_balancer("internal") == "shop-load-balancer-internal"
    assert Names("shop").waf_log_group("internal") == "aws-waf-logs-shop/internal"


def test_a_plan_says_only_the_routes_of_the_load_balancer_that_goes() -> None:
    rule = {"listener_arn": '${data.terraform_remote_state.edge.outputs.further_listener_arn["team-2"]}'}
    first = {"listener_arn": "${data.terraform_remote_state.edge.outputs.listener_arn}"}
    configurations = {
        "a": {"resource": {"aws_lb_listener_rule": {"a": rule, "a_b": rule}}},
        "b": {"resource": {"aws_lb_listener_rule": {"b": first}}},
    }
    gone = Change("edge", "aws_lb", "aws_lb.load_balancer_team_2", "replace", {}, {})
    record = Change("a", "aws_route53_record", "aws_route53_record.a_x", "update", {"name": "a.x.com"}, {})
    said = unreachable.sentences([gone, record], configurations)
    assert said[0].startswith("All 2 routes answer 404 until the services are applied (a):")
    assert said[1].startswith("The load balancer gets another address in DNS:")
    assert said[1].endswith("follows once a is applied.")
    listener = Change("edge", "aws_lb_listener", "aws_lb_listener.load_balancer_team_2_http", "replace", {}, {})
    assert "All 2 routes" in unreachable.sentences([listener], configurations)[0]
    main = Change("edge", "aws_lb_listener", "aws_lb_listener.http", "replace", {}, {})
    assert unreachable.sentences([main], configurations)[0].startswith("The only route answers 404")


def test_where_the_first_is_existing_https_is_by_a_certificate_alone(system: Check) -> None:
    existing = f"load_balancer: {EXISTING}\n{INTERNAL}"
    said = warnings(system(ADMIN, platform=existing))["http-only"]
    assert "Add `certificate_arn:`." in said
    text = mistakes(system(ADMIN, platform=f"{existing}domain: example.com\n"))
    assert "Write `certificate_arn` for the others in place of `domain`." in text
