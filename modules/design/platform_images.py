"""The images that are not the services' own, of what others publish and of the placeholder."""

from collections.abc import Iterator

from modules.design import helm_values, images, job_watcher, keda, logins, secrets
from modules.facts import charts
from modules.spec.model import Spec


def installed(spec: Spec) -> Iterator[tuple[charts.Chart, tuple[str, ...]]]:
    """The charts of others, each with the images of its pods as it is published."""
    if spec.load_balancer is not None:
        yield charts.CONTROLLER, (charts.CONTROLLER_IMAGE,)
    if secrets.users(spec):
        yield charts.EXTERNAL_SECRETS, (charts.EXTERNAL_SECRETS_IMAGE,)
    if keda.users(spec):
        yield charts.KEDA, (charts.KEDA_OPERATOR_IMAGE, charts.KEDA_ADAPTER_IMAGE, charts.KEDA_WEBHOOKS_IMAGE)


def published(spec: Spec) -> list[str]:
    """References as their registries have them, each once; EKS's add-ons come from AWS's own registry, and are none."""
    found = [image for _, of_chart in installed(spec) for image in of_chart]
    if helm_values.has_database_users(spec) or logins.users(spec) or job_watcher.users(spec):
        found.append(charts.AWS_CLI)
    if any(service.image is None for service in spec.services.values()):
        found.append(charts.PLACEHOLDER)
    return found


def copies(spec: Spec) -> dict[str, str]:
    """Source -> where `image_mirror:` is to have it: by its tag, as nothing is pushed by a digest."""
    return {source: images.mirrored(spec, source).partition("@")[0] for source in published(spec)}
