"""What a service speaks, and what the load balancer does with it."""

from collections.abc import Iterator

from modules.design import load_balancers
from modules.spec.model import Spec
from modules.spec.problem import Problem, remove

_TITLES = {"http2": "HTTP/2", "grpc": "gRPC"}


def http2_and_grpc_arrive_by_https(spec: Spec) -> Iterator[Problem]:
    """AWS has target groups for HTTP/2 and gRPC behind listeners for HTTPS only; what an existing one is, AWS knows."""
    if spec.serves_https:
        return
    for name, service in spec.services.items():
        is_existing = load_balancers.is_existing(spec, service.load_balancer)
        if service.path and service.protocol in _TITLES and not is_existing:
            what = (
                f"The load balancer sends {_TITLES[service.protocol]} only what came by HTTPS, and has no certificate."
            )
            step = f"{load_balancers.https_step(spec)}; or leave out `path`."
            place = ("services", name, "protocol")
            yield Problem(place, what, step, also=(("services", name, "path"), ("domain",)))


def clients_stick_to_a_route(spec: Spec) -> Iterator[Problem]:
    """The cookie is the load balancer's."""
    for name, service in spec.services.items():
        if service.sticky is not None and not service.path:
            what = "`sticky` is the load balancer's, and the service has no path."
            place = ("services", name, "sticky")
            yield Problem(place, what, "Add `path: …`, or remove `sticky`.", edit=remove(place))


def codes_are_those_of_the_protocol(spec: Spec) -> Iterator[Problem]:
    """HTTP and gRPC have status codes of their own."""
    for name, service in spec.services.items():
        if not (service.path and service.health):
            continue
        is_grpc = service.protocol == "grpc"
        for index, code in enumerate(service.health.codes):
            if any((int(part) <= 99) != is_grpc for part in code.split("-")):
                what = f"{code} is no status of {'gRPC' if is_grpc else 'HTTP'}, which is the service's protocol."
                step = f"Write codes from {'0 to 99, such as 0' if is_grpc else '200 to 399, such as 200'}."
                yield Problem(("services", name, "health", "codes", index), what, step)
