"""The tools of this machine, and the provider that a stack has locked."""

from collections.abc import Callable
from pathlib import Path

import pytest

from modules.doctor import tools
from modules.doctor.finding import Finding
from modules.errors import CommandError

Install = Callable[[str, str], None]


def test_tools_that_are_new_enough_are_named_with_their_versions() -> None:
    assert tools.terraform_version() == Finding("ok", "Terraform 1.11.4")
    assert tools.aws_cli_version() == Finding("ok", "AWS CLI 2.36.49")


@pytest.mark.parametrize(
    ("tool", "step"),
    [
        ("terraform", "Install Terraform 1.11 or newer."),
        ("aws", "Install the AWS CLI, version 2: Terraform logs in to the cluster with it."),
    ],
)
def test_a_tool_that_is_not_installed_is_named(tool: str, step: str, tmp_path: Path, install: Install) -> None:
    (tmp_path / "bin" / tool).unlink()
    found = tools.terraform_version() if tool == "terraform" else tools.aws_cli_version()
    assert found == Finding("problem", f"There is no {tool} on PATH.", step)


def test_an_old_terraform_is_refused(install: Install) -> None:
    install("terraform", """echo '{"terraform_version": "1.9.8"}'""")
    assert tools.terraform_version().what == "Terraform is version 1.9.8, and the stacks ask for 1.11."
    with pytest.raises(CommandError, match=r"Terraform is version 1\.9\.8") as error:
        tools.require_terraform()
    assert str(error.value).startswith("terraform\n")


def test_the_first_aws_cli_is_refused_with_its_end(install: Install) -> None:
    install("aws", "echo aws-cli/1.45.11 Python/3.11.7 Linux/6.1 botocore/1.44.5 >&2")
    found = tools.aws_cli_version()
    assert found.status == "problem"
    assert found.what == "The AWS CLI is version 1.45.11; version 1 gets no new features, and ends on 2027-07-15."


@pytest.mark.parametrize("answer", ["", "no JSON", "[]", "{}"])
def test_a_tool_that_prints_something_else_is_named(install: Install, answer: str) -> None:
    install("terraform", f"echo '{answer}'")
    install("aws", f"echo '{answer}'")
    assert tools.terraform_version().what == f"`terraform version -json` did not print a version: {answer!r}."
    assert tools.aws_cli_version().what == f"`aws --version` did not print a version: {answer!r}."


def test_a_warning_of_terraform_beside_its_version_is_no_part_of_it(install: Install) -> None:
    install("terraform", """echo 'Warning: no CLI configuration' >&2; echo '{"terraform_version": "1.11.4"}'""")
    assert tools.terraform_version() == Finding("ok", "Terraform 1.11.4")


def test_a_tool_that_hangs_is_not_waited_for(install: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tools, "SECONDS", 0.2)
    install("terraform", "exec sleep 30")
    install("aws", "exec sleep 30")
    assert tools.terraform_version().what == "`terraform version -json` did not end within 0.2 seconds."
    assert tools.aws_cli_version().what == "`aws --version` did not end within 0.2 seconds."


def _lock(generated: Path, stack: str, version: str) -> None:
    file = generated / "stacks" / stack / ".terraform.lock.hcl"
    file.parent.mkdir(parents=True, exist_ok=True)
    other = 'provider "registry.terraform.io/hashicorp/helm" {\n  version     = "3.1.2"\n}\n'
    file.write_text(f'{other}\nprovider "registry.opentofu.org/hashicorp/aws" {{\n  version     = "{version}"\n}}\n')


@pytest.mark.parametrize("version", ["5.100.0", "6.21.0", "6.40.0", "6.73.0"])
def test_a_provider_that_comes_to_rest_passes(tmp_path: Path, version: str) -> None:
    assert list(tools.aws_provider(tmp_path)) == [Finding("ok", "no stack has locked a provider yet")]
    _lock(tmp_path, "network", version)
    assert list(tools.aws_provider(tmp_path)) == [Finding("ok", f"hashicorp/aws {version}, locked in network")]


@pytest.mark.parametrize("version", ["6.22.0", "6.39.0"])
def test_a_provider_with_an_endless_plan_is_said_with_the_first_that_has_none(tmp_path: Path, version: str) -> None:
    _lock(tmp_path, "data", version)
    _lock(tmp_path, "edge", version)
    (found,) = tools.aws_provider(tmp_path)
    assert found.status == "problem"
    assert found.what == (
        f"hashicorp/aws {version}, locked in data, edge, plans a change of every bucket's encryption each time; "
        "6.40.0 is the first that does not."
    )
    assert found.next_step == "Run terraform -chdir=generated/stacks/data init -upgrade, and likewise for the others."


def test_a_provider_below_the_floor_is_said(tmp_path: Path) -> None:
    _lock(tmp_path, "data", "5.99.1")
    (found,) = tools.aws_provider(tmp_path)
    assert found.what == "hashicorp/aws 5.99.1, locked in data, is older than 5.100.0, which the stacks ask for."
    assert found.next_step == "Run terraform -chdir=generated/stacks/data init -upgrade."


def test_a_lock_file_that_can_not_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "stacks" / "data").mkdir(parents=True)
    (tmp_path / "stacks" / "data" / ".terraform.lock.hcl").symlink_to("/dev/zero")
    found = next(iter(tools.aws_provider(tmp_path)))
    assert found.what.endswith(".terraform.lock.hcl can't be read: it is a device or a pipe, not a regular file.")
