"""Health checks that the load balancer and Kubernetes can do."""

from collections.abc import Iterator

from modules.design import health as design_health
from modules.facts import ports
from modules.spec.health import Health
from modules.spec.model import Spec
from modules.spec.problem import Path, Problem

_PROBES = ("grpc", "tcp", "command")


def _declared(spec: Spec) -> Iterator[tuple[Path, Health, bool]]:
    """The place of each check, the check, and whether the load balancer does it too."""
    for name, service in spec.services.items():
        if service.health is not None:
            yield ("services", name, "health"), service.health, bool(service.path)


def one_way_to_check(spec: Spec) -> Iterator[Problem]:
    """Kubernetes checks in one way."""
    for place, health, is_routed in _declared(spec):
        ways = [way for way in _PROBES if getattr(health, way)]
        if health.path is not None and not is_routed:
            ways.append("path")
        if len(ways) > 1:
            what = f"Kubernetes checks health in one way, and here are {len(ways)}: {', '.join(ways)}."
            yield Problem((*place, ways[1]), what, "Keep one of them.", also=((*place, ways[0]),))


def the_load_balancer_checks_by_http(spec: Spec) -> Iterator[Problem]:
    """A target group for HTTP has a health check by HTTP, which can't be turned off."""
    for place, health, is_routed in _declared(spec):
        is_grpc = spec.services[str(place[1])].protocol == "grpc"
        if is_routed and not is_grpc and health.probe and health.path is None:
            what = "The service has a path, and the load balancer checks the health of its pods by HTTP."
            step = f"Add `path:` beside `{health.probe}:`, a path that answers 200."
            yield Problem((*place, health.probe), what, step, also=((*place[:-1], "path"),))
        if not is_routed and health.codes:
            what = "`codes` are those that the load balancer counts as healthy, and the service has no path."
            yield Problem((*place, "codes"), what, "Leave it out: Kubernetes counts 200 to 399 as healthy.")
    for name, service in spec.services.items():
        if service.health is None and service.path:
            what = "The service has a path, and the load balancer sends requests only to pods that it finds healthy."
            step = "Write a path that answers 200, or a mapping such as `{path: /, codes: 200-399}`."
            yield Problem(("services", name, "health"), what, step, also=(("services", name, "path"),))


def checks_end_before_the_next(spec: Spec) -> Iterator[Problem]:
    """The load balancer waits for an answer less long than until the next check."""
    for place, health, _ in _declared(spec):
        interval = health.interval or design_health.INTERVAL
        if health.timeout is not None and health.timeout >= interval:
            default = "" if health.interval else ", the default"
            what = f"timeout, {health.timeout} s, must be less than interval, {interval} s{default}."
            step = "Lower timeout or raise interval."
            yield Problem((*place, "timeout"), what, step, also=((*place, "interval"),))


def ranges_of_codes_go_up(spec: Spec) -> Iterator[Problem]:
    """A range goes from the lower code to the higher."""
    for place, health, _ in _declared(spec):
        for index, code in enumerate(health.codes):
            first, _, last = code.partition("-")
            if last and int(last) <= int(first):
                yield Problem((*place, "codes", index), f"The range {code} has no codes.", f"Write {last}-{first}.")


def health_is_not_asked_of_the_kubelet(spec: Spec) -> Iterator[Problem]:
    """On Fargate the kubelet listens on the pod's own address, and would answer for the pod."""
    for place, health, _ in _declared(spec):
        if health.port == ports.KUBELET:
            what = f"{ports.KUBELET} is the port of the kubelet, which shares the pod's address on Fargate."
            yield Problem((*place, "port"), what, "Write the port on which the program answers.")
