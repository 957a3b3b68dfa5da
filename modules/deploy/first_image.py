"""Whether the image that a service names is in its own repository, which is made first where it is not there."""

from typing import Any, NamedTuple

from modules.deploy import aws_cli, terraform_cli
from modules.deploy.aws_cli import AwsRefused
from modules.design import images
from modules.errors import CommandError
from modules.spec.model import Spec
from modules.state.applied_stacks import Stack

IMAGE_MISSING = 10
"""Exit code of `main.py deploy` when an image has to be pushed first."""
REPOSITORY, LIFECYCLE = "aws_ecr_repository", "aws_ecr_lifecycle_policy"


class MissingImage(NamedTuple):
    """What has to be pushed: a service's image, and its repository's address in ECR."""

    service: str
    image: str
    repository: str

    def commands(self, region: str) -> str:
        """Those that push it, from the folder of its Dockerfile."""
        registry = self.repository.partition("/")[0]
        reference = f"{self.repository}:{self.image.partition('@')[0]}"
        return (
            f"  aws ecr get-login-password --region {region} | "
            f"docker login --username AWS --password-stdin {registry}\n"
            f"  docker build --platform linux/amd64 --tag {reference} .\n"
            f"  docker push {reference}"
        )


def missing(stack: Stack, spec: Spec, *, auto_approve: bool) -> MissingImage | None:
    """The image of the service of this stack, if ECR does not have it; makes the repository if that is not there.

    Raises CommandError where Terraform can't make it, and AwsRefused where AWS does not say what is there.
    """
    name = next((name for name in spec.services if spec.names.stack(name) == stack.name), None)
    if name is None or not images.is_own(spec.services[name]):
        return None
    image = str(spec.services[name].image)
    repository = spec.names.repository(name)
    try:
        found = aws_cli.ask("ecr", "describe-repositories", "--repository-names", repository, region=spec.region)
    except AwsRefused as refused:
        if refused.code != "RepositoryNotFoundException":
            raise
        _make_repository(stack, auto_approve)
        found = aws_cli.ask("ecr", "describe-repositories", "--repository-names", repository, region=spec.region)
    if _is_pushed(repository, image, spec.region):
        return None
    return MissingImage(name, image, _address(found))


def explain(images_missing: list[MissingImage], region: str) -> str:
    """Where, what, and the commands with which to go on."""
    lines = [f"{one.service}\n  Its image {one.image} is not in {one.repository}." for one in images_missing]
    commands = [f"{one.service}, in the folder of its Dockerfile:\n{one.commands(region)}" for one in images_missing]
    return "\n".join([*lines, "Push it, and run make deploy again, which goes on from here:", *commands])


def _make_repository(stack: Stack, auto_approve: bool) -> None:
    targets = [f"-target={kind}.{name}" for kind in (REPOSITORY, LIFECYCLE) for name in stack.declared(kind)]
    approved = ["-auto-approve"] if auto_approve else []
    if code := terraform_cli.run(stack.folder, "apply", *approved, *targets):
        what = f"Its repository could not be made first (exit code {code}; the error is above)."
        raise CommandError(f"deploy {stack.name}", what, "Correct what the error names, and run make deploy again.")


def _is_pushed(repository: str, image: str, region: str) -> bool:
    tag, _, digest = image.partition("@")
    which = f"imageDigest={digest}" if digest else f"imageTag={tag}"
    try:
        aws_cli.ask("ecr", "describe-images", "--repository-name", repository, "--image-ids", which, region=region)
    except AwsRefused as refused:
        if refused.code == "ImageNotFoundException":
            return False
        raise
    return True


def _address(found: dict[str, Any]) -> str:
    try:
        return str(found["repositories"][0]["repositoryUri"])
    except (KeyError, IndexError, TypeError):
        raise AwsRefused("aws ecr describe-repositories did not print a repository") from None
