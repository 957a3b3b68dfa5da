"""Which environment a command is about: that of ENV=, or of the stacks that it names."""

from collections.abc import Sequence

from modules.checks.check import Checked
from modules.errors import CommandError
from modules.naming import BASE_ENVIRONMENT, Names
from modules.spec.model import Spec
from modules.spec.problem import did_you_mean
from modules.state.applied_stacks import Stacks


def named(checked: Checked, name: str | None) -> Spec:
    """The spec of an environment; None is the base. Raises CommandError where there is none of this name."""
    assert checked.spec
    if name in (None, BASE_ENVIRONMENT, checked.spec.environment):
        return checked.spec
    if name not in checked.further:
        what = f"{checked.document.name} has no environment of this name."
        known = [spec.environment_name for spec in checked.specs]
        raise CommandError(f"ENV={name}", what, did_you_mean(str(name), known))
    return checked.further[name]


def chosen(command: str, checked: Checked, name: str | None, stacks: Sequence[str]) -> Spec:
    """The spec that a command changes; with several, none is taken by default.

    Raises CommandError where it has to be named, or where a stack is another environment's.
    """
    if name is not None:
        return named(checked, name)
    owners = {spec.environment_name: spec for one in stacks for spec in checked.specs if spec.names.part(one)}
    if len(checked.specs) == 1 or len(owners) == 1:
        return next(iter(owners.values()), checked.specs[0])
    known = ", ".join(f"ENV={spec.environment_name}" for spec in checked.specs)
    raise CommandError(command, "There are several environments.", f"Name one: make {command} with {known}.")


def of(names: Names, stacks: Stacks) -> Stacks:
    """The stacks of an environment."""
    return {name: stack for name, stack in stacks.items() if names.part(name) is not None}
