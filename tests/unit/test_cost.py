"""What a month costs: the arithmetic on a small frozen system, the prices, and what nobody knows."""

import re
from datetime import date
from io import StringIO

import pytest
from rich.console import Console

from modules.facts import fargate, prices
from modules.reports import cost
from modules.reports.cheaper import variants
from modules.reports.cost import Line
from modules.reports.cost_json import as_json
from modules.reports.cost_report import Report, text
from modules.reports.usage import control_plane
from modules.spec.model import Spec
from modules.spec.pod_size import billed
from tests.unit.conftest import TODAY, Check

IRELAND = "eu-west-1"

# Terraform's JSON of a made-up system, with what AWS bills.
FROZEN: cost.Stacks = {
    "network": {
        "aws_nat_gateway": {"zone_a": {}, "zone_b": {}},
        "aws_eip": {"nat_a": {}, "nat_b": {}},
        "aws_vpc_endpoint": {
            "s3": {"vpc_endpoint_type": "Gateway"},
            "sts": {"vpc_endpoint_type": "Interface", "subnet_ids": ["a", "b"]},
        },
        "aws_kms_key": {"logs": {"enable_key_rotation": True}, "other": {}},
        "aws_cloudwatch_log_group": {"flow_logs": {}},
    },
    "cluster": {
        "aws_eks_cluster": {"main": {}},
        "aws_eks_addon": {
            name: {"addon_name": name.replace("_", "-")} for name in ("coredns", "metrics_server", "kube_proxy")
        },
    },
    "data": {
        "aws_rds_cluster": {"main": {"manage_master_user_password": True}},
        "aws_rds_cluster_instance": {"a": {}, "b": {}},
        "aws_elasticache_replication_group": {"main": {"num_cache_clusters": 2, "node_type": "cache.t4g.small"}},
    },
    "edge": {
        "aws_lb": {"main": {"internal": False}},
        "aws_wafv2_web_acl": {"main": {"rule": [{}, {}, {}]}},
        "aws_cloudwatch_metric_alarm": {
            "one": {},
            "part": {"metric_query": [{"expression": "part / whole"}, {"metric": {}}, {"metric": {}}]},
        },
    },
    "platform": {
        "aws_cloudwatch_dashboard": {"main": {}},
        "helm_release": {
            "controller": {"name": "aws-load-balancer-controller", "namespace": "kube-system"},
            "users": {"name": "database-users", "namespace": "kube-system"},
        },
    },
    "shop": {
        "helm_release": {
            "network": {"name": "shop-network", "namespace": "shop"},
            "pods": {"name": "shop", "namespace": "shop"},
        },
        "aws_secretsmanager_secret": {"shop": {}},
        "aws_redshiftserverless_workgroup": {"shop": {"max_capacity": 16}},
    },
}
# What, meter, number at rest and at most, dollars at rest and at most: by hand, a month of 730 hours.
BY_HAND = {
    "NAT gateways": (2, 2, 70.08, 70.08),  # 2 x 730 x 0.048
    "Public IPv4 addresses": (4, 4, 14.60, 14.60),  # 2 of NAT and 2 of the load balancer, x 730 x 0.005
    "Private endpoints, in each zone": (2, 2, 16.06, 16.06),  # 2 x 730 x 0.011
    "KMS keys": (2, 4, 2.00, 4.00),  # 1 a key; 2 more after two rotations of the one that rotates
    "Log lines taken in, GB": (1, 10, 0.57, 5.70),
    "EKS control plane, standard support": (1, 1, 73.00, 73.00),  # 730 x 0.10
    # CoreDNS 2, metrics-server 2, controller 2 of 0.25 vCPU and 0.5 GB; shop 2 to 4 of 1 vCPU and 2 GB.
    "Fargate pods, vCPU": (3.5, 5.5, 103.4264, 162.5272),  # x 730 x 0.04048
    "Fargate pods, GB of memory": (7, 11, 22.71395, 35.69335),  # x 730 x 0.004445
    "Secrets": (2, 2, 0.80, 0.80),  # Aurora's master, and shop's: x 0.40
    "Aurora capacity (ACU)": (1, 8, 102.20, 817.60),  # two instances of 0.5 to 4 ACU, x 730 x 0.14
    "Redis nodes, cache.t4g.small": (2, 2, 49.64, 49.64),  # 2 x 730 x 0.034
    "Load balancer": (1, 1, 18.396, 18.396),  # 730 x 0.0252
    "Load balancer capacity units": (0, 1, 0, 5.84),  # 730 x 0.008
    "Web ACL": (1, 1, 5.00, 5.00),
    "Rules and rule groups of the web ACL": (3, 3, 3.00, 3.00),
    "Requests that the firewall reads, millions": (0, 10, 0.00, 6.00),
    "Alarms, by metric": (3, 3, 0.30, 0.30),  # one, and the two of an expression, x 0.10
    "Dashboards": (1, 1, 3.00, 3.00),
    "Redshift Serverless capacity (RPU)": (0, 16, 0, None),  # its price in Ireland was not found
}
SHOP = "shop: {path: /, pods: 2, max_pods: 4, cpu: 1, memory: 2GB}"


