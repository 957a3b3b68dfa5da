"""Every Kubernetes class that the stacks use; a submodule that has no line here cannot be imported."""

from modules import bindings

bindings.install()

from cdktf_cdktf_provider_kubernetes.config_map_v1 import ConfigMapV1 as ConfigMapV1
from cdktf_cdktf_provider_kubernetes.namespace_v1 import NamespaceV1 as NamespaceV1
from cdktf_cdktf_provider_kubernetes.provider import KubernetesProvider as KubernetesProvider
from cdktf_cdktf_provider_kubernetes.service_account_v1 import ServiceAccountV1 as ServiceAccountV1
