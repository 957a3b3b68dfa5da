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


def service_with_cp(references: Iterable[str], folders: Iterable[str], file: Path) -> Image:
    """Likewise, with `cp`, and with this file in each of the folders, under its own name."""
    files = {f"{folder.strip('/')}/{file.name}": file for folder in folders}
    program = {"service": programs()["service"], "bin/busybox": _busybox()}
    return Image(tuple(references), program | files, ("/service",), (PATH,), (("bin/cp", "busybox"),))


def service_with_shell(references: Iterable[str]) -> Image:
    """Likewise, with a shell."""
    program = {"service": programs()["service"], "bin/busybox": _busybox()}
    return Image(tuple(references), program, ("/service",), (PATH,), (("bin/sh", "busybox"),))


def _busybox() -> Path:
    if found := shutil.which("busybox"):
        return Path(found)
    raise ToolMissing("There is no busybox on PATH, which gives images their shell: apt install busybox-static")


def aws_cli(references: Iterable[str], port: int) -> Image:
    """A shell, and as much of the AWS CLI as the database job calls; its AWS is on this port of the machine. Who
    watches jobs only stays, as there is no Python."""
    return Image(
        tuple(references),
        {
            "bin/busybox": _busybox(),
            "usr/local/bin/aws": programs()["aws"],
            "usr/bin/python3": SOURCE / "aws" / "python3",
        },
        ("/usr/local/bin/aws",),
        (PATH, f"AWS_ENDPOINT_URL=http://{ADDRESS}:{port}"),
        tuple((f"bin/{applet}", "busybox") for applet in APPLETS.split()),
    )
