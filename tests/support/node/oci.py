"""Writes container images as an OCI image layout in one tar, byte by byte the same for the same files."""

import hashlib
import io
import json
import re
import tarfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

MEDIA = "application/vnd.oci.image"
ARCHITECTURE, OS = "amd64", "linux"


class Image(NamedTuple):
    """Each of its `references` is a name under which containerd finds it."""

    references: tuple[str, ...]
    files: dict[str, Path]  # by their place in the image, such as bin/service; all can be executed
    entrypoint: tuple[str, ...] = ()
    environment: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()  # place and target


def write(path: Path, images: Iterable[Image], architecture: str = ARCHITECTURE) -> None:
    blobs: dict[str, bytes] = {}

    def blob(media: str, content: bytes) -> dict[str, Any]:
        digest = hashlib.sha256(content).hexdigest()
        blobs[f"blobs/sha256/{digest}"] = content
        return {"mediaType": f"{MEDIA}.{media}", "digest": f"sha256:{digest}", "size": len(content)}

    manifests = []
    for image in images:
        layer = blob("layer.v1.tar", _layer(image))
        config = {
            "architecture": architecture,
            "os": OS,
            "config": {"Entrypoint": image.entrypoint, "Env": image.environment},
            "rootfs": {"type": "layers", "diff_ids": [layer["digest"]]},
        }
        manifest = {"schemaVersion": 2, "config": blob("config.v1+json", _json(config)), "layers": [layer]}
        described = blob("manifest.v1+json", _json(manifest))
        names = ({"io.containerd.image.name": _stored(reference)} for reference in image.references)
        manifests += [described | {"annotations": name} for name in names]
    index = {"schemaVersion": 2, "manifests": manifests}
    files = {"oci-layout": _json({"imageLayoutVersion": "1.0.0"}), "index.json": _json(index), **blobs}
    with tarfile.open(path, "w") as tar:
        for name, content in files.items():
            _add(tar, name, content)


def _stored(reference: str) -> str:
    """The name under which containerd looks for a reference: of a tag and a digest it takes the digest alone."""
    name, at, digest = reference.partition("@")
    return re.sub(r":[^:/]+$", "", name) + at + digest if at else reference


def _layer(image: Image) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as tar:
        folder = tarfile.TarInfo("tmp")
        folder.type, folder.mode = tarfile.DIRTYPE, 0o1777
        tar.addfile(folder)
        for name, file in sorted(image.files.items()):
            _add(tar, name, file.read_bytes(), 0o755)
        for name, target in image.links:
            link = tarfile.TarInfo(name)
            link.type, link.linkname = tarfile.SYMTYPE, target
            tar.addfile(link)
    return stream.getvalue()


def _add(tar: tarfile.TarFile, name: str, content: bytes, mode: int = 0o644) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), mode
    tar.addfile(entry, io.BytesIO(content))


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()
