"""Whether the services behind the private endpoints are there, in every zone of the VPC; or an existing VPC's own."""

from collections.abc import Iterator

from modules.design.vpc_endpoints import endpoints as words_of
from modules.doctor import existing_endpoints
from modules.doctor.finding import Finding, ok, problem
from modules.doctor.subject import Subject
from modules.facts import vpc


def endpoints(subject: Subject) -> Iterator[Finding]:
    """A finding for each endpoint whose service is missing, in the region or in a zone; or in an existing VPC."""
    if subject.spec.network.vpc_id is not None:
        yield from existing_endpoints.endpoints(subject)
        return
    region, zones = subject.account.region, [f"{subject.account.region}{zone}" for zone in subject.spec.zones]
    services = {word: vpc.endpoint_service(word, region) for word in words_of(subject.spec)}
    filters = [{"Name": "service-name", "Values": list(services.values())}]
    answer = subject.account.pages("ec2", "describe_vpc_endpoint_services", "ServiceDetails", Filters=filters)
    offered: dict[str, set[str]] = {}
    for service in answer:  # S3 and DynamoDB are there twice: as gateway and as interface
        offered.setdefault(service["ServiceName"], set()).update(service.get("AvailabilityZones", ()))
    found = list(_missing(services, offered, zones, region))
    yield from found or [ok(f"{len(services)} services, each in {', '.join(zones)}")]


def _missing(
    services: dict[str, str], offered: dict[str, set[str]], zones: list[str], region: str
) -> Iterator[Finding]:
    for word, service in services.items():
        step = f"Take `{word}` out of `endpoints:` under `network:`; its traffic then leaves through NAT."
        if service not in offered:
            yield problem(f"{region} has no endpoint service {service}.", step)
        elif word not in vpc.GATEWAY_ENDPOINTS and (without := [one for one in zones if one not in offered[service]]):
            where = ", ".join(without)
            yield problem(
                f"The endpoint service {service} is not in {where}.",
                f"{step} Or use other zones, before the first apply.",
            )
