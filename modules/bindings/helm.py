"""Every Helm class that the stacks use; a submodule that has no line here cannot be imported."""

from modules import bindings

bindings.install()

from cdktf_cdktf_provider_helm.provider import HelmProvider as HelmProvider
from cdktf_cdktf_provider_helm.release import Release as Release
