"""The digest that a tag has at this moment, so that an environment runs the same image until it is given another."""

import re
from typing import NamedTuple

from modules.design import adopted, images
from modules.doctor.account import Account, AwsAnswered
from modules.doctor.finding import NotChecked
from modules.errors import CommandError
from modules.spec import model_fields
from modules.spec.model import Spec

_ECR = re.compile(
    r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(\.cn)?/(?P<name>[^:@]+):(?P<tag>[^@]+)"
)
_NONE = ("ImageNotFoundException", "RepositoryNotFoundException")


class _Place(NamedTuple):
    """Where ECR has an image: the parameters of a call, tag and region."""

    repository: dict[str, str]
    tag: str
    region: str


def pinned(image: str, service: str, spec: Spec) -> str:
    """The image as `image:` takes it, with the digest of its tag; as it is where it has one, or is none.

    Raises CommandError where ECR does not have it or can't be asked, and where it is in another registry.
    """
    if "@" in image or not model_fields.fits(("services", service, "image"), image):
        return image
    repository, tag, region = _place(image, service, spec)
    account = Account(spec.region, spec.deployer_role)
    try:
        answer = account.ask("ecr", "describe_images", region, **repository, imageIds=[{"imageTag": tag}])
    except NotChecked as reason:
        what, step = reason.finding.what, reason.finding.next_step
        if isinstance(reason, AwsAnswered) and reason.code in _NONE:
            what = f"{repository['repositoryName']} has no image with the tag {tag}, so there is no digest of it."
            step = "Push it first: make deploy says how."
        raise CommandError(f"IMAGE={image}", what, step) from None
    return f"{image}@{answer['imageDetails'][0]['imageDigest']}"


def _place(image: str, service: str, spec: Spec) -> _Place:
    is_own, shared = "/" not in image, images.shared_repository(spec, service)
    if found := _ECR.fullmatch(f"{shared}:{image}" if is_own and shared else image):
        repository = {"registryId": found["account"], "repositoryName": found["name"]}
        return _Place(repository, found["tag"], found["region"])
    if not is_own:
        what = "`image_digests: true` pins images of ECR, and this one is in another registry."
        raise CommandError(f"IMAGE={image}", what, f"Write its digest too: {image}@sha256:…")
    account = {"registryId": spec.account} if spec.account else {}
    return _Place({**account, "repositoryName": adopted.repository(spec, service)}, image, spec.region)
