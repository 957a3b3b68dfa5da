"""`image_digests: true`: set-image and promote write what a tag means at that moment."""

import json
from pathlib import Path

import pytest

from modules.cli import command_line, synth
from tests.support.aws_answers import AwsAnswers, error

DIGEST = f"sha256:{'a' * 64}"
OWN = {"registryId": "111122223333", "repositoryName": "shop-dev/web"}
FILE = """\
project: shop
region: eu-west-1
account: "111122223333"
image_digests: true
accept: [http-only, private-api, local-state, unused-resource, overlapping-networks, unchanged-override]
services:
  web: {path: /, image: v1}
environments:
  dev:
    services: {web: {image: v2}}
  shared:
    registry: {account: "444455556666"}
    services: {web: {image: v1}}
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, logged_in: AwsAnswers) -> Path:
    monkeypatch.setattr(synth, "run", lambda options: 0)
    (tmp_path / "generated").mkdir()
    (tmp_path / "generated" / "manifest.json").write_text(json.dumps({"stacks": {}}))
    logged_in["DescribeImages"] = (200, {"imageDetails": [{"imageDigest": DIGEST}]})
    found = tmp_path / "services.yaml"
    found.write_text(FILE, encoding="utf-8")
    return found


def run(file: Path, *words: str) -> int:
    return command_line.main([*words, f"--file={file}", f"--out={file.parent / 'generated'}"])


def images(logged_in: AwsAnswers) -> list[object]:
    return [asked for call, asked in logged_in.asked if call == "DescribeImages"]


def test_a_tag_is_written_with_the_digest_that_the_environments_repository_has(
    file: Path, logged_in: AwsAnswers
) -> None:
    assert run(file, "set-image", "web", "v3", "--env", "dev") == 0
    assert f"services: {{web: {{image: v3@{DIGEST}}}}}" in file.read_text()
    assert images(logged_in) == [OWN | {"imageIds": [{"imageTag": "v3"}]}]


def test_a_shared_repository_is_asked_in_its_account(file: Path, logged_in: AwsAnswers) -> None:
    assert run(file, "set-image", "web", "v3", "--env", "shared") == 0
    which = {"registryId": "444455556666", "repositoryName": "shop/web", "imageIds": [{"imageTag": "v3"}]}
    assert images(logged_in) == [which]


def test_a_whole_reference_to_ecr_is_asked_where_it_says(file: Path, logged_in: AwsAnswers) -> None:
    image = "444455556666.dkr.ecr.eu-west-1.amazonaws.com/tools/web:v3"
    assert run(file, "set-image", "web", image, "--env", "base") == 0
    assert f"{image}@{DIGEST}" in file.read_text()
    which = {"registryId": "444455556666", "repositoryName": "tools/web", "imageIds": [{"imageTag": "v3"}]}
    assert images(logged_in) == [which]


def test_what_has_a_digest_is_written_as_it_is(file: Path, logged_in: AwsAnswers) -> None:
    assert run(file, "set-image", "web", f"v3@{DIGEST}", "--env", "dev") == 0
    assert images(logged_in) == []


def test_a_promotion_pins_what_the_tag_is_where_it_comes_from(file: Path, logged_in: AwsAnswers) -> None:
    assert run(file, "promote", "--from", "dev", "--to", "base") == 0
    assert f"web: {{path: /, image: v2@{DIGEST}}}" in file.read_text()
    assert images(logged_in) == [OWN | {"imageIds": [{"imageTag": "v2"}]}]
    before = file.read_text()
    assert run(file, "promote", "--from", "dev", "--to", "base") == 0
    assert file.read_text() == before


@pytest.mark.parametrize(
    ("image", "words"),
    [
        ("v9", "shop-dev/web has no image with the tag v9, so there is no digest of it."),
        ("docker.io/library/nginx:1.27", "and this one is in another registry."),
    ],
)
def test_what_has_no_digest_is_refused(
    file: Path, logged_in: AwsAnswers, capsys: pytest.CaptureFixture[str], image: str, words: str
) -> None:
    logged_in["DescribeImages"] = error("ImageNotFoundException")
    assert run(file, "set-image", "web", image, "--env", "dev") == 1
    assert words in capsys.readouterr().err
    assert file.read_text() == FILE
