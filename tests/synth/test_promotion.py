"""`main.py set-image` and `promote`: an environment's values are written where it has them, and all else stays."""

import json
from pathlib import Path

import pytest

from modules.cli import command_line, synth

FILE = """\
# Ours.
project: shop
environment: staging
region: eu-west-1
zones: [a, b]
database: none
cache: none
accept: [http-only, private-api, local-state, fargate-vcpu-quota]
network: {cidr: 10.16.0.0/16}

services:
  web:
    path: /   # everything
    image: v1   # since May
  orders: {pods: 1, image: v7}

# The others.
environments:
  dev:
    network: {cidr: 10.17.0.0/16}
    services:
      web:
        image: v3   # of tonight
        pods: 1
      only-here: {image: v1}
  prod: prod.yaml
"""
PROD = "network: {cidr: 10.18.0.0/16}\nservices: {web: {pods: 4, max_pods: 9}}   # large\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "prod.yaml").write_text(PROD, encoding="utf-8")
    found = tmp_path / "services.yaml"
    found.write_text(FILE, encoding="utf-8")
    return found


@pytest.fixture
def no_synth(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What synth does is tested elsewhere; here it takes no second."""
    monkeypatch.setattr(synth, "run", lambda options: 0)
    (file.parent / "generated").mkdir()
    (file.parent / "generated" / "manifest.json").write_text(json.dumps({"stacks": {}}))


def run(file: Path, *words: str) -> int:
    return command_line.main([*words, f"--file={file}", f"--out={file.parent / 'generated'}"])


def read(file: Path) -> tuple[str, str]:
    """The texts of both files."""
    return file.read_text(encoding="utf-8"), (file.parent / "prod.yaml").read_text(encoding="utf-8")


def test_an_image_is_written_for_one_environment_and_its_diff_is_shown(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(file, "synth") == 0
    capsys.readouterr()
    assert run(file, "set-image", "web", "v4", "--env", "dev") == 0
    assert read(file) == (FILE.replace("image: v3 ", "image: v4 "), PROD)
    printed = capsys.readouterr()
    assert "web in dev: v3 -> v4\n" in printed.err
    assert "to add" in printed.out
    assert "dev-web: may change: Helm release helm_release.web" in printed.out
    assert "prod-web" not in printed.out
    values = (file.parent / "generated" / "stacks" / "dev-web" / "values.yaml").read_text(encoding="utf-8")
    assert "v4" in values


def test_an_image_of_the_base_goes_to_those_that_have_none_of_their_own(
    file: Path, no_synth: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(file, "set-image", "web", "v2", "--env", "staging") == 0
    assert read(file) == (FILE.replace("image: v1   #", "image: v2   #"), PROD)
    said = capsys.readouterr().err
    assert "web in staging: v1 -> v2\n" in said
    assert "prod has no image of its own for web, and gets it too.\n" in said
    assert "dev has no image" not in said


def test_blocks_that_are_missing_are_made_in_the_file_of_the_environment(file: Path, no_synth: None) -> None:
    assert run(file, "set-image", "orders", "v8", "--env", "prod") == 0
    assert run(file, "set-image", "orders", "v8", "--env", "dev") == 0
    text, prod = read(file)
    assert prod == PROD.replace("max_pods: 9}", "max_pods: 9}, orders: {image: v8}")
    block = "      only-here: {image: v1}\n"
    assert text == FILE.replace(block, f"{block}      orders:\n        image: v8\n")


def test_a_tag_that_looks_like_a_number_is_in_quotes(file: Path, no_synth: None) -> None:
    assert run(file, "set-image", "orders", "1.5", "--env", "base") == 0
    assert read(file)[0] == FILE.replace("image: v7", 'image: "1.5"')


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("web", "latest", "--env", "dev"),
            (
                'services.yaml:23 environments.dev.services.web.image\n  error: "latest" can be a different image '
                "after every push, and no plan shows the change.\n  Write a fixed tag such as v1.4, or a digest.\n"
                "1 mistake in services.yaml with it; nothing was changed.\n"
            ),
        ),
        (
            ("webb", "v4", "--env", "dev"),
            'SERVICE=webb\n  error: dev has no service of this name.\n  Did you mean "web"?\n',
        ),
        (
            ("only-here", "v4", "--env", "prod"),
            "SERVICE=only-here\n  error: prod has no service of this name.\n  Valid values: web, orders.\n",
        ),
        (("web", "v4", "--env", "def"), "ENV=def\n  error: services.yaml has no environment of this name.\n"),
        (("web", "v4"), "Name one: make set-image with ENV=staging, ENV=dev, ENV=prod.\n"),
    ],
)
def test_what_can_not_be_is_said_and_nothing_is_written(
    file: Path, no_synth: None, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    assert run(file, "set-image", *words) == 1
    assert said in capsys.readouterr().err
    assert read(file) == (FILE, PROD)


def test_an_image_that_is_there_is_not_written_again(
    file: Path, no_synth: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(file, "set-image", "web", "v1", "--env", "prod") == 0
    assert capsys.readouterr().err == "Nothing to do: the image of web in prod is v1.\n"
    assert read(file) == (FILE, PROD)


def test_where_synth_refuses_the_file_is_as_it_was(file: Path, no_synth: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(synth, "run", lambda options: 1)
    assert run(file, "set-image", "orders", "v8", "--env", "prod") == 1
    assert read(file) == (FILE, PROD)


def test_images_are_promoted_and_the_change_is_said(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(file, "synth") == 0
    capsys.readouterr()
    assert run(file, "promote", "--from", "dev", "--to", "prod") == 0
    assert read(file) == (FILE, PROD.replace("max_pods: 9}", "max_pods: 9, image: v3}"))
    printed = capsys.readouterr()
    assert printed.out.startswith("From dev to prod:\n  web image: v1 -> v3\n\n0 to add, ")
    assert "prod-web: may change: Helm release helm_release.web" in printed.out
    assert "only-here is not in prod.\n" in printed.err


def test_what_is_promoted_is_not_promoted_again(file: Path, no_synth: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(file, "promote", "web", "--from", "dev", "--to", "prod") == 0
    once = read(file)
    capsys.readouterr()
    assert run(file, "promote", "web", "--from", "dev", "--to", "prod") == 0
    assert capsys.readouterr().err == "Nothing to do: prod has the images of dev.\n"
    assert read(file) == once


@pytest.mark.parametrize("base", ["base", "staging"])
def test_the_base_can_be_either_side(file: Path, no_synth: None, base: str) -> None:
    assert run(file, "promote", "--from", "dev", "--to", base) == 0
    assert read(file) == (FILE.replace("image: v1   #", "image: v3   #"), PROD)
    assert run(file, "promote", "--from", base, "--to", "prod") == 0
    assert read(file)[1] == PROD


def test_sizes_are_promoted_where_they_are_asked_for(
    file: Path, no_synth: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(file, "promote", "web", "--from", "prod", "--to", "dev", "--sizes") == 0
    assert read(file) == (
        FILE.replace("image: v3 ", "image: v1 ").replace(
            "pods: 1\n      only", "pods: 4\n        max_pods: 9\n      only"
        ),
        PROD,
    )
    out = capsys.readouterr().out
    assert out.startswith("From prod to dev:\n  web image: v3 -> v1\n  web pods: 1 -> 4\n  web max_pods: three times")


def test_a_promotion_for_a_pull_request_is_markdown_and_nothing_else(
    file: Path, no_synth: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(file, "promote", "--from", "dev", "--to", "prod", "--markdown") == 0
    assert capsys.readouterr().out.startswith(
        "**From dev to prod:**\n\n| service | key | before | after |\n| --- | --- | --- | --- |\n"
        "| `web` | `image` | `v1` | `v3` |\n\n"
    )


def test_a_service_without_an_image_leaves_the_others_as_it_is(
    file: Path, no_synth: None, capsys: pytest.CaptureFixture[str]
) -> None:
    text = FILE.replace("    services:\n      web:", "    without: services.orders.image\n    services:\n      web:")
    file.write_text(text, encoding="utf-8")
    assert run(file, "promote", "orders", "--from", "dev", "--to", "staging") == 0
    assert "orders has no image in dev: that of staging stays.\n" in capsys.readouterr().err
    assert read(file)[0] == text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--from", "dev", "--to", "dev"), "TO=dev\n  error: It is the environment of FROM=.\n  Name two of them.\n"),
        (("--from", "base", "--to", "staging"), "TO=staging\n  error: It is the environment of FROM=.\n"),
        (
            ("only-here", "--from", "dev", "--to", "prod"),
            "SERVICE=only-here\n  error: prod has no service of this name.\n",
        ),
        (("--from", "dev", "--to", "prd"), "ENV=prd\n  error: services.yaml has no environment of this name.\n"),
    ],
)
def test_a_promotion_that_can_not_be_is_refused(
    file: Path, no_synth: None, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    assert run(file, "promote", *words) == 1
    assert said in capsys.readouterr().err
    assert read(file) == (FILE, PROD)
