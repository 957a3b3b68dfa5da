"""Names that AWS, Kubernetes and Helm accept."""

import re
from collections.abc import Iterator

from modules.spec.model import Spec
from modules.spec.problem import Problem
from modules.spec.service_name import MAX_LENGTH, PATTERN, RESERVED, RESERVED_STARTS

# https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html#id_tags_naming_best_practices
_TAG = re.compile(r"[\w\s.:/=+@-]+")
# In any case of letters, since keys that differ only in it are one key to IAM:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html#id_tags_naming.
_OUR_TAGS = {key.lower(): key for key in ("Project", "Service", "ServiceAccount", "Stack")}
_TAG_KEY_LENGTH, _TAG_VALUE_LENGTH, _MAX_TAGS = 128, 256, 40


def services_have_valid_names(spec: Spec) -> Iterator[Problem]:
    """A name becomes a namespace, a stack, two Helm releases and part of AWS names."""
    for name in spec.services:
        path = ("services", name)
        if not re.fullmatch(PATTERN, name) or "--" in name:
            what = f'"{name}" can\'t name a Kubernetes namespace and Service.'
            yield Problem(
                path,
                what,
                "Use lower-case letters, digits and hyphens, a letter first, no hyphen last, no two in a row.",
            )
        elif len(name) > MAX_LENGTH:
            what = f'"{name}" has {len(name)} characters; Helm\'s release "{name}-network" can have 53.'
            yield Problem(path, what, f"Use at most {MAX_LENGTH} characters.")
        elif name in RESERVED or name.startswith(RESERVED_STARTS):
            yield Problem(
                path, f'"{name}" is reserved: the platform, AWS, Kubernetes or YAML uses it.', "Use another name."
            )


def the_project_fits_all_names(spec: Spec) -> Iterator[Problem]:
    """Some AWS services refuse names that others accept, and every name starts with the project."""
    # RDS and ElastiCache identifiers, load balancers, security groups, buckets: the naming rules of each service's API.
    starts = [
        start
        for start in ("internal-", "sg-", "xn-", "sthree-", "amzn-s3-demo-")
        if f"{spec.project}-".startswith(start)
    ]
    if starts or "--" in spec.project:
        what = f'AWS refuses some names that {"start with" if starts else "hold"} "{starts[0] if starts else "--"}".'
        yield Problem(("project",), what, "Use another name.")


def tags_fit_aws(spec: Spec) -> Iterator[Problem]:
    """AWS refuses some tags, and only after much else was made."""
    if len(spec.tags) > _MAX_TAGS:
        yield Problem(
            ("tags",), f"{len(spec.tags)} tags; a resource can have 50, and 10 are kept for ours.", f"Keep {_MAX_TAGS}."
        )
    first = {key.lower(): key for key in reversed(spec.tags)}
    for key, value in spec.tags.items():
        if key.lower().startswith("aws:"):
            yield Problem(("tags", key), 'Tags that start with "aws:" are AWS\'s own.', "Use another prefix.")
        elif ours := _OUR_TAGS.get(key.lower()):
            yield Problem(("tags", key), f'"{ours}" is set already.', "Use another key.")
        elif key != (other := first[key.lower()]):
            what = f'To IAM, "{key}" and "{other}" are one key.'
            yield Problem(("tags", key), what, "Keep one of the two.", also=(("tags", other),))
        elif len(key) > _TAG_KEY_LENGTH or len(value) > _TAG_VALUE_LENGTH or not _TAG.fullmatch(f"{key}={value}"):
            what = "AWS does not accept this tag."
            yield Problem(
                ("tags", key), what, "Use letters, digits, spaces and . : / = + - @ _; key up to 128, value up to 256."
            )
