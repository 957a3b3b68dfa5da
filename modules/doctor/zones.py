"""Whether the account offers the zones of services.yaml, and EKS accepts subnets in them; they are fixed for life."""

from collections.abc import Iterator

from modules.doctor.finding import Finding, ok, problem
from modules.doctor.subject import Subject
from modules.facts.zones import REFUSED_BY_EKS


def zones(subject: Subject) -> Iterator[Finding]:
    """One finding for all zones that are not offered, and one for each in which EKS accepts no subnet."""
    region, wanted = subject.account.region, subject.spec.zones
    filters = [{"Name": "zone-type", "Values": ["availability-zone"]}, {"Name": "region-name", "Values": [region]}]
    answer = subject.account.ask("ec2", "describe_availability_zones", Filters=filters)["AvailabilityZones"]
    ids = {zone["ZoneName"].removeprefix(region): zone["ZoneId"] for zone in answer if zone["State"] == "available"}
    refused = REFUSED_BY_EKS.get(region)
    usable = sorted(letter for letter, zone_id in ids.items() if zone_id != refused)
    step = f"Write `zones: [{', '.join(usable[: max(len(wanted), 2)])}]` into services.yaml before the first apply."
    if missing := [letter for letter in wanted if letter not in ids]:
        what = f"The account is not offered {', '.join(f'{region}{letter}' for letter in missing)}"
        yield problem(f"{what}; in {region} it has {', '.join(sorted(ids))}.", step)
    for letter in wanted:
        if refused is not None and ids.get(letter) == refused:
            yield problem(f"{region}{letter} is {refused} in this account, in which EKS accepts no subnet.", step)
    if set(wanted) <= set(usable):
        yield ok(", ".join(f"{region}{letter} ({ids[letter]})" for letter in wanted))
