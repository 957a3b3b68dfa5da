"""Listener rules with one priority: which service gets another, and which one."""

from collections.abc import Callable

from modules.checks.rules import routes
from modules.design import listener_rules
from modules.spec.model import Spec


def settled(spec: Spec, standing: Callable[[str], int]) -> dict[str, int]:
    """A `priority` by service, after which no two rules have the same; fewer, where somebody has to decide.

    Of two services the one of the lower `standing` gives way, so that a rule that is deployed keeps its priority; of
    equals the later one in the file. A priority that is written in the file is not changed.
    """
    found: dict[str, int] = {}
    while collision := next(routes.collisions(spec), None):
        (first, _), (later, _) = collision
        free = [name for name in (later, first) if spec.services[name].priority is None]
        name = min(free, key=standing, default=None)
        number = None if name is None else _fitting(spec, name)
        if name is None or number is None:
            break
        found[name] = number
        spec = _with(spec, name, number)
    return found


def _fitting(spec: Spec, name: str) -> int | None:
    """A number near one that the service has now, with which all its rules are reached, and hide none."""
    rules = listener_rules.rules(name, spec.services[name])
    for rule in sorted(rules, key=lambda one: -one.priority):
        number = routes.free_priority(spec, name, rule.priority, len(rules))
        changed = _with(spec, name, number)
        is_free = not any(name in (first, later) for (first, _), (later, _) in routes.collisions(changed))
        if is_free and not any(routes.nested_paths_come_first(changed)):
            return number
    return None


def _with(spec: Spec, name: str, priority: int) -> Spec:
    service = spec.services[name].model_copy(update={"priority": priority})
    return spec.model_copy(update={"services": {**spec.services, name: service}})
