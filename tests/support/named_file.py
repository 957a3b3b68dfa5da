"""A small system whose services.yaml names a file beside it."""

from pathlib import Path

SERVICES = """\
project: shop
region: eu-west-1
database: none
cache: none
load_balancer: none
services:
  web: {image: v1, pods: 2, files: {/etc/motd: texts/motd}}
"""


def write(folder: Path) -> Path:
    """Writes services.yaml and the file, which is returned."""
    (folder / "services.yaml").write_text(SERVICES)
    motd = folder / "texts" / "motd"
    motd.parent.mkdir()
    motd.write_text("hello\n")
    return motd
