"""Zones follow the region: the default has only zones that exist, and what EKS refuses is said before a VPC is made."""

import pytest
from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend

from modules.facts import zones
from modules.facts.regions import REGIONS
from modules.facts.zones import OF_THE_ACCOUNT
from tests.support.apply_edit import apply_edit
from tests.unit.conftest import Check, mistakes, warnings

FILE = "project: shop\nregion: {region}\n{zones}services: {{}}\n"


@pytest.mark.parametrize("region", sorted(set(REGIONS) - set(OF_THE_ACCOUNT)))
def test_the_letters_are_those_that_moto_recorded(region: str) -> None:
    assert zones.letters(region) == tuple(zone.name[-1] for zone in RegionsAndZonesBackend.zones[region])


@pytest.mark.parametrize(
    ("region", "expected"),
    [("eu-west-1", "abc"), ("ap-northeast-1", "acd"), ("ca-central-1", "abd"), ("cn-north-1", "ab"), ("xx-y-1", "abc")],
)
def test_without_zones_a_system_has_those_of_its_region(checked: Check, region: str, expected: str) -> None:
    result = checked(FILE.format(region=region, zones=""))
    assert result.spec
    assert result.spec.zones == tuple(expected)
    assert "unknown-zone" not in warnings(result)


def test_a_region_whose_zones_depend_on_the_account_asks_for_them(checked: Check) -> None:
    text = mistakes(checked(FILE.format(region="us-west-1", zones="")))
    assert text == (
        "services.yaml:1 zones\n  Which zones us-west-1 offers depends on the account, so they have no default.\n"
        "  Write two of those that `aws ec2 describe-availability-zones --region us-west-1` names, such as "
        "`zones: [a, c]`."
    )
    assert checked(FILE.format(region="us-west-1", zones="zones: [b, c]\n")).spec


def test_a_zone_that_the_region_does_not_have_is_said_with_the_list_that_it_has(checked: Check) -> None:
    file = FILE.format(region="ap-northeast-1", zones="zones: [a, b, c]\n")
    result = checked(file)
    text = warnings(result)["unknown-zone"]
    assert text.startswith("services.yaml:3 zones\n  warning [unknown-zone]: ")
    assert f"ap-northeast-1 had the zones a, c, d as of {zones.AS_OF}, and not b." in text
    assert "Write `zones: [a, c, d]`, unless `aws ec2 describe-availability-zones --region ap-northeast-1`" in text
    (edit,) = (problem.edit for problem in result.warnings if problem.code == "unknown-zone")
    assert edit
    fixed = checked(apply_edit(edit, file, result.document))
    assert fixed.spec
    assert fixed.spec.zones == ("a", "c", "d")
    assert "unknown-zone" not in warnings(fixed)


def test_a_zone_of_an_unknown_region_is_not_judged(checked: Check) -> None:
    assert "unknown-zone" not in warnings(checked(FILE.format(region="eu-west-9", zones="zones: [a, f]\n")))


def test_a_zone_that_eks_refuses_is_a_mistake_where_its_letter_is_known(checked: Check) -> None:
    file = FILE.format(region="ca-central-1", zones="zones: [a, b, c]\n")
    result = checked(file)
    assert "EKS accepts no subnet in ca-central-1c, which is cac1-az3.\n  Write `zones: [a, b, d]`." in mistakes(result)
    (edit,) = (problem.edit for problem in result.mistakes)
    assert edit
    assert checked(apply_edit(edit, file, result.document)).spec


@pytest.mark.parametrize(
    ("region", "listed", "refused"), [("us-east-1", "abcdef", "use1-az3"), ("us-west-1", "abc", "usw1-az2")]
)
def test_all_zones_of_a_region_with_one_that_eks_refuses_are_a_mistake(
    checked: Check, region: str, listed: str, refused: str
) -> None:
    text = mistakes(checked(FILE.format(region=region, zones=f"zones: [{', '.join(listed)}]\n")))
    assert f"One of all zones of {region} is {refused}, in which EKS accepts no subnet.\n  Leave that one out;" in text
    assert checked(FILE.format(region=region, zones=f"zones: [{', '.join(listed[:2])}]\n")).spec


def test_a_warehouse_in_a_region_of_two_zones_needs_another_region(checked: Check) -> None:
    text = mistakes(checked("project: shop\nregion: cn-north-1\nservices: {a: {aws: redshift}}\n"))
    assert "needs 3 zones, and `zones:` has 2.\n  Use another region, or remove `redshift`." in text


@pytest.mark.parametrize("region", ["!x eu-west-1", "5", "[a]", "Europe", '""'])
def test_a_region_that_is_a_mistake_is_the_only_one_where_zones_follow_from_it(checked: Check, region: str) -> None:
    assert mistakes(checked(FILE.format(region=region, zones=""))).startswith("services.yaml:2 region\n")
    assert len(checked(FILE.format(region=region, zones="")).mistakes) == 1
