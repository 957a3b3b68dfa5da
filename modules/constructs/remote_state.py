"""Where Terraform keeps the state of a stack, and how one stack reads what another offers."""

from modules.bindings.cdktf import (
    CloudBackend,
    DataTerraformRemoteState,
    DataTerraformRemoteStateLocal,
    DataTerraformRemoteStateS3,
    LocalBackend,
    NamedCloudWorkspace,
    NamedRemoteWorkspace,
    S3Backend,
    S3BackendAssumeRoleConfig,
    TerraformElement,
    TerraformStack,
)
from modules.design import state_location
from modules.naming import address
from modules.spec.model import S3State, Spec


def use_backend(stack: TerraformStack, spec: Spec, name: str, folder: str) -> None:
    """Declares the backend of a stack, whose state has this name; `folder` is that of local states."""
    if spec.state is None:
        LocalBackend(stack, path=state_location.local_path(folder, name))
    elif hcp := spec.state.hcp:
        workspace = NamedCloudWorkspace(state_location.hcp_workspace(spec, name), hcp.project)
        CloudBackend(stack, organization=hcp.organization, hostname=hcp.hostname, workspaces=workspace)
    elif s3 := spec.state.s3:
        _use_s3(stack, spec, s3, name)


def _use_s3(stack: TerraformStack, spec: Spec, s3: S3State, name: str) -> None:
    S3Backend(
        stack,
        bucket=s3.bucket,
        key=state_location.s3_key(spec, s3, name),
        region=state_location.s3_region(spec, s3),
        encrypt=True,
        kms_key_id=s3.kms_key,
        assume_role=_assume_role(spec),
    )
    # The bindings do not know the argument yet: https://developer.hashicorp.com/terraform/language/backend/s3#state-locking.
    stack.add_override("terraform.backend.s3.use_lockfile", True)


def read(stack: TerraformStack, spec: Spec, upstream: str, folder: str) -> TerraformElement:
    """Declares the data source of another stack's outputs, at an address that says whose they are."""
    name = spec.names.state(upstream)
    identifier = f"{upstream}-state"
    found: TerraformElement
    if spec.state and (hcp := spec.state.hcp):
        workspace = NamedRemoteWorkspace(state_location.hcp_workspace(spec, name))
        found = DataTerraformRemoteState(
            stack, identifier, organization=hcp.organization, hostname=hcp.hostname, workspaces=workspace
        )
    elif spec.state and (s3 := spec.state.s3):
        found = DataTerraformRemoteStateS3(
            stack,
            identifier,
            bucket=s3.bucket,
            key=state_location.s3_key(spec, s3, name),
            region=state_location.s3_region(spec, s3),
            assume_role=_assume_role(spec),
        )
    else:
        found = DataTerraformRemoteStateLocal(stack, identifier, path=state_location.local_path(folder, name))
    found.override_logical_id(address(upstream))
    return found


def _assume_role(spec: Spec) -> S3BackendAssumeRoleConfig | None:
    return S3BackendAssumeRoleConfig(role_arn=spec.deployer_role) if spec.deployer_role else None
