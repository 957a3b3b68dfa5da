"""`retired:` names what is gone, and nothing that is still there."""

from collections.abc import Iterator
from dataclasses import replace

from modules.checks.rules.names import services_have_valid_names
from modules.spec.model import Service, Spec
from modules.spec.problem import Path, Problem, remove
from modules.spec.retired import ALL, REPOSITORY, SHARED, ways


def what_is_retired_is_gone(spec: Spec) -> Iterator[Problem]:
    """A word that is still under `aws:`, or a whole service that still runs, is not retired."""
    for name, retired in spec.retired.items():
        if name not in spec.services:
            continue
        if retired.renamed_from:
            place: Path = ("retired", name, "renamed_from")
            yield Problem(place, f"{name} is still a service, and says this itself.", "Remove it.", edit=remove(place))
        for word in ways(retired):
            if word in (ALL, REPOSITORY):
                what = f"{name} is still a service, so its repository and its stack stay."
                step = f"Name words that are gone from its aws:, such as `{name}: {{sqs: keep}}`; or remove its block."
                yield Problem(("retired", name), what, step, also=(("services", name),))
            elif spec.services[name].owns(word):
                place = ("retired", name, word)
                what = f"{word} is still under aws: of {name}, and its data is not retired."
                also = (("services", name, "aws", word),)
                yield Problem(place, what, "Remove it there, or here.", also=also, edit=remove(place))


def shared_stores_are_left_out(spec: Spec) -> Iterator[Problem]:
    """Aurora and Redis are retired as a whole, and once nobody has them."""
    for name, (_, key) in SHARED.items():
        if (retired := spec.retired.get(name)) is None:
            continue
        place: Path = ("retired", name)
        if ways(retired) != {ALL: "destroy"}:
            what = f"{name.capitalize()} can't be kept without what it runs on: network, security group and key."
            step = f"Write `{name}: destroy`, or leave out `{key}: none`. A snapshot of it can be kept: make it in AWS."
            yield Problem(place, what, step)
        elif getattr(spec, key) is not None:
            what = f"The system still has {name.capitalize()}, and its data is not retired."
            yield Problem(place, what, f"Write `{key}: none`, or remove this.", also=((key,),), edit=remove(place))


def retired_services_have_names_of_services(spec: Spec) -> Iterator[Problem]:
    """A stack is made for each that is no longer there."""
    for name in spec.retired_services:
        for problem in services_have_valid_names(spec.model_copy(update={"services": {name: Service()}})):
            yield replace(problem, path=("retired", name))
