"""Which images pods run. A service's: the placeholder, a tag in its own repository, or services.yaml's reference,
unchanged. The platform's and the placeholder: from their registries, or from `image_mirror:`."""

from collections.abc import Mapping

from modules.design import adopted
from modules.facts import charts, regions
from modules.naming import Names
from modules.spec.model import Service, Spec
from modules.spec.text_file import TextFile

REPOSITORY = "repository_url"
_PLACEHOLDER_PORT = 8080


def shared_repository(spec: Spec, service: str) -> str | None:
    """Address of the base environment's repository of a service; None where this environment has its own."""
    account = spec.registry.account
    if account is None:
        return None
    name = Names(spec.project, renamed=spec.names.renamed).repository(service)
    return f"{account}.dkr.ecr.{spec.region}.{regions.dns_suffix(spec.region)}/{name}"


def repository(spec: Spec, service: str) -> str:
    """Name of the repository of a service, with its registry where another environment has it."""
    return shared_repository(spec, service) or adopted.repository(spec, service)


def is_own(service: Service) -> bool:
    """Whether the image comes from the service's own repository."""
    return service.image is not None and "/" not in service.image


def written(service: Service) -> dict[tuple[str, ...], str]:
    """Every image that services.yaml names for the service, by its place below it."""
    found: dict[tuple[str, ...], str | None] = {("image",): service.image}
    for key, containers in (("init", service.init), ("sidecars", service.sidecars)):
        found |= {(key, name, "image"): container.image for name, container in containers.items()}
    return {place: image for place, image in found.items() if image is not None}


def mirrored(spec: Spec, image: str) -> str:
    """Where pods get an image that is not a service's own: with its registry as a folder of the mirror, which a copy
    and a pull-through cache can both have, and in which no two images meet."""
    return image if spec.image_mirror is None else f"{spec.image_mirror}/{image}"


def in_chart(spec: Spec, image: str) -> dict[str, str]:
    """Values of a published chart, which has repository and tag apart and knows the repository of the former."""
    repository, _, tag = image.partition(":")
    return {"tag": tag} if spec.image_mirror is None else {"repository": mirrored(spec, repository), "tag": tag}


def pulled(spec: Spec, service: Service) -> list[str]:
    """References of all images of the service's pods."""
    return [image(spec, service)] if service.image is None else list(written(service).values())


def image(spec: Spec, service: Service) -> str:
    """Reference of the image; `${repository_url}` stands for the service's own repository."""
    if service.image is None:
        return mirrored(spec, charts.PLACEHOLDER)
    return f"${{{REPOSITORY}}}:{service.image}" if is_own(service) else service.image


def command(service: Service) -> tuple[str, ...]:
    """Entrypoint of the container; the placeholder keeps its own."""
    return service.command if service.image is not None else ()


def writable(service: Service) -> Mapping[str, str]:
    """Folders that the program writes to; the placeholder writes none, and could copy none."""
    return service.writable if service.image is not None else {}


def files(service: Service) -> Mapping[str, TextFile]:
    """Text files that the program reads; the placeholder reads none."""
    return service.files if service.image is not None else {}


def arguments(name: str, service: Service) -> list[str]:
    """Arguments of the container: the placeholder needs its port, which nothing knows of a worker, and its text."""
    if service.image is not None:
        return list(service.args)
    return [
        f"-listen=:{service.listens_on or _PLACEHOLDER_PORT}",
        f"-text={name} has no image yet: write `image:` in services.yaml",
    ]
