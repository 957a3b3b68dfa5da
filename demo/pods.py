"""What runs the demo's pods: a node on this machine, with stand-ins for the images that services.yaml names."""

import json
from pathlib import Path
from typing import NamedTuple, Self

from moto.core.models import DEFAULT_ACCOUNT_ID

from modules.design import images
from modules.facts.charts import AWS_CLI, PLACEHOLDER
from modules.spec.model import Spec
from tests.support import postgresql
from tests.support.node import lacking, oci, stand_ins
from tests.support.tool_missing import ToolMissing

MOST = 100  # pods that all run on this one machine; a kubelet takes 110


class Pods(NamedTuple):
    """As the process that holds the emulators is told of them."""

    database: str
    ports: dict[str, int]  # where the stand-in of an image listens

    @classmethod
    def of(cls, spec: Spec) -> Self:
        return cls(spec.names.database, dict(_listening(spec)) | _workers(spec))

    @classmethod
    def parse(cls, text: str) -> Self | None:
        return cls(**json.loads(text)) if text else None

    def text(self) -> str:
        return json.dumps(self._asdict())

    def images(self, database_port: int) -> list[oci.Image]:
        """`database_port` is that of the Data API on this machine."""
        of_services = [
            stand_ins.service([image], f"-listen=:{port}", f"-text=a stand-in for {image}")
            for image, port in self.ports.items()
        ]
        return [*of_services, stand_ins.service([PLACEHOLDER]), stand_ins.aws_cli([AWS_CLI], database_port)]


def why_played(spec: Spec) -> str | None:
    """Why pods can't run here, and what to do about it; None where they can."""
    if reason := lacking():
        return reason
    try:
        postgresql.debian(Path())
    except ToolMissing as missing:
        return str(missing)
    if (count := sum(service.max_replicas for service in spec.services.values())) > MOST:
        return f"services.yaml asks for up to {count} pods, and one machine runs {MOST}."
    ports: dict[str, int] = {}
    for image, port in _listening(spec):
        if ports.setdefault(image, port) != port:
            return f"Services on different ports share one image, {image}, and its stand-in listens on one."
    return None


def _listening(spec: Spec) -> list[tuple[str, int]]:
    """Images of servers, and the port on which each is to listen."""
    services = spec.services.items()
    return [
        (reference(spec, name), service.listens_on)
        for name, service in services
        if service.image and service.listens_on
    ]


def _workers(spec: Spec) -> dict[str, int]:
    """Images that only workers run: their stand-in listens too, and nothing asks it."""
    images = {reference(spec, name) for name, service in spec.services.items() if service.image}
    return dict.fromkeys(sorted(images - dict(_listening(spec)).keys()), 8080)


def reference(spec: Spec, name: str) -> str:
    """The image of a service, in the emulated account's registry if it comes from its own repository."""
    registry = f"{DEFAULT_ACCOUNT_ID}.dkr.ecr.{spec.region}.amazonaws.com"
    repository = f"{registry}/{spec.names.repository(name)}"
    return images.image(spec, spec.services[name]).replace(f"${{{images.REPOSITORY}}}", repository)
