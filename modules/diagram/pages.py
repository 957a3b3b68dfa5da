"""All pages of a system, and the files that they are written to."""

from modules.diagram import drawio, network, overview, service_page, svg
from modules.diagram.scene import Page
from modules.spec.model import Spec

DRAWIO = "architecture-diagram.drawio"
"""The name that the architecture gives it."""
FOLDER = "diagram"
SERVICE = "service-"
"""How the key of a service's page starts."""


def pages(spec: Spec) -> list[Page]:
    """The overview, the network, and a page a service."""
    return [overview.page(spec), network.page(spec), *(service_page.page(spec, name) for name in spec.services)]


def files(spec: Spec) -> dict[str, str]:
    """Path below docs/ -> content."""
    found = pages(spec)
    return {DRAWIO: drawio.render(found)} | {f"{FOLDER}/{page.key}.svg": svg.render(page) for page in found}
