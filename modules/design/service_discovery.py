"""How a service learns the address of another service that it calls."""

from modules.spec.model import Service, Spec


def variable(callee: str) -> str:
    """Name of the environment variable: `payment-service` -> PAYMENT_SERVICE_URL."""
    return f"{callee.upper().replace('-', '_')}_URL"


def host(callee: str) -> str:
    """Host name of the callee's Service within the cluster; namespace and Service carry its name."""
    return f"{callee}.{callee}.svc.cluster.local"


def url(callee: str, port: int | None) -> str:
    """Address of the callee's Service within the cluster; a worker has none, and `port` is that of no callee then."""
    return f"http://{host(callee)}:{port}"


def short_names(spec: Spec, service: Service) -> dict[str, str]:
    """What the service's pods can call others by, and the host behind it: its callees and its aliases.

    A callee that was renamed has its earlier names too, for programs that know it by them.
    """
    names = {name: host(callee) for name, callee in _known(spec, service).items()} | service.aliases
    return dict(sorted(names.items()))


def variables(spec: Spec, service: Service) -> dict[str, str]:
    """Name of each variable with the address of a callee, also by its earlier names, and the address."""
    return {
        key: url(callee, spec.services[callee].port)
        for name, callee in _known(spec, service).items()
        if (key := variable(name)) not in service.env
    }


def _known(spec: Spec, service: Service) -> dict[str, str]:
    earlier = {old: callee for callee in service.calls for old in spec.earlier_of(callee)}
    return earlier | {callee: callee for callee in service.calls}
