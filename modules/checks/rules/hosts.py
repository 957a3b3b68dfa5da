"""Certificates and DNS records of the hosts of services."""

from collections.abc import Iterator

from modules.design import hosts, load_balancers
from modules.facts import load_balancer
from modules.spec.model import Spec
from modules.spec.problem import Path, Problem


def hosts_have_a_certificate(spec: Spec) -> Iterator[Problem]:
    """A host is below `domain`, or in a zone in which Terraform validates a certificate for it.

    Which hosts the certificate under `certificate_arn` is for, or that of an existing load balancer, its owner knows.
    """
    if not spec.serves_https or spec.certificate_arn:
        return
    for place, host in _hosts(spec):
        balancer = spec.services[str(place[1])].load_balancer
        if load_balancers.is_existing(spec, balancer):
            continue
        if not hosts.is_covered(spec, host) and hosts.zone_id(spec, host) is None:
            what = f"No certificate is for {host}: that of `domain` is for {spec.domain} and *.{spec.domain} only."
            zone = ".".join(host.rsplit(".", 2)[-2:])
            step = f"Name its Route 53 zone, such as `hosted_zones: {{{zone}: Z…}}`; or use a host below `domain`."
            yield Problem(place, what, step, also=(("domain",), ("hosted_zones",)))


def hosts_fit_their_certificate(spec: Spec) -> Iterator[Problem]:
    """The first name of a certificate, its common name, has a limit."""
    most = load_balancer.CERTIFICATE_NAME_LENGTH
    own = {one.host for name in spec.services for one in hosts.certificates(spec, name)}
    for place, host in _hosts(spec):
        if host in own and len(host) > most:
            what = f"The host has {len(host)} characters, and the common name of its certificate at most {most}."
            yield Problem(place, what, "Use a shorter host, or a wildcard.")


def zones_are_named_once(spec: Spec) -> Iterator[Problem]:
    """`hosted_zone` is the zone of `domain`."""
    if spec.domain in spec.hosted_zones and spec.hosted_zone:
        place: Path = ("hosted_zones", spec.domain)
        what = f"The zone of {spec.domain} is `hosted_zone` already."
        yield Problem(place, what, "Remove one of the two.", also=(("hosted_zone",),))


def _hosts(spec: Spec) -> Iterator[tuple[Path, str]]:
    for name, service in spec.services.items():
        yield from ((("services", name, "host", index), host) for index, host in enumerate(service.host))
