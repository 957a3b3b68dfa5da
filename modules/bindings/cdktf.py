"""Every class of CDKTF itself that the stacks use; taken from here, it is loaded by the right Node."""

from modules import bindings

bindings.install()

from cdktf import App as App
from cdktf import CloudBackend as CloudBackend
from cdktf import DataTerraformRemoteState as DataTerraformRemoteState
from cdktf import DataTerraformRemoteStateLocal as DataTerraformRemoteStateLocal
from cdktf import DataTerraformRemoteStateS3 as DataTerraformRemoteStateS3
from cdktf import Fn as Fn
from cdktf import ITerraformDependable as ITerraformDependable
from cdktf import LocalBackend as LocalBackend
from cdktf import NamedCloudWorkspace as NamedCloudWorkspace
from cdktf import NamedRemoteWorkspace as NamedRemoteWorkspace
from cdktf import S3Backend as S3Backend
from cdktf import S3BackendAssumeRoleConfig as S3BackendAssumeRoleConfig
from cdktf import TerraformElement as TerraformElement
from cdktf import TerraformLocal as TerraformLocal
from cdktf import TerraformOutput as TerraformOutput
from cdktf import TerraformResource as TerraformResource
from cdktf import TerraformResourceLifecycle as TerraformResourceLifecycle
from cdktf import TerraformStack as TerraformStack
from cdktf import Token as Token
from constructs import Construct as Construct
