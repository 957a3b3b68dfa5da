"""What the environments of one file must not share, and what of them is probably not meant."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network
from itertools import combinations, product

from modules.checks.rules.adopted import adopted
from modules.permissions.ses import SesOptions
from modules.spec import reserved_names
from modules.spec.environments import KEY, unchanged
from modules.spec.layered import Layered, problem_in_file
from modules.spec.model import Spec
from modules.spec.problem import Path, Problem, remove, render_path


@dataclass(frozen=True)
class Whole:
    """A services.yaml with its environments; `layers` has the places of each of `further`."""

    base: Spec
    further: Mapping[str, Spec]
    layers: Mapping[str, Layered]

    @property
    def specs(self) -> list[Spec]:
        """All environments, the base first."""
        return [self.base, *self.further.values()]

    def problem(self, spec: Spec, path: Path, what: str, step: str) -> Problem:
        """A problem at a place of an environment."""
        found = Problem(path, what, step)
        name = spec.names.environment
        return found if name is None else problem_in_file(found, self.layers[name], name)


def names_are_free(whole: Whole) -> Iterator[Problem]:
    """A name is a part of stacks, and a word of commands."""
    for name in whole.further:
        if name in reserved_names.ENVIRONMENTS or "--" in name:
            yield Problem((KEY, name), f'"{name}" can\'t name an environment: it is reserved.', "Use another name.")
        elif name == whole.base.environment:
            what = f'"{name}" is what this file itself is called by `environment:`.'
            yield Problem((KEY, name), what, "Use another name for one of them.", also=(("environment",),))


def stacks_have_one_environment(whole: Whole) -> Iterator[Problem]:
    """`dev-orders` is one name for a service of the base and for `orders` in dev."""
    for name in whole.further:
        for spec in whole.specs:
            owner = spec.names.environment
            for service in (*spec.services, *spec.retired_services):
                if owner != name and spec.names.stack(service).startswith(f"{name}-"):
                    what = f'Its stack "{spec.names.stack(service)}" would be taken for one of the environment {name}.'
                    yield whole.problem(spec, (spec.key_of(service), service), what, "Rename the service, or that one.")


def names_of_the_world_differ(whole: Whole) -> Iterator[Problem]:
    """A host has one record in DNS, and an account has a sender of mail once in a region."""
    owners: dict[tuple[str, ...], str] = {}
    for spec in whole.specs:
        name = spec.environment_name
        for claim, path in _claims(spec):
            if (owner := owners.setdefault(claim, name)) != name:
                kind, value, *_ = claim
                what = f"{value} is the {kind} of the environment {owner} already."
                step = f"Write another one under `{name}:` of `environments:`, or leave it out there with `without:`."
                yield whole.problem(spec, path, what, step)


def _claims(spec: Spec) -> Iterator[tuple[tuple[str, ...], Path]]:
    if spec.domain and spec.load_balancer:
        yield ("domain", spec.domain), ("domain",)
    for place, kind, identifier in adopted(spec):
        yield (f"adopted {kind}", identifier, spec.account or "", spec.region), place
    for name, service in spec.services.items():
        for index, host in enumerate(service.host):
            yield ("host", host), ("services", name, "host", index)
        if isinstance(mail := service.permissions.get("ses"), SesOptions):
            key = "from" if mail.sender else "domain"
            sender = str(mail.sender or mail.domain)
            yield ("sender", sender, spec.account or "", spec.region), ("services", name, "aws", "ses", key)


def unchanged_override(whole: Whole) -> Iterator[Problem]:
    """What an environment repeats, but for images, does not follow when the base changes."""
    for name, layer in whole.layers.items():
        for path in unchanged(layer):
            if path[0] == "services" and path[2:] == ("image",):
                continue
            what = f"The environment {name} says of {render_path(path)} what it has without it."
            step = "Remove it, or accept it where it is to stay when the base changes."
            yield problem_in_file(Problem(path, what, step, edit=remove(path)), layer, name)


def overlapping_networks(whole: Whole) -> Iterator[Problem]:
    """Networks with the same addresses can't be connected later, and a VPC's range can't be changed."""
    for one, other in combinations(whole.specs, 2):
        pairs = product(one.network.own_cidrs, other.network.own_cidrs)
        same = next((pair for pair in pairs if IPv4Network(pair[0]).overlaps(IPv4Network(pair[1]))), None)
        if same is None:
            continue
        what = (
            f"The VPCs of {one.environment_name} and {other.environment_name} have the same addresses: "
            f"{same[0]} and {same[1]}. They can never be peered."
        )
        key, step = "cidr", f"Write network.cidr for {other.environment_name}."
        if same[1] != other.network.cidr:
            key = "secondary_cidrs"
            step = f"Write `without: [network.secondary_cidrs]` for {other.environment_name}, and other ranges."
        yield whole.problem(other, ("network", key), what, step)


RULES: tuple[Callable[[Whole], Iterator[Problem]], ...] = (
    names_are_free,
    stacks_have_one_environment,
    names_of_the_world_differ,
)
WARNINGS: dict[str, Callable[[Whole], Iterator[Problem]]] = {
    "unchanged-override": unchanged_override,
    "overlapping-networks": overlapping_networks,
}
