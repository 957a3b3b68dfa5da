"""Which environment a command is about: that of ENV=, or of the stacks that it names."""

from collections.abc import Iterable, Sequence

from modules import terminal
from modules.checks.check import Checked
from modules.errors import CommandError
from modules.naming import BASE_ENVIRONMENT, DEPLOYER, Names
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


def without_deployer(names: Names, stacks: Stacks) -> Stacks:
    """What is changed where no stack is named: the roles that pipelines have can't change their own stack."""
    return {name: stack for name, stack in stacks.items() if names.part(name) != DEPLOYER}


def asked(
    command: str, checked: Checked, name: str | None, account: str, stacks: Stacks, words: Sequence[str]
) -> list[str]:
    """Names of the stacks that a command asks AWS about; empty for all that there are.

    Those of the environment, where one is named. Else those that are named, or those of all environments but what is
    in another account than this one, and has no role to go there. Raises CommandError for a stack that there is not.
    """
    if name is not None:
        names = named(checked, name).names
        own = of(names, stacks)
        found = [one if one in own else names.stack(one) for one in words]
        require_known(command, found, own)
        return found or list(own)
    require_known(command, words, stacks)
    elsewhere = [spec for spec in checked.specs if not spec.deployer_role and spec.account not in (None, account)]
    if words or not elsewhere:
        return list(words)
    for spec in elsewhere:
        name = spec.environment_name
        terminal.say(f"{name} is left out: it is in the account {spec.account}. Log in there, and ask with ENV={name}.")
    return [one for one in stacks if not any(spec.names.part(one) for spec in elsewhere)]


def require_known(command: str, words: Iterable[str], stacks: Stacks) -> None:
    """Raises CommandError for a name that no stack has."""
    for name in words:
        if name not in stacks:
            raise CommandError(f"{command} {name}", f'There is no stack "{name}".', did_you_mean(name, list(stacks)))
