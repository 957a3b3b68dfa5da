"""Names that AWS, Kubernetes and Helm accept."""

import re
from collections.abc import Iterator

from modules.naming import PLATFORM_STACKS
from modules.spec.model import Spec
from modules.spec.problem import Problem

# A namespace (RFC 1123) and a Service (RFC 1035, so a letter first) carry the name:
# https://kubernetes.io/docs/concepts/overview/working-with-objects/names/.
_NAME = re.compile(r"[a-z]([a-z0-9-]*[a-z0-9])?")
# Helm ends release names at 53 characters, and the longer of a service's two is "<service>-network".
MAX_LENGTH = 53 - len("-network")
# The platform's own security groups, roles, logs and buckets carry these names, made in the same way as a service's.
_PLATFORM_NAMES = (
    "access-logs",
    "alarms",
    "aurora",
    "aurora-monitoring",
    "endpoints",
    "flow-logs",
    "load-balancer",
    "load-balancer-controller",
    "logs",
    "pod-execution",
    "pods",
    "redis",
    "secrets",
    "services",
)
# Helm reads these words as something else than text: https://yaml.org/type/bool.html.
_YAML_WORDS = ("y", "yes", "on", "true", "n", "no", "off", "false", "null")
# EKS keeps Fargate profiles that start with eks- for itself (eksctl, pkg/apis/eksctl.io/v1alpha5/fargate.go).
_RESERVED_STARTS = ("kube-", "eks-")
RESERVED = (*PLATFORM_STACKS, *_PLATFORM_NAMES, *_YAML_WORDS, "default", "coredns", "aws-observability")

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
        if not _NAME.fullmatch(name) or "--" in name:
            what = f'"{name}" can\'t name a Kubernetes namespace and Service.'
            yield Problem(
                path,
                what,
                "Use lower-case letters, digits and hyphens, a letter first, no hyphen last, no two in a row.",
            )
        elif len(name) > MAX_LENGTH:
            what = f'"{name}" has {len(name)} characters; Helm\'s release "{name}-network" can have 53.'
            yield Problem(path, what, f"Use at most {MAX_LENGTH} characters.")
        elif name in RESERVED or name.startswith(_RESERVED_STARTS):
            yield Problem(
                path, f'"{name}" is taken: the platform, AWS, Kubernetes or YAML uses it.', "Use another name."
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
