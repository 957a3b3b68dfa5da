"""What generated/ says of its stacks: cdktf's manifest, and a configuration in the folder of each."""

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Annotated, Any

from pydantic import Field, model_validator

from modules.errors import CommandError
from modules.facts import terraform
from modules.state import json_file
from modules.state.json_file import JsonModel, shown

# What a stack declares, for programs: Terraform reads the first too; the second is beside a cdk.tf for Terraform.
CONFIGURATION_NAMES = ("cdk.tf.json", "metadata.json")
NEXT_STEP = "Run `make synth`, which writes it anew."
_WORKSPACES = "terraform.tfstate.d"
_NO_PATH = "The file is damaged: the path of the local backend is not text."
_REINITIALISE = "Delete the folder .terraform in which it is, and run the command again: Terraform makes it anew."


class ManifestStack(JsonModel):
    dependencies: list[str] = Field(default_factory=list)


class Manifest(JsonModel):
    stacks: dict[Annotated[str, Field(pattern=r"^[A-Za-z0-9-]+$")], ManifestStack]


class TerraformBlock(JsonModel):
    """`backend` by its kind, which for HCP Terraform is `cloud`."""

    backend: dict[str, dict[str, Any]] = Field(min_length=1, max_length=1)

    @model_validator(mode="before")
    @classmethod
    def _with_cloud(cls, block: Any) -> Any:
        return {**block, "backend": terraform.backend(block)} if isinstance(block, dict) and "cloud" in block else block


class Location(JsonModel):
    """Of a configuration, what says where its state is: in a large system, the rest takes most of the time."""

    terraform: TerraformBlock


class Configuration(Location):
    """A cdk.tf.json, or the metadata.json that holds the same beside HCL."""

    provider: dict[str, Any] = Field(default_factory=dict)
    resource: dict[str, dict[str, dict[str, Any]]] = Field(default_factory=dict)

    def state_name(self, project: str) -> str:
        """What moves of states keep: the last part of the path or key, or the workspace without the project's name."""
        ((kind, config),) = self.terraform.backend.items()
        name = PurePosixPath(terraform.state_place(config))
        return name.name.removeprefix(f"{project}-") if kind == "cloud" else name.stem


class InitialisedBackend(JsonModel):
    type: str
    config: dict[str, Any] | None = None


class Initialised(JsonModel):
    """The file terraform.tfstate in .terraform: it holds no resources but the backend of the last init."""

    backend: InitialisedBackend | None = None


@dataclass(frozen=True)
class Backend:
    """Where Terraform keeps a state; `local_file` is None where that is not a file of this machine."""

    kind: str
    local_file: Path | None


def manifest(generated: Path) -> Mapping[str, ManifestStack]:
    """The stacks by name, in the order of the file; raises CommandError without a manifest or with a damaged one."""
    file = generated / "manifest.json"
    found = json_file.read(file, Manifest, NEXT_STEP)
    if found is None:
        raise CommandError(shown(file), "There is no such file, or it is empty.", NEXT_STEP)
    return found.stacks


def configuration(folder: Path) -> Configuration:
    """The configuration of a stack; raises CommandError where it is missing or damaged."""
    return _read(folder, Configuration)


def configuration_file(folder: Path) -> Path:
    """The JSON of the stack in this folder; where there is none, the file that `make synth` writes."""
    files = [folder / name for name in CONFIGURATION_NAMES]
    return next((file for file in files if file.is_file()), files[0])


def declared_backend(folder: Path) -> Backend:
    """The backend in the configuration; raises CommandError where it is missing or damaged."""
    return backend_of(_read(folder, Location), folder)


def backend_of(found: Location, folder: Path) -> Backend:
    """The backend in a configuration that is, or was, in this folder; raises CommandError where it is damaged."""
    ((kind, config),) = found.terraform.backend.items()
    if (backend := _backend(kind, config, folder)) is None:
        raise CommandError(shown(configuration_file(folder)), _NO_PATH, NEXT_STEP)
    return backend


def initialised_backend(folder: Path) -> Backend | None:
    """The backend of the last `terraform init`, None before the first; raises CommandError where that is damaged."""
    file = folder / ".terraform" / "terraform.tfstate"
    found = json_file.read(file, Initialised, _REINITIALISE)
    if not found or not found.backend:
        return None
    if (backend := _backend(found.backend.type, found.backend.config or {}, folder)) is None:
        raise CommandError(shown(file), _NO_PATH, _REINITIALISE)
    return backend


def folder_of(generated: Path, stack: str) -> Path:
    """The folder of a stack, which CDKTF names after it."""
    return generated / "stacks" / stack


def stack_folders(generated: Path) -> list[str]:
    """Names of the folders with a configuration, sorted."""
    return sorted({file.parent.name for name in CONFIGURATION_NAMES for file in generated.glob(f"stacks/*/{name}")})


def stacks_of(generated: Path) -> list[str]:
    """What generated/ holds: the stacks of cdktf's manifest, then the folders with a configuration that it misses."""
    named: list[str] = []
    with suppress(CommandError):  # a damaged manifest is written anew; the folders still name their stacks
        named = list(manifest(generated))
    return list(dict.fromkeys([*named, *stack_folders(generated)]))


def stray_states(folder: Path) -> set[Path]:
    """State files in a stack's folder: of workspaces, and those that Terraform could not save elsewhere."""
    names = os.listdir(folder) if folder.is_dir() else []  # noqa: PTH208 (of hundreds of folders)
    found = {folder / name for name in names if name.endswith(".tfstate")}
    return found | {*folder.glob(f"{_WORKSPACES}/*/terraform.tfstate")} if _WORKSPACES in names else found


def _read(folder: Path, model: type[json_file.Model]) -> json_file.Model:
    file = configuration_file(folder)
    found = json_file.read(file, model, NEXT_STEP)
    if found is None:
        raise CommandError(shown(file), "There is no such file, or it is empty.", NEXT_STEP)
    return found


def _backend(kind: str, config: Mapping[str, Any], folder: Path) -> Backend | None:
    """None where the path of a local one is not text."""
    if kind != "local":
        return Backend(kind, None)
    path = config.get("path") or "terraform.tfstate"  # Terraform's own default
    return Backend(kind, folder / path) if isinstance(path, str) else None