@pytest.fixture
def spec(system: Check) -> Spec:
    """The frozen system as services.yaml."""
    result = system(SHOP, "zones: [a, b]\ndatabase: {min_acu: 0.5, max_acu: 4}\n")
    assert result.spec is not None, result.mistakes
    return result.spec


def _dollars(amount: cost.Amount) -> float:
    """Of an amount without an unknown part."""
    assert amount.is_whole
    return amount.usd


def test_every_line_is_what_was_computed_by_hand(spec: Spec) -> None:
    lines = cost.by_what(cost.bill(FROZEN, spec, TODAY, IRELAND).lines)
    assert {line.what for line in lines} == set(BY_HAND)
    for line in lines:
        at_rest, at_most, usd_at_rest, usd_at_most = BY_HAND[line.what]
        assert (line.at_rest, line.at_most) == (at_rest, at_most), line.what
        assert line.usd(at_rest) == pytest.approx(usd_at_rest), line.what
        assert line.usd(at_most) == (None if usd_at_most is None else pytest.approx(usd_at_most)), line.what


def test_the_total_is_their_sum_and_says_that_one_is_unknown(spec: Spec) -> None:
    bill = cost.bill(FROZEN, spec, TODAY, IRELAND)
    total = cost.total(bill.lines)
    # 70.08+14.60+16.06+2+0.57+73+103.4264+22.71395+0.80+102.20+49.64+18.396+5+3+0.30+3
    assert _dollars(total.at_rest) == pytest.approx(484.78635)
    # The same with 4, 5.70, 162.5272, 35.69335, 817.60 and 5.84 instead.
    assert total.at_most.usd == pytest.approx(1291.23655)
    assert not total.at_most.is_whole
    assert [line.what for line in cost.without_price(bill.lines)] == ["Redshift Serverless capacity (RPU)"]


def test_each_stack_has_its_own_part(spec: Spec) -> None:
    lines = [line for line in cost.bill(FROZEN, spec, TODAY, IRELAND).lines if line.stack == "cluster"]
    # 73 for the control plane; 4 pods: 1 vCPU is 29.5504, 2 GB are 6.4897.
    assert _dollars(cost.total(lines).at_rest) == pytest.approx(109.0401)


def test_a_region_without_prices_has_no_costs_but_those_that_are_the_same_everywhere(spec: Spec) -> None:
    bill = cost.bill(FROZEN, spec, TODAY, "sa-east-1")
    known = {line.what for line in bill.lines if line.price}
    assert known == {"EKS control plane, standard support", "KMS keys", "Web ACL", "Dashboards"} | {
        "Rules and rule groups of the web ACL",
        "Requests that the firewall reads, millions",
    }
    total = cost.total(bill.lines).at_rest
    assert total.usd == pytest.approx(73 + 2 + 5 + 3 + 3)
    assert not total.is_whole


@pytest.mark.parametrize("region", ["us-gov-west-1", "cn-north-1"])
def test_prices_of_everywhere_are_not_those_of_other_partitions(region: str) -> None:
    assert prices.price("kms-key", "", IRELAND) is not None
    assert prices.price("kms-key", "", region) is None


# Meter -> the service of AWS's price list that has it; https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/using-price-list-query-api.html.
LISTS = {
    "fargate-vcpu": "AmazonECS",
    "fargate-gb": "AmazonECS",
    "nat-gateway": "AmazonEC2",
    "interface-endpoint": "AmazonVPC",
    "public-ipv4": "AmazonVPC",
    "load-balancer": "AWSELB",
    "load-balancer-lcu": "AWSELB",
    "aurora-acu": "AmazonRDS",
    "redis": "AmazonElastiCache",
    "secret": "AWSSecretsManager",
    "alarm-metric": "AmazonCloudWatch",
    "custom-metric": "AmazonCloudWatch",
    "log-gb": "AmazonCloudWatch",
}


