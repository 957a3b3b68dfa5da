"""Whether the image that a service names is in its own repository, which is made first where it is not there."""

from typing import NamedTuple

from modules.deploy import terraform_cli
from modules.design import adopted, images
from modules.doctor.account import Account, AwsAnswered
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


def missing(stack: Stack, spec: Spec, account: Account, *, auto_approve: bool) -> MissingImage | None:
    """The image of the service of this stack, if ECR does not have it; makes the repository if that is not there.

    Raises CommandError where Terraform can't make it, and NotChecked where AWS does not say what is there.
    """
    name = next((name for name in spec.services if spec.names.stack(name) == stack.name), None)
    if name is None or not images.is_own(spec.services[name]) or images.shared_repository(spec, name):
        return None  # the policy of another environment's repository lets this one pull, and not ask
    image = str(spec.services[name].image)
    repository = adopted.repository(spec, name)
    try:
        address = _address(repository, account)
    except AwsAnswered as answered:
        if answered.code != "RepositoryNotFoundException":
            raise
        _make_repository(stack, auto_approve)
        address = _address(repository, account)
    if _is_pushed(repository, image, account):
        return None
    return MissingImage(name, image, address)


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


def _is_pushed(repository: str, image: str, account: Account) -> bool:
    tag, _, digest = image.partition("@")
    which = {"imageDigest": digest} if digest else {"imageTag": tag}
    try:
        account.ask("ecr", "describe_images", repositoryName=repository, imageIds=[which])
    except AwsAnswered as answered:
        if answered.code == "ImageNotFoundException":
            return False
        raise
    return True


def _address(repository: str, account: Account) -> str:
    found = account.ask("ecr", "describe_repositories", repositoryNames=[repository])
    return str(found["repositories"][0]["repositoryUri"])
