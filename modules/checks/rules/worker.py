"""Services that nothing connects to: workers, which have `port: none`."""

from collections.abc import Iterator

from modules.spec.model import Spec
from modules.spec.problem import Path, Problem, remove

# Keys that say how others reach a service. `host`, `priority` and `sticky` ask for a path by rules of their own.
_NEED_A_PORT = {
    "path": "is what the load balancer routes to a service",
    "ports": "are what others call",
    "protocol": "is what the program speaks on its port",
    "drain": "is the time for open requests",
}
# Keys of `health:` that are about requests.
_ASKED = ("path", "codes", "port", "grpc", "tcp", "healthy")


def _workers(spec: Spec) -> Iterator[str]:
    """Those that are jobs only have a rule of their own."""
    yield from (name for name, service in spec.services.items() if service.port is None and service.has_pods)


def nothing_is_sent_to_a_worker(spec: Spec) -> Iterator[Problem]:
    """It listens on no port, and has neither a Service in Kubernetes nor a target group."""
    for name in _workers(spec):
        for key, why in _NEED_A_PORT.items():
            if key in spec.services[name].model_fields_set:
                place: Path = ("services", name, key)
                what = f"`{key}` {why}, and {name} is a worker: it has `port: none`."
                step = f"Write the port on which the program listens, such as `port: 8080`; or remove `{key}`."
                yield Problem(place, what, step, also=((*place[:-1], "port"),))


def nothing_calls_a_worker(spec: Spec) -> Iterator[Problem]:
    """Work reaches a worker through what it reads, such as a queue."""
    silent = dict.fromkeys(_workers(spec), ("port", "is a worker (`port: none`)"))
    silent |= {name: ("pods", "runs jobs only (`pods: 0`)") for name, one in spec.services.items() if not one.has_pods}
    for name, service in spec.services.items():
        for index, callee in enumerate(service.calls):
            if callee in silent and callee != name:
                key, why = silent[callee]
                place: Path = ("services", name, "calls", index)
                what = f"{callee} {why}, so nothing can connect to it."
                step = f"Remove it: a topic or {callee}'s queue takes messages to it. Or write its {key}."
                yield Problem(place, what, step, also=(("services", callee, key),), edit=remove(place))


def workers_are_asked_by_a_command(spec: Spec) -> Iterator[Problem]:
    """Without a port, nothing answers a request; a command in the container can."""
    for name in _workers(spec):
        service = spec.services[name]
        if "health" not in service.model_fields_set or (health := service.health) is None:
            continue
        place: Path = ("services", name, "health")
        what = f"{name} is a worker (`port: none`): its health can be checked by a command only."
        asked = [key for key in _ASKED if key in health.model_fields_set]
        asked += ["live"] if health.live not in (None, "none") else []
        if asked or not health.command:
            key = asked[0] if asked else ""
            step = "Write a command that exits with 0 in a healthy pod, such as `health: {command: [/app/alive]}`, or "
            step += "remove `health`: the pod is healthy while its program runs."
            yield Problem((*place, key) if key else place, what, step, also=((*place[:-1], "port"),))