@pytest.mark.parametrize(("meter", "kind", "region"), prices._PRICES)
def test_every_price_has_a_day_and_a_source_that_is_of_its_meter_and_region(meter: str, kind: str, region: str) -> None:
    price = prices._PRICES[meter, kind, region]
    assert price.usd > 0
    assert date(2025, 1, 1) < price.read <= date(2026, 12, 31)
    page, service = prices.METERS[meter].page, LISTS.get(meter)
    file = rf"https://pricing\.us-east-1\.amazonaws\.com/offers/v1\.0/aws/{service}/(current|\d{{14}})/{region}/index\.json"
    is_in_list = service is not None and re.fullmatch(file, price.source)
    assert price.source == page or is_in_list
    if region == prices.EVERYWHERE:
        assert price.source == page, "no file of the price list is of every region"


def test_no_price_is_there_twice_and_redis_alone_has_node_types() -> None:
    assert len(prices._PRICES) == len(prices._ROWS)
    assert {meter for meter, kind, _ in prices._PRICES if kind} == {"redis"}
    assert {kind.split(".")[0] for meter, kind, _ in prices._PRICES if meter == "redis"} == {"cache"}


def _report(spec: Spec, region: str = IRELAND, stacks: cost.Stacks = FROZEN) -> Report:
    return Report(spec, region, stacks, cost.bill(stacks, spec, TODAY, region), [])


def _printed(report: Report) -> str:
    console = Console(width=200, file=StringIO(), highlight=False)
    for part in text(report):
        console.print(part)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_the_sum_of_the_stacks_and_of_the_lines_is_the_total(spec: Spec) -> None:
    found = as_json(_report(spec))
    assert found["total"]["at_rest"] == 484.79
    assert sum(stack["at_rest"] for stack in found["stacks"].values()) == pytest.approx(484.79, abs=0.03)
    assert sum(line["usd"]["at_rest"] for line in found["lines"]) == pytest.approx(484.79, abs=0.1)
    assert found["total"]["is_whole"] == {"at_rest": True, "at_most": False}
    assert found["unknown_prices"] == [
        {"what": "Redshift Serverless capacity (RPU)", "page": "https://aws.amazon.com/redshift/pricing/"}
    ]


def test_each_line_for_programs_names_its_price_with_source_and_day(spec: Spec) -> None:
    lines = as_json(_report(spec))["lines"]
    (nat,) = [line for line in lines if line["what"] == "NAT gateways"]
    source = "https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AmazonEC2/20260925174521/eu-west-1/index.json"
    assert nat == {
        "stack": "network",
        "what": "NAT gateways",
        "unit": "gateway",
        "number": {"at_rest": 2, "at_most": 2},
        "price": {"usd": 0.048, "source": source, "read": "2026-10-02"},
        "usd": {"at_rest": 70.08, "at_most": 70.08},
    }
    (warehouse,) = [line for line in lines if line["unit"] == "RPU"]
    assert (warehouse["price"], warehouse["usd"]) == (None, {"at_rest": 0.0, "at_most": None})


def test_an_unknown_price_is_said_and_never_counted_as_nothing(spec: Spec) -> None:
    printed = _printed(_report(spec))
    assert re.search(r"\n +Redshift Serverless capacity \(RPU\) +0 to 16 +\? an hour +0\.00 +\? *\n", printed)
    assert re.search(r"\n +in all +484\.79 +1,291\.24 \+ \? *\n", printed)
    missing = "?  No source was found for these prices in eu-west-1: Redshift Serverless capacity (RPU)."
    assert missing in printed


def test_prices_of_another_region_are_said_to_be_that(spec: Spec) -> None:
    elsewhere = spec.model_copy(update={"region": "eu-north-1"})
    own = _printed(_report(elsewhere, "eu-north-1"))
    assert (
        "Prices are known for eu-west-1, eu-central-1, us-east-1: make cost REGION=eu-west-1 counts with those" in own
    )
    assert "NAT gateways; " in own
    other = _printed(_report(elsewhere, IRELAND))
    assert "These are prices of eu-west-1, not of eu-north-1." in other


def test_a_type_that_is_new_to_the_report_is_said(spec: Spec) -> None:
    printed = _printed(_report(spec, stacks={"network": {"aws_new_thing": {"main": {}}}}))
    assert "?  aws_new_thing: this report does not know how AWS bills it." in printed


