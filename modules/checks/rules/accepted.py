"""What is accepted: an escalation by its name, so that a second one is not accepted with it."""

from collections.abc import Iterator

from modules.checks import escalation
from modules.naming import PLATFORM_ROLES
from modules.spec.model import Spec
from modules.spec.problem import Edit, Path, Problem, did_you_mean, nearest, remove


def escalations_are_accepted_by_name(spec: Spec) -> Iterator[Problem]:
    """The code alone would accept whatever a later change adds."""
    if escalation.CODE in spec.accept:
        place = ("accept", spec.accept.index(escalation.CODE))
        what = f"`{escalation.CODE}` would accept every escalation that comes later, too."
        if found := list(escalation.ways_out(spec)):
            yield Problem(
                place, what, f"Accept by name what there is: {escalation.written(found)}, in place of the code."
            )
        else:
            yield Problem(place, what, "Remove it: there is none.", edit=remove(place))


def accepted_escalations_are_there(spec: Spec) -> Iterator[Problem]:
    """What nothing needs would accept a later escalation unseen; of the base, whose entries environments have too."""
    if spec.names.environment is not None:
        return
    found = list(escalation.ways_out(spec))
    for service, actions in spec.accept_escalations.items():
        if service in PLATFORM_ROLES:
            continue  # no statement of the file: `make access` knows what the role has
        if service not in spec.services:
            known = [*spec.services, *PLATFORM_ROLES]
            place: Path = ("accept_escalations", service)
            meant = nearest(service, known)
            edit = Edit(place, meant, renames=True) if meant else remove(place)
            step = did_you_mean(service, known) if meant else "Remove it."
            yield Problem(place, f'There is no service "{service}".', step, edit=edit)
            continue
        for action, arns in actions.items():
            for index, arn in enumerate(arns):
                if not any(one.service == service and escalation.is_named(action, arn, one) for one in found):
                    place = ("accept_escalations", service, action, index)
                    what = f"No statement of {service} gives it {action} on {arn} as a way to more than its own."
                    yield Problem(place, what, "Remove it.", edit=remove(place))
