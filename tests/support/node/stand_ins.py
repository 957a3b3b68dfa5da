"""Images of small programs of ours, which stand in for those that charts and values name."""

import shutil
from collections.abc import Iterable
from pathlib import Path

from tests.support.go_tools.build import built
from tests.support.tool_missing import ToolMissing

from .files import ADDRESS, PAUSE
from .oci import Image

SOURCE = Path(__file__).parent / "images"
PROGRAMS = {name: f"images.test/{name}" for name in ("aws", "pause", "service")}
APPLETS = "sh sleep printf cat"
PATH = "PATH=/usr/local/bin:/usr/bin:/bin"


def programs() -> dict[str, Path]:
    """Built if they are not there; seconds."""
    return built(SOURCE, PROGRAMS)


def pause() -> Image:
    return Image((PAUSE,), {"pause": programs()["pause"]}, ("/pause",))


def service(references: Iterable[str], *arguments: str) -> Image:
    """Answers as it is told, by these arguments or by the pod's after them; see images/service/main.go."""
    return Image(tuple(references), {"service": programs()["service"]}, ("/service", *arguments), (PATH,))


def aws_cli(references: Iterable[str], port: int) -> Image:
    """A shell, and as much of the AWS CLI as the database job calls; its AWS is on this port of the machine."""
    busybox = shutil.which("busybox")
    if not busybox:
        raise ToolMissing(
            "There is no busybox on PATH, which gives the job's image its shell: apt install busybox-static"
        )
    return Image(
        tuple(references),
        {"bin/busybox": Path(busybox), "usr/local/bin/aws": programs()["aws"]},
        ("/usr/local/bin/aws",),
        (PATH, f"AWS_ENDPOINT_URL=http://{ADDRESS}:{port}"),
        tuple((f"bin/{applet}", "busybox") for applet in APPLETS.split()),
    )