def test_a_type_of_resource_in_no_table_is_named(spec: Spec) -> None:
    bill = cost.bill({"network": {"aws_new_thing": {"main": {}}, "aws_vpc": {"main": {}}}}, spec, TODAY, IRELAND)
    assert bill == ([], ["aws_new_thing"])


@pytest.mark.parametrize(
    ("today", "policy", "meter"),
    [
        (date(2027, 8, 2), "extended", "eks-standard"),
        (date(2027, 8, 3), "extended", "eks-extended"),
        (date(2027, 8, 3), "standard", "eks-standard"),
    ],
)
def test_the_control_plane_costs_more_from_the_day_after_standard_support(today: date, policy: str, meter: str) -> None:
    assert control_plane("1.36", policy, today).meter == meter


def test_the_price_of_a_kubernetes_version_that_is_not_known_is_unknown() -> None:
    usage = control_plane("1.99", "extended", TODAY)
    assert usage.what == "EKS control plane (1.99)"
    assert prices.price(usage.meter, usage.kind, IRELAND) is None


@pytest.mark.parametrize(
    ("cpu", "request_mib", "size"),
    [
        (0.25, 256, (0.25, 0.5)),
        (0.1, 200, (0.25, 0.5)),
        (0.25, 257, (0.25, 1)),
        (0.25, 1900, (0.5, 3)),
        (1, 8192, (2, 9)),  # https://docs.aws.amazon.com/eks/latest/userguide/fargate-pod-configuration.html
        (3, 1000, (4, 8)),
    ],
)
def test_fargate_bills_the_smallest_size_that_holds_the_request(
    cpu: float, request_mib: int, size: tuple[float, float]
) -> None:
    assert billed(cpu, request_mib) == size


def test_every_size_that_can_be_declared_is_billed_as_declared() -> None:
    for cpu, sizes in fargate.SIZES.items():
        for gb in sizes:
            assert billed(cpu, round(gb * 1024) - fargate.OVERHEAD_MIB) == (cpu, gb)


def test_a_pod_that_fargate_does_not_have_is_an_error() -> None:
    with pytest.raises(ValueError, match="Fargate has no pod for 32 vCPU and 1024 MiB"):
        billed(32, 1024)


def test_a_change_is_told_by_what_was_and_what_is() -> None:
    price = prices.price("nat-gateway", "", IRELAND)
    one, three = (Line("network", "NAT gateways", "nat-gateway", number, number, price) for number in (1, 3))
    same = Line("edge", "Dashboards", "dashboard", 1, 1, None)
    gone = Line("data", "Secrets", "secret", 2, 2, prices.price("secret", "", IRELAND))
    pairs = cost.differences([one, same, gone], [three, same])
    assert [(was.at_rest, now.at_rest) for was, now in pairs] == [(1, 3), (2, 0)]
    assert [cost.change(was, now).at_rest.usd for was, now in pairs] == pytest.approx([70.08, -0.80])
    assert _dollars(cost.sum_of(cost.change(was, now) for was, now in pairs).at_most) == pytest.approx(69.28)


def test_what_is_cheaper_is_valid_and_says_what_it_gives_up(spec: Spec) -> None:
    found = {variant.write: variant for variant in variants(spec, TODAY)}
    assert list(found) == [
        "network: {nat_gateways: single}",
        "network: {endpoints: [s3]}",
        "database: none",
        "database: {instances: 1}",
        "database: {min_acu: 0}",
        "cache: none",
        "load_balancer: {waf: {enabled: false}}",
        "network: {flow_logs: false}",
        "pods: 1, and max_pods as it is",
    ]
    assert all(variant.gives_up for variant in found.values())
    one_pod = found["pods: 1, and max_pods as it is"].spec.services["shop"]
    assert (one_pod.pods, one_pod.max_replicas) == (1, 4)


def test_a_version_in_extended_support_is_the_first_thing_to_save(system: Check) -> None:
    spec = system(SHOP, 'cluster: {version: "1.33"}\n').spec
    assert spec is not None
    first = next(variants(spec, TODAY))
    assert first.write == 'cluster: {version: "1.36"}'
    assert "one minor version at a time" in first.gives_up


def test_nothing_is_offered_that_the_rules_refuse(system: Check) -> None:
    spec = system("shop: {path: /, aws: [redshift]}").spec
    assert spec is not None
    assert "zones: two instead of three" not in [variant.write for variant in variants(spec, TODAY)]
