"""What the generator and its system are made of, as a CycloneDX document (https://cyclonedx.org/docs/1.6/json/).

Packages by the hashes of their lock files, charts by those of their repositories, images as the pods name them; of
nothing is asked elsewhere, so that the same repository gives the same document.
"""

import base64
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from modules.design import images, platform_images
from modules.facts import terraform
from modules.spec.model import Spec

Component = dict[str, Any]
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)((?:.*\\\n)*.*)", re.MULTILINE)
_SHA256 = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_IMAGE = re.compile(r"^(?P<name>[^@]+?)(:(?P<tag>[^:/@]+))?(@sha256:(?P<digest>[0-9a-f]{64}))?$")


def document(spec: Spec, root: Path) -> Component:
    """Of the system and of the generator in `root`; each component once, in order.

    Raises OSError where a lock file can't be read.
    """
    found = [*_python(root / "requirements.lock"), *_npm(root / "package-lock.json"), *_providers()]
    found += [*_charts(spec), *_images(spec)]
    by_reference = {one["bom-ref"]: one for one in found}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": spec.names.prefix, "bom-ref": "system"}},
        "components": [by_reference[reference] for reference in sorted(by_reference)],
    }


def _python(file: Path) -> Iterator[Component]:
    """What `.venv` is made of; a package has a hash for each platform."""
    for name, version, rest in _PINNED.findall(file.read_text(encoding="utf-8")):
        hashes = [{"alg": "SHA-256", "content": one} for one in _SHA256.findall(rest)]
        yield _component("library", name, version, f"pkg:pypi/{name.lower()}@{version}") | {"hashes": hashes}


def _npm(file: Path) -> Iterator[Component]:
    """What `node_modules` is made of: cdktf-cli, and the editor's server of the tests."""
    for place, package in json.loads(file.read_text(encoding="utf-8"))["packages"].items():
        name, version = place.rpartition("node_modules/")[2], package.get("version")
        if not name or not version:
            continue
        found = _component("library", name, version, f"pkg:npm/{quote(name, safe='/')}@{version}")
        algorithm, _, digest = package.get("integrity", "").partition("-")
        if algorithm == "sha512":
            found["hashes"] = [{"alg": "SHA-512", "content": base64.b64decode(digest).hex()}]
        yield found


def _providers() -> Iterator[Component]:
    """Of Terraform; `.terraform.lock.hcl` beside each stack has the version that is used, once it is committed."""
    for one in (terraform.AWS, terraform.KUBERNETES, terraform.HELM):
        found = {"type": "library", "name": one["source"], "bom-ref": f"terraform:{one['source']}"}
        yield {**found, "description": f"Terraform provider {one['version']}"}


def _charts(spec: Spec) -> Iterator[Component]:
    """Charts that others publish and the system installs."""
    for chart, _ in platform_images.installed(spec):
        url = quote(chart.repository, safe="")
        found = _component(
            "application", chart.name, chart.version, f"pkg:helm/{chart.name}@{chart.version}?repository_url={url}"
        )
        yield found | {"hashes": [{"alg": "SHA-256", "content": chart.sha256}]}


def _images(spec: Spec) -> Iterator[Component]:
    """Images of all pods; those of a service's own repository by its name there."""
    for name, service in spec.services.items():
        own = images.repository(spec, name)
        for reference in images.pulled(spec, service):
            tag = reference.removeprefix(f"${{{images.REPOSITORY}}}:")
            yield _image(tag if "/" in tag else f"{own}:{tag}")
    for reference in platform_images.published(spec):
        yield _image(images.mirrored(spec, reference))


def _image(reference: str) -> Component:
    """https://github.com/package-url/purl-spec: an oci purl has the digest as its version, and needs one."""
    found = _IMAGE.match(reference)
    assert found, reference
    name, tag, digest = found["name"], found["tag"], found["digest"]
    component: Component = {"type": "container", "name": name, "bom-ref": f"image:{reference}"}
    if tag:
        component["version"] = tag
    if digest:
        last = name.rpartition("/")[2]
        qualifiers = f"repository_url={quote(name, safe='')}" + (f"&tag={tag}" if tag else "")
        component["purl"] = f"pkg:oci/{last}@sha256%3A{digest}?{qualifiers}"
        component["hashes"] = [{"alg": "SHA-256", "content": digest}]
    return component


def _component(kind: str, name: str, version: str, purl: str) -> Component:
    return {"type": kind, "name": name, "version": version, "purl": purl, "bom-ref": purl}
