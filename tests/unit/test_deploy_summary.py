"""What `make deploy` says at its end, with small scripts in place of terraform and cdktf."""

from pathlib import Path

import pytest

from modules.deploy import left_to_do
from tests.support.aws_answers import AwsAnswers

from .test_deploy import Machine


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, logged_in: AwsAnswers) -> Machine:
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:/usr/bin:/bin")
    return Machine(tmp_path)


def test_it_says_where_the_system_answers_and_how_to_reach_the_cluster(
    machine: Machine, capfd: pytest.CaptureFixture[str]
) -> None:
    machine.add("edge", "network")
    machine.apply("edge", load_balancer_url="https://shop.example.com")
    machine.declare("alarm_email: ops@example.com\n")
    assert machine.run("deploy", "--auto-approve") == 0
    said = capfd.readouterr().err
    assert "The system answers at: https://shop.example.com\n" in said
    assert "kubectl reaches the cluster after: aws eks update-kubeconfig --region eu-west-1 --name shop\n" in said
    assert said.endswith("Left to do:\n  confirm the mail from AWS to ops@example.com: no alarm is sent before\n")


def test_commands_for_people_say_the_role_that_they_need(
    machine: Machine, logged_in: AwsAnswers, capfd: pytest.CaptureFixture[str]
) -> None:
    role = "arn:aws:iam::111122223333:role/deployer"
    machine.declare(f"deployer_role: {role}\n")
    machine.generate("order", aws_secretsmanager_secret={"a": {"name": "shop/order"}})
    logged_in["DescribeSecret"] = (200, {})
    assert machine.run("deploy", "--auto-approve") == 0
    said = capfd.readouterr().err
    assert f"aws eks update-kubeconfig --region eu-west-1 --name shop --role-arn {role}\n" in said
    assert said.endswith(f"  run commands of the AWS CLI as {role} (docs/production/deployer.md says how)\n")


def test_where_the_state_is_elsewhere_it_says_how_to_ask_terraform(
    machine: Machine, capfd: pytest.CaptureFixture[str]
) -> None:
    machine.add("edge", "network")
    assert machine.run("deploy", "--auto-approve") == 0
    assert "stacks/edge output -raw load_balancer_url\n" in capfd.readouterr().err


def test_it_names_a_secret_without_a_value_with_the_command_that_fills_it(
    machine: Machine, logged_in: AwsAnswers, capfd: pytest.CaptureFixture[str]
) -> None:
    machine.generate("order", aws_secretsmanager_secret={"a": {"name": "shop/order"}})
    logged_in["DescribeSecret"] = (200, {})
    assert machine.run("deploy", "--auto-approve") == 0
    filling = "aws secretsmanager put-secret-value --region eu-west-1 --secret-id shop/order"
    said = capfd.readouterr().err
    assert f"Left to do:\n  fill secret shop/order: {filling} --secret-string file://secrets.json\n" in said
    assert logged_in.asked[-1] == ("DescribeSecret", {"SecretId": "shop/order"})
    logged_in["DescribeSecret"] = (200, {"VersionIdsToStages": {"1": ["AWSCURRENT"]}})
    assert machine.run("deploy", "--auto-approve") == 0
    assert "secret" not in capfd.readouterr().err


def test_a_secret_that_may_not_be_looked_at_is_said_with_the_permission(
    machine: Machine, capfd: pytest.CaptureFixture[str]
) -> None:
    machine.generate("order", aws_secretsmanager_secret={"a": {"name": "shop/order"}})
    assert machine.run("deploy", "--auto-approve") == 0
    assert (
        "  see whether secret shop/order has a value, which this run could not: "
        "It needs the permission secretsmanager:DescribeSecret. Ask who administers the account"
    ) in capfd.readouterr().err


def test_a_deploy_that_fails_ends_without_it(machine: Machine, capfd: pytest.CaptureFixture[str]) -> None:
    (machine.root / "broken").write_text("cluster")
    assert machine.run("deploy", "--auto-approve") == 3
    assert "kubectl reaches the cluster" not in capfd.readouterr().err


IDENTITY = {"identity": {"email_identity": "orders@example.com"}}


def _left(capfd: pytest.CaptureFixture[str]) -> list[str]:
    _, _, left = capfd.readouterr().err.partition("Left to do:\n")
    return [line.strip() for line in left.splitlines()]


def test_an_address_that_is_not_confirmed_is_said_until_it_is(
    machine: Machine, logged_in: AwsAnswers, capfd: pytest.CaptureFixture[str]
) -> None:
    machine.generate("order", aws_sesv2_email_identity=IDENTITY)
    waiting = {"VerifiedForSendingStatus": False, "DkimAttributes": {"Tokens": ["of", "the", "domain"]}}
    logged_in["GET /v2/email/identities/orders%40example.com"] = (200, waiting)
    assert machine.run("deploy", "--auto-approve") == 0
    assert _left(capfd) == ["confirm the mail from AWS to orders@example.com: SES sends nothing from it before"]
    logged_in["GET /v2/email/identities/orders%40example.com"] = (200, {"VerifiedForSendingStatus": True})
    assert machine.run("deploy", "--auto-approve") == 0
    assert _left(capfd) == []


def test_a_mail_domain_is_said_with_its_dkim_records(
    machine: Machine, logged_in: AwsAnswers, capfd: pytest.CaptureFixture[str]
) -> None:
    machine.generate("order", aws_sesv2_email_identity={"identity": {"email_identity": "example.com"}})
    dkim = {"Tokens": ["abc", "def"], "Status": "PENDING"}
    answer = {"VerifiedForSendingStatus": False, "DkimAttributes": dkim}
    logged_in["GET /v2/email/identities/example.com"] = (200, answer)
    assert machine.run("deploy", "--auto-approve") == 0
    assert _left(capfd) == [
        f"create the CNAME record {token}._domainkey.example.com to {token}.dkim.amazonses.com: "
        "SES sends nothing from example.com before"
        for token in ("abc", "def")
    ]


