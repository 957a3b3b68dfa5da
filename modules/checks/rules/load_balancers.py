"""The load balancers, and which of them routes to a service."""

from collections.abc import Iterator

from modules.design import load_balancers
from modules.naming import LOAD_BALANCER
from modules.spec.model import LoadBalancer, Spec
from modules.spec.problem import Path, Problem, did_you_mean, remove


def an_existing_load_balancer_is_its_owners(spec: Spec) -> Iterator[Problem]:
    """Its scheme, firewall, certificate and names are not the system's."""
    for name, balancer in spec.balancers.items():
        if balancer.listener_arn is not None:
            yield from _existing(spec, balancer, balancer.listener_arn, load_balancers.place(name))
    if load_balancers.is_existing(spec, None):
        has_own = any(balancer.is_own for balancer in spec.load_balancers.values())
        for key in ("domain", "hosted_zone", *([] if has_own else ["certificate_arn"])):
            if getattr(spec, key):
                what = f"`{key}` has no effect: names and certificate of an existing load balancer are its owner's."
                step = f"Remove `{key}`, or `listener_arn`."
                if has_own:
                    step = f"Write `certificate_arn` for the others in place of `{key}`."
                yield Problem((key,), what, step, also=(("load_balancer", "listener_arn"),))


def _existing(spec: Spec, balancer: LoadBalancer, arn: str, whole: Path) -> Iterator[Problem]:
    place: Path = (*whole, "listener_arn")
    for key, has in (("private", "scheme"), ("waf", "firewall")):
        if key in balancer.model_fields_set:
            inner = (*whole, key)
            what = f"`{key}` has no effect: the existing load balancer has its own {has}."
            yield Problem(inner, what, "Remove it.", also=(place,), edit=remove(inner))
    region, account = arn.split(":")[3:5]
    if region != spec.region:
        what = f"The listener is in {region}, and the system in {spec.region} can't use it."
        yield Problem(place, what, f"Use a listener in {spec.region}.", also=(("region",),))
    if spec.account and account != spec.account:
        what = f"The listener belongs to account {account}, not to {spec.account}."
        yield Problem(place, what, f"Use a listener of account {spec.account}.", also=(("account",),))


def routes_have_a_load_balancer(spec: Spec) -> Iterator[Problem]:
    """Paths, and what makes HTTPS, have no effect without a load balancer."""
    if spec.load_balancer is not None:
        return
    place: Path = ("load_balancer",)
    for name, service in spec.services.items():
        if service.path:
            what = f"{name} has a path, and the system has no load balancer to route it."
            step = "Leave out `path`, which makes the service internal, or `load_balancer: none`."
            yield Problem(("services", name, "path"), what, step, also=(place,))
    for key in ("domain", "hosted_zone", "hosted_zones", "certificate_arn"):
        if getattr(spec, key):
            what = f"`{key}` has no effect without a load balancer."
            yield Problem((key,), what, f"Leave out `{key}`, or `load_balancer: none`.", also=(place,))


def the_first_is_there(spec: Spec) -> Iterator[Problem]:
    """Others are further ones: `domain` is a name of the first."""
    if spec.load_balancers and spec.load_balancer is None:
        what = "There is no first load balancer that these could be further ones to."
        step = "Write what one of them has under `load_balancer:`, in place of `none`."
        yield Problem(("load_balancers",), what, step, also=(("load_balancer",),))


def existing_ones_are_named_once(spec: Spec) -> Iterator[Problem]:
    """A load balancer's group gets the way to the pods once, also where two of its listeners are named."""
    first: dict[str, Path] = {}
    for name, balancer in spec.balancers.items():
        place: Path = (*load_balancers.place(name), "listener_arn")
        whole, _, _ = (balancer.listener_arn or "").rpartition("/")
        if whole and (other := first.setdefault(whole, place)) != place:
            what = "This load balancer has another name already."
            yield Problem(place, what, "Name one of its listeners only.", also=(other,))


def names_differ_from_services(spec: Spec) -> Iterator[Problem]:
    """Security groups and alarms of `internal` begin with load-balancer-internal, as those of such a service would."""
    for balancer in spec.load_balancers:
        if (name := f"{LOAD_BALANCER}-{balancer}") in spec.services:
            what = f"AWS names of {name} would be those of load balancer {balancer}."
            place: Path = ("load_balancers", balancer)
            yield Problem(("services", name), what, "Rename the service, or the load balancer.", also=(place,))


def services_name_a_load_balancer(spec: Spec) -> Iterator[Problem]:
    """One of `load_balancers:`, and hosts of its own: without `load_balancer:`, the first routes."""
    for name, service in spec.services.items():
        if (balancer := service.load_balancer) is None:
            continue
        place: Path = ("services", name, "load_balancer")
        if balancer not in spec.load_balancers:
            step = did_you_mean(balancer, [*spec.load_balancers])
            if not spec.load_balancers:
                step = f"Add `load_balancers: {{{balancer}: {{private: true}}}}`, or remove this."
            yield Problem(place, f'"{balancer}" is none of `load_balancers:`.', step, also=(("load_balancers",),))
        elif not service.path:
            what = f"{name} has no path, so no load balancer routes to it."
            yield Problem(place, what, "Add `path: /` with a `host:`, or remove it.", edit=remove(place))
        elif not service.host:
            what = f"Paths without a host are for the first load balancer, where clients find them at {_at(spec)}."
            step = f"Add `host: …`, a name that leads to {balancer}; or remove `load_balancer`."
            yield Problem(place, what, step, also=(("services", name, "path"),))


def _at(spec: Spec) -> str:
    return spec.domain or "its name"


def hosts_have_one_load_balancer(spec: Spec) -> Iterator[Problem]:
    """A name leads to one of them; `domain` to the first."""
    first: dict[str, tuple[str | None, Path]] = {spec.domain: (None, ("domain",))} if spec.domain else {}
    for name, service in spec.services.items():
        for index, host in enumerate(service.host if service.path else ()):
            place: Path = ("services", name, "host", index)
            other, there = first.setdefault(host, (service.load_balancer, place))
            if other != service.load_balancer:
                what = f"{host} leads to {'the first ' if other is None else ''}{load_balancers.title(other)} already."
                step = "Use another host, or the same load balancer."
                yield Problem(place, what, step, also=(there, ("services", name, "load_balancer")))
