"""Names that AWS, Kubernetes and Helm accept."""

import re
from collections.abc import Iterator
from itertools import permutations
from unicodedata import category

from modules.naming import STORE_PARTS
from modules.spec import reserved_names as reserved
from modules.spec.model import Spec
from modules.spec.problem import Path, Problem


def services_have_valid_names(spec: Spec) -> Iterator[Problem]:
    """A name becomes a namespace, a stack, two Helm releases and part of AWS names."""
    for name in spec.services:
        path = ("services", name)
        if not re.fullmatch(reserved.SERVICE_PATTERN, name) or "--" in name:
            what = f'"{name}" is not a valid name for a Kubernetes namespace and Service.'
            yield Problem(
                path,
                what,
                "Use lower-case letters, digits and single hyphens; start with a letter, end with a letter or digit.",
            )
        elif len(name) > reserved.SERVICE_LENGTH:
            what = f'"{name}" has {len(name)} characters, and the Helm release "{name}-network" can have at most 53.'
            yield Problem(path, what, f"Use at most {reserved.SERVICE_LENGTH} characters.")
        elif name in reserved.SERVICES or name.startswith(reserved.SERVICE_STARTS):
            yield Problem(path, f'"{name}" is reserved by the platform, AWS, Kubernetes or YAML.', "Use another name.")


def earlier_names_stay_reserved(spec: Spec) -> Iterator[Problem]:
    """The state and the AWS names of a renamed service carry its first name, also once it is retired."""
    first: dict[str, Path] = {}
    for key, named in (("services", spec.services), ("retired", spec.retired)):
        for name in named:
            for index, earlier in enumerate(spec.earlier_of(name) if key == spec.key_of(name) else ()):
                path = (key, name, "renamed_from", index)
                if earlier in spec.services or earlier in spec.retired:
                    what = f'"{earlier}" is reserved: {name} had this name, and its state and AWS names keep it.'
                    place = (spec.key_of(earlier), earlier)
                    step = "Use another name." if earlier in spec.services else f"Write this under retired.{name}."
                    yield Problem(place, what, step, also=((key, name),))
                elif (found := first.setdefault(earlier, path)) != path:
                    what = f"{found[1]} had the name {earlier} too, and only one of the two can keep what it names."
                    yield Problem(path, what, "Remove one of the two.", also=(found[:2],))


def new_names_do_not_go_on_as_addresses_do(spec: Spec) -> Iterator[Problem]:
    """Which of two addresses is the earlier could not be told: `order_queue` is also that of the queue of `order`."""
    for name in (*spec.services, *spec.retired_services):
        for short, long in permutations((*spec.earlier_of(name), name), 2):
            rest = long.removeprefix(f"{short}-")
            if rest != long and rest.split("-")[0] in STORE_PARTS:
                what = f'"{long}" could be "{rest}" of {short}: Terraform would have the same addresses for both.'
                yield Problem((spec.key_of(name), name), what, f'Use a name that does not begin with "{short}-".')


def the_project_fits_all_names(spec: Spec) -> Iterator[Problem]:
    """Every AWS name starts with the project, and some AWS services refuse names that others accept."""
    starts = [start for start in reserved.PROJECT_STARTS if f"{spec.project}-".startswith(start)]
    if starts or "--" in spec.project:
        what = f'AWS refuses some names that {"start with" if starts else "contain"} "{starts[0] if starts else "--"}".'
        yield Problem(("project",), what, "Use another name.")


def tags_fit_aws(spec: Spec) -> Iterator[Problem]:
    """AWS refuses some tags, and does so only after other resources were created."""
    if len(spec.tags) > reserved.MAX_TAGS:
        what = f"There are {len(spec.tags)} tags; a resource can have 50, and 10 are reserved for the platform's own."
        yield Problem(("tags",), what, f"Use at most {reserved.MAX_TAGS}.")
    for key, value in spec.tags.items():
        if key.lower().startswith(reserved.AWS_TAGS):
            yield Problem(("tags", key), 'Tag keys that start with "aws:" are reserved by AWS.', "Use another prefix.")
        elif ours := reserved.OUR_TAGS.get(key.lower()):
            yield Problem(("tags", key), f'The platform sets the tag "{ours}".', "Use another key.")
        elif not (1 <= len(key) <= reserved.TAG_KEY_LENGTH and len(value) <= reserved.TAG_VALUE_LENGTH):
            what = f"A tag's key has 1 to {reserved.TAG_KEY_LENGTH} characters, its value at most "
            yield Problem(("tags", key), f"{what}{reserved.TAG_VALUE_LENGTH}.", "Use a shorter text.")


def tags_have_letters_that_aws_knows(spec: Spec) -> Iterator[Problem]:
    """Letters, digits and spaces of any language, and some signs."""
    for key, value in spec.tags.items():
        others = [char for char in key + value if char not in reserved.TAG_SIGNS and category(char)[0] not in "LNZ"]
        if others:
            what = f"AWS does not accept {others[0]!r} in a tag."
            yield Problem(("tags", key), what, "Use letters, digits, spaces and . : / = + - @ _.")


def tags_differ_in_more_than_case(spec: Spec) -> Iterator[Problem]:
    """IAM treats keys that differ only in case as the same key."""
    first = {key.lower(): key for key in reversed(spec.tags)}
    for key in spec.tags:
        if key != (other := first[key.lower()]):
            what = f'IAM treats "{key}" and "{other}" as the same key.'
            yield Problem(("tags", key), what, "Remove one of the two.", also=(("tags", other),))