def test_a_mail_domain_without_tokens_is_said_with_the_command_that_shows_why(
    machine: Machine, logged_in: AwsAnswers, capfd: pytest.CaptureFixture[str]
) -> None:
    machine.generate("order", aws_sesv2_email_identity={"identity": {"email_identity": "example.com"}})
    logged_in["GET /v2/email/identities/example.com"] = (200, {"VerifiedForSendingStatus": False})
    assert machine.run("deploy", "--auto-approve") == 0
    line = "aws sesv2 get-email-identity --region eu-west-1 --email-identity example.com"
    said = f"let SES verify example.com, which sends nothing before: {line} shows what it waits for"
    assert _left(capfd) == [said]


def test_an_identity_that_may_not_be_looked_at_is_said_with_the_permission(
    machine: Machine, capfd: pytest.CaptureFixture[str]
) -> None:
    machine.generate("order", aws_sesv2_email_identity=IDENTITY)
    assert machine.run("deploy", "--auto-approve") == 0
    (line,) = _left(capfd)
    said = "see whether SES has verified orders@example.com, which this run could not: It needs the permission "
    assert line.startswith(f"{said}ses:GetEmailIdentity. ")


BALANCER = "shop-1.eu-west-1.elb.amazonaws.com"
ELSEWHERE = """\
domain: shop.example.com
certificate_arn: arn:aws:acm:eu-west-1:111122223333:certificate/0f1e2d3c-4b5a-4697-8879-6a5b4c3d2e1f
hosted_zones: {example.net: Z0123456789ABCDEFGHIJ, example.com: Z0123456789ABCDEFGHIK}
"""


def _with_hosts(machine: Machine) -> None:
    machine.add("edge", "network")
    machine.declare(ELSEWHERE)
    file = machine.root / "services.yaml"
    hosts = "[shop.example.com, a.example.net, '*.example.org']"
    file.write_text(file.read_text() + f"    path: /\n    host: {hosts}\n")


def _dns(monkeypatch: pytest.MonkeyPatch, **names: str) -> None:
    """A DNS with these names and no other."""
    monkeypatch.setattr(left_to_do, "_addresses", lambda name: {names[name]} if name in names else set())


def test_the_dns_is_that_of_the_machine_and_a_name_that_it_lacks_has_no_address() -> None:
    assert "127.0.0.1" in left_to_do._addresses("localhost")
    assert left_to_do._addresses("x.invalid") == set()


def test_a_name_of_a_zone_that_is_elsewhere_is_said_until_it_leads_here(
    machine: Machine, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _with_hosts(machine)
    machine.apply("edge", load_balancer_url="https://shop.example.com", load_balancer_dns_name=BALANCER)
    before = "requests for it do not come here before"
    _dns(monkeypatch, **{BALANCER: "198.51.100.1", "shop.example.com": "203.0.113.9"})
    assert machine.run("deploy", "--auto-approve") == 0
    assert _left(capfd) == [
        f"create the CNAME record shop.example.com to {BALANCER}: {before}",
        f"create the CNAME record *.example.org to {BALANCER}: {before}",
    ]
    _dns(monkeypatch, **dict.fromkeys((BALANCER, "shop.example.com", "any.example.org"), "198.51.100.1"))
    assert machine.run("deploy", "--auto-approve") == 0
    assert _left(capfd) == []


def _with_a_private_one(machine: Machine) -> None:
    machine.add("edge", "network")
    machine.declare("load_balancers: {internal: {private: true}}\n")
    file = machine.root / "services.yaml"
    routed = "    path: /\n    host: a.example.net\n    load_balancer: internal\n"
    file.write_text(file.read_text() + routed)


def test_each_load_balancer_is_said_with_its_address_and_the_records_that_lead_to_it(
    machine: Machine, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _with_a_private_one(machine)
    further = {
        "further_load_balancer_url": {"internal": "http://b.x"},
        "further_load_balancer_dns_name": {"internal": "b.x"},
    }
    machine.apply("edge", load_balancer_url="http://a.x", load_balancer_dns_name="a.x", **further)
    _dns(monkeypatch, **{"a.x": "198.51.100.1", "b.x": "198.51.100.2", "a.example.net": "198.51.100.1"})
    assert machine.run("deploy", "--auto-approve") == 0
    said = capfd.readouterr().err
    assert "The system answers at: http://a.x\n" in said
    assert "Its load balancer internal is at: http://b.x, and answers for a.example.net\n" in said
    assert "create the CNAME record a.example.net to b.x: " in said


def test_where_the_state_is_elsewhere_a_further_load_balancer_is_asked_of_terraform(
    machine: Machine, capfd: pytest.CaptureFixture[str]
) -> None:
    _with_a_private_one(machine)
    assert machine.run("deploy", "--auto-approve") == 0
    said = capfd.readouterr().err
    assert "stacks/edge output -json further_load_balancer_url" in said
    assert "stacks/edge output -json further_load_balancer_dns_name prints: " in said


def test_where_the_state_is_elsewhere_the_record_names_the_command_that_prints_its_target(
    machine: Machine, capfd: pytest.CaptureFixture[str]
) -> None:
    _with_hosts(machine)
    assert machine.run("deploy", "--auto-approve") == 0
    first, _ = _left(capfd)
    assert first.startswith("create the CNAME record shop.example.com to what terraform -chdir=")
    assert "stacks/edge output -raw load_balancer_dns_name prints: " in first
