"""A registry of container images on the loopback interface, which asks for a login."""

import base64
import json
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

from . import files, oci

USER, PASSWORD = "puller", "correct horse"
TYPES = {"manifests": f"{oci.MEDIA}.manifest.v1+json", "blobs": "application/octet-stream"}


class Registry(NamedTuple):
    """`host` is what pods' images begin with; `asked` has the status of each answer."""

    host: str
    port: int
    asked: list[int]

    def known_to(self, node_folder: Path) -> None:
        """Tells the containerd of a node that it speaks HTTP."""
        hosts = node_folder / files.REGISTRIES / self.host / "hosts.toml"
        hosts.parent.mkdir(parents=True)
        hosts.write_text(
            f'server = "http://{self.host}"\n[host."http://{self.host}"]\ncapabilities = ["pull", "resolve"]\n'
        )


@contextmanager
def serving(folder: Path, image: oci.Image) -> Iterator[Registry]:
    """Serves one image under every name and tag."""
    layout = folder / "registry.tar"
    oci.write(layout, [image])
    with tarfile.open(layout) as tar:
        held = {one.name: tar.extractfile(one) for one in tar.getmembers()}
        content = {name: file.read() for name, file in held.items() if file}
    asked: list[int] = []
    handler = type("Bound", (_Handler,), {"content": content, "asked": asked})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield Registry(f"{files.ADDRESS}:{server.server_port}", server.server_port, asked)
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    content: dict[str, bytes]
    asked: list[int]

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self.wfile.write(self._answer())

    def _answer(self) -> bytes:
        """The body; status and headers are written."""
        login = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if self.headers.get("Authorization") != login:
            return self._write(401, b"", {"WWW-Authenticate": 'Basic realm="registry"'})
        *_, kind, reference = self.path.split("/")
        digest = reference if reference.startswith("sha256:") else self._digest()
        body = self.content.get(f"blobs/{digest.replace(':', '/')}")
        if kind not in TYPES or body is None:
            return self._write(404, b"", {})
        return self._write(200, body, {"Content-Type": TYPES[kind], "Docker-Content-Digest": digest})

    def _digest(self) -> str:
        return str(json.loads(self.content["index.json"])["manifests"][0]["digest"])

    def _write(self, status: int, body: bytes, headers: dict[str, str]) -> bytes:
        self.asked.append(status)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        return body

    def log_message(self, *_: Any) -> None:
        """Says nothing."""
